from contextlib import nullcontext

from joblib import Parallel, delayed
from sklearn.callback import CallbackSupportMixin

from skgen._adapters.callbacks import Tracker, subtask


class Context:
    """Records what callbacks are told; asks to stop after some steps."""

    def __init__(self, stop_after):
        self.stop_after, self.told = stop_after, []

    def subcontext(self, task_name):
        self.told.append(task_name)
        return self

    def call_on_fit_task_begin(self, **data):
        self.told.append("begin")

    def call_on_fit_task_end(self, **data):
        self.told.append("end")
        return len(self.told) >= 3 * self.stop_after


def test_every_step_is_told_and_its_work_is_done_inside():
    context = Context(stop_after=99)
    work = (context.told.append(i) or i for i in range(2))
    assert list(Tracker(None, context, None, None)(work, ["a", "b"])) == [0, 1]
    assert context.told == ["a", "begin", 0, "end", "b", "begin", 1, "end"]


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


def test_a_part_is_told_of_and_let_in():
    told = []

    class Task(Context):
        def propagate_callback_context(self, part):
            told.append(part)
            return nullcontext()

    context, part = Task(stop_after=99), CallbackSupportMixin()
    with subtask(context, "generator", part, estimator=None):
        context.told.append("fit")
    assert told == [part]
    assert context.told == ["generator", "begin", "fit", "end"]
    with subtask(context, "estimator", "takes no callbacks", estimator=None):
        context.told.append("fit")
    assert told == [part]
    assert context.told[4:] == ["estimator", "begin", "fit", "end"]
