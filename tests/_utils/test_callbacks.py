from contextlib import nullcontext

from sklearn.callback import CallbackSupportMixin
from sklearn.utils.parallel import delayed

from skgen._utils.callbacks import (
    Tracker,
    fit_part,
    parallel_tasks,
    subtask,
    told_to_workers,
)
from skgen._utils.parallel import Parallel


class Context:
    """Records the notifications of callbacks; asks to stop after some steps."""

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


def test_every_step_is_reported_and_its_work_is_done_inside():
    context = Context(stop_after=99)
    work = (context.events.append(i) or i for i in range(2))
    assert list(Tracker(None, context, None, None)(work, ["a", "b"])) == [0, 1]
    assert context.events == ["a", "begin", 0, "end", "b", "begin", 1, "end"]


def test_a_callback_stops_the_steps():
    track = Tracker(None, Context(stop_after=2), None, None)
    assert list(track(range(9), list("abcdefghi"))) == [0, 1]


def test_jobs_of_steps_that_are_left_out_are_given_up_in_silence():
    track = Tracker(None, Context(stop_after=2), None, None)
    jobs = (delayed(abs)(-i) for i in range(99))
    parallel = Parallel(n_jobs=2, backend="threading", return_as="generator")
    assert list(track(parallel(jobs), map(str, range(99)))) == [0, 1]
    # it can be used again only after its jobs have ended
    assert list(parallel([delayed(abs)(-1)])) == [1]


def test_a_part_is_reported_and_gets_the_callbacks():
    parts = []

    class Task(Context):
        def propagate_callback_context(self, part):
            parts.append(part)
            return nullcontext()

    context, part = Task(stop_after=99), CallbackSupportMixin()
    with subtask(context, "generator", part, estimator=None):
        context.events.append("fit")
    assert parts == [part]
    assert context.events == ["generator", "begin", "fit", "end"]
    with subtask(context, "estimator", "takes no callbacks", estimator=None):
        context.events.append("fit")
    assert parts == [part]
    assert context.events[4:] == ["estimator", "begin", "fit", "end"]


def test_a_part_is_fitted_as_a_task_that_was_made_before():
    class Part(CallbackSupportMixin):
        def fit(self, X, sample_weight):
            self.got = X, sample_weight
            task.events.append("fit")

    class Task(Context):
        def propagate_callback_context(self, part):
            self.events.append("let in")
            return nullcontext()

    task, part = Task(stop_after=99), Part()
    assert fit_part(part, task, None, [[1.0]], sample_weight=[2.0]) is part
    assert part.got == ([[1.0]], [2.0])
    assert task.events == ["let in", "begin", "fit", "end"]


def test_tasks_that_run_at_once_are_numbered():
    whole = CallbackSupportMixin()
    context = whole._init_callback_context(max_subtasks=2, sequential_subtasks=False)
    tasks = parallel_tasks(context, ["all rows", "fold 1"], max_subtasks=3)
    found = [(task.task_name, task.task_id, task.max_subtasks) for task in tasks]
    assert found == [("all rows", 0, 3), ("fold 1", 1, 3)]


def test_workers_get_the_whole_only_if_it_has_callbacks(make_recording):
    whole = CallbackSupportMixin()
    assert told_to_workers(whole) is None
    whole.set_callbacks(make_recording())
    assert told_to_workers(whole) is whole
    assert told_to_workers(whole.set_callbacks()) is None
