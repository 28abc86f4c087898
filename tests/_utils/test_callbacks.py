from contextlib import nullcontext

from sklearn.callback import CallbackSupportMixin
from sklearn.utils.parallel import delayed

from skgen._utils.callbacks import (
    Tracker,
    estimator_for_workers,
    fit_task,
    parallel_tasks,
    reporting,
)
from skgen._utils.parallel import Parallel


class Context:
    """Records the calls of callbacks; asks to stop after some steps."""

    def __init__(self, stop_after):
        self.stop_after, self.events = stop_after, []

    def subcontext(self, task_name):
        self.events.append(task_name)
        return self

    def call_on_fit_task_begin(self, **data):
        self.events.append("begin")

    def call_on_fit_task_end(self, **data):
        self.events.append("end")
        return len(self.events) >= 3 * self.stop_after


def test_every_step_is_reported_around_its_work():
    context = Context(stop_after=99)
    work = (context.events.append(i) or i for i in range(2))
    assert list(Tracker(None, context, None, None)(work, ["a", "b"])) == [0, 1]
    assert context.events == ["a", "begin", 0, "end", "b", "begin", 1, "end"]


def test_a_callback_stops_the_steps():
    track = Tracker(None, Context(stop_after=2), None, None)
    assert list(track(range(9), list("abcdefghi"))) == [0, 1]


def test_jobs_of_skipped_steps_are_cancelled_without_a_warning():
    track = Tracker(None, Context(stop_after=2), None, None)
    jobs = (delayed(abs)(-i) for i in range(99))
    parallel = Parallel(n_jobs=2, backend="threading", return_as="generator")
    assert list(track(parallel(jobs), map(str, range(99)))) == [0, 1]
    # it can be used again only after its jobs have ended
    assert list(parallel([delayed(abs)(-1)])) == [1]


def test_the_fit_of_a_component_is_reported():
    propagated = []

    class Task(Context):
        def propagate_callback_context(self, component):
            propagated.append(component)
            return nullcontext()

    context, component = Task(stop_after=99), CallbackSupportMixin()
    with fit_task(context, "generator", component, estimator=None):
        context.events.append("fit")
    assert propagated == [component]
    assert context.events == ["generator", "begin", "fit", "end"]
    with fit_task(context, "estimator", "supports no callbacks", estimator=None):
        context.events.append("fit")
    assert propagated == [component]
    assert context.events[4:] == ["estimator", "begin", "fit", "end"]


def test_a_component_is_reported_as_a_task_that_exists_already():
    class Task(Context):
        def propagate_callback_context(self, component):
            self.events.append("propagated")
            return nullcontext()

    task = Task(stop_after=99)
    with reporting(task, CallbackSupportMixin(), estimator=None):
        task.events.append("fit")
    assert task.events == ["propagated", "begin", "fit", "end"]


def test_parallel_tasks_are_numbered():
    estimator = CallbackSupportMixin()
    context = estimator._init_callback_context(
        max_subtasks=2, sequential_subtasks=False
    )
    tasks = parallel_tasks(context, ["all rows", "fold 1"], max_subtasks=3)
    found = [(task.task_name, task.task_id, task.max_subtasks) for task in tasks]
    assert found == [("all rows", 0, 3), ("fold 1", 1, 3)]


def test_workers_get_the_estimator_only_with_callbacks(make_recording):
    estimator = CallbackSupportMixin()
    assert estimator_for_workers(estimator) is None
    estimator.set_callbacks(make_recording())
    assert estimator_for_workers(estimator) is estimator
    assert estimator_for_workers(estimator.set_callbacks()) is None
