"""Progress, stopping and interruption of the fits of all public estimators."""

import contextlib
import copy
import inspect
import os
import pickle
import signal
import sys
import threading
import time
from collections import Counter
from subprocess import PIPE, Popen

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from joblib import parallel_config
from pandas.testing import assert_frame_equal
from sklearn.callback import CallbackSupportMixin, ProgressBar
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor

import skgen
from skgen import (
    AutoregressiveGenerator,
    BaseGenerator,
    ChainedGenerator,
    GaussianMixtureGenerator,
    IndependentGenerator,
    RefinedGenerator,
    TreeConditional,
)
from skgen._utils import parallel

QUICK = {
    "FlowMatchingGenerator": {
        "estimator": MLPRegressor(hidden_layer_sizes=(8,), max_iter=3),
        "n_steps": 5,
        "n_noise": 1,
    },
    "GaussianMixtureGenerator": {"max_components": 3},
    "LatentFactorGenerator": {"max_components": 2, "max_iter": 3},
    "GenerativeMasker": {"when": "always", "n_folds": 2},
    "ResampledClassifier": {"calibration_cv": 2},
    "RefinedGenerator": {
        "generator": AutoregressiveGenerator(TreeConditional(1)),
        "discriminator": HistGradientBoostingClassifier(max_iter=5),
        "n_folds": 2,
        "n_rounds": 2,
    },
}
# They stop trying sizes and iterating before as much as they may.
SHORT = {"GaussianMixtureGenerator", "LatentFactorGenerator", "LogisticRegression"}


def public_estimators():
    """Quick instances of all public classes that are fitted to whole tables."""
    found = [getattr(skgen, name) for name in skgen.__all__]
    classes = [
        cls
        for cls in found
        if inspect.isclass(cls)
        and issubclass(cls, CallbackSupportMixin)
        and not inspect.isabstract(cls)
    ]
    return [cls(random_state=0, **QUICK.get(cls.__name__, {})) for cls in classes]


ESTIMATORS = public_estimators()
GENERATORS = [e for e in ESTIMATORS if isinstance(e, BaseGenerator)]
each = pytest.mark.parametrize(
    "estimator", ESTIMATORS, ids=lambda estimator: type(estimator).__name__
)


def make_data(n_samples=120):
    """A mixed table with missing cells, and classes of which one is rare."""
    rng = np.random.default_rng(0)
    level = rng.normal(size=n_samples)
    X = pd.DataFrame(
        {
            "level": level,
            "copy": level + rng.normal(size=n_samples),
            "kind": rng.choice(["a", "b", "c"], n_samples),
        }
    )
    X.loc[::5, "copy"] = np.nan
    return X, (np.arange(n_samples) % 4 == 0).astype(int)


def numbers_only(estimator):
    return isinstance(estimator, skgen.ResampledClassifier | skgen.ResampledRegressor)


def fit(estimator):
    """Call what reports to callbacks, with what the estimator takes."""
    X, y = make_data()
    if numbers_only(estimator):
        X = X[["level"]].assign(square=X["level"] ** 2)
    if hasattr(estimator, "fit_resample"):
        return estimator.fit_resample(X, y)
    if hasattr(estimator, "fit_transform") and not isinstance(estimator, BaseGenerator):
        return estimator.fit_transform(X, y)
    return estimator.fit(X, y)


def fresh(estimator):
    """A copy of its own: parameters that are shared would share callbacks too."""
    return copy.deepcopy(estimator)


class Watch:
    """Callback that notes every event; subclasses act at some of them."""

    max_propagation_depth = None

    def __init__(self):
        self.events, self.n_announced, self.estimators = [], {}, {}

    def note(self, event, estimator, context):
        path = tuple(c.task_id for c in lineage(context))
        self.events.append((event, path))
        self.estimators[path] = type(estimator).__name__
        self.n_announced[path] = context.max_subtasks

    def setup(self, estimator, context):
        self.note("setup", estimator, context)

    def teardown(self, estimator, context):
        self.note("teardown", estimator, context)

    def on_fit_task_begin(self, estimator, context):
        self.note("begin", estimator, context)

    def on_fit_task_end(self, estimator, context):
        self.note("end", estimator, context)
        return False

    def begun(self):
        return [path for event, path in self.events if event == "begin"]


class Stop(Watch):
    """Asks to stop at the end of every task."""

    def on_fit_task_end(self, estimator, context):
        self.note("end", estimator, context)
        return True


class Interrupt(Watch):
    """Does at one event what Ctrl-C does."""

    def __init__(self, at):
        super().__init__()
        self.at = at

    def note(self, event, estimator, context):
        super().note(event, estimator, context)
        if len(self.events) == self.at + 1:
            raise KeyboardInterrupt


def lineage(context):
    while context is not None:
        yield context
        context = context.parent


def watched(estimator, watch):
    estimator = fresh(estimator).set_callbacks(watch)
    fit(estimator)
    return estimator


def test_all_estimators_take_callbacks():
    names = {type(estimator).__name__ for estimator in ESTIMATORS}
    fitted = {
        name
        for name in skgen.__all__
        if hasattr(getattr(skgen, name), "get_params")
        and not name.endswith(("Conditional", "Codec"))
    }
    assert names == fitted - {"BaseGenerator"}


@each
def test_every_task_that_begins_ends(estimator):
    watch = Watch()
    watched(estimator, watch)
    kinds = [event for event, _ in watch.events]
    assert (kinds[0], kinds[-1]) == ("setup", "teardown")
    assert kinds.count("setup") == kinds.count("teardown") == 1
    open_tasks = []
    for event, path in watch.events[1:-1]:
        if event == "begin":
            open_tasks.append(path)
        else:
            assert open_tasks.pop() == path
    assert open_tasks == []
    assert len(set(watch.begun())) == len(watch.begun())


@each
def test_the_number_of_tasks_is_the_one_announced(estimator):
    watch = Watch()
    watched(estimator, watch)
    n_subtasks = Counter(path[1:] for path in watch.begun())
    assert watch.begun()
    for path in watch.begun():
        announced = watch.n_announced[path]
        if watch.estimators[path] in SHORT:
            assert announced is None or n_subtasks[path] <= announced
        elif len(path) > 1 or isinstance(estimator, BaseGenerator):
            assert n_subtasks[path] == announced


@pytest.fixture
def wide_terminal(monkeypatch):
    """A terminal in which names of tasks are not cut, whatever one rich has seen."""
    rich = pytest.importorskip("rich")
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr(rich, "_console", None)


@each
@pytest.mark.usefixtures("wide_terminal")
def test_a_progress_bar_is_shown(estimator, capsys):
    watched(estimator, ProgressBar(max_propagation_depth=None))
    out = capsys.readouterr()
    assert type(estimator).__name__ in out.out
    assert "100%" in out.out
    assert not out.err


@pytest.mark.usefixtures("wide_terminal")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_progress_bar_is_shown_within_a_search(n_jobs, capsys):
    generator = AutoregressiveGenerator(TreeConditional(1), random_state=0)
    grid = {"conditional__min_samples_leaf": [5, 20]}
    search = GridSearchCV(generator, grid, cv=2, n_jobs=n_jobs)
    with parallel_config("threading"):
        search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(
            make_data()[0]
        )
    assert "AutoregressiveGenerator" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [AutoregressiveGenerator, ChainedGenerator])
def test_workers_get_no_generator(kind, monkeypatch):
    """Callbacks that cannot be pickled do not keep columns from being fitted there."""
    module = sys.modules[kind.__module__]

    def fit_pickled(*args, unchanged=module.fit_conditional):
        assert not any(isinstance(part, BaseGenerator) for part in args)
        return unchanged(*pickle.loads(pickle.dumps(args)))

    watch = Watch()
    watch.lock = threading.Lock()
    monkeypatch.setattr(module, "fit_conditional", fit_pickled)
    watched(kind(random_state=0), watch)
    assert watch.begun()


@pytest.mark.slow
def test_workers_that_draw_get_no_callbacks(monkeypatch):
    monkeypatch.setattr(parallel, "BLOCK_ROWS", 10)
    watch = Watch()
    watch.lock = threading.Lock()
    generator = watched(AutoregressiveGenerator(random_state=0), watch)
    with parallel_config("loky", n_jobs=2):
        assert len(generator.sample(20)) == 20


# --- parts that are fitted at once ----------------------------------------------------

PARALLEL = [
    fresh(e).set_params(n_jobs=2)
    for e in ESTIMATORS
    if "n_jobs" in e.get_params(deep=False) and not isinstance(e, BaseGenerator)
]
each_parallel = pytest.mark.parametrize(
    "estimator", PARALLEL, ids=lambda estimator: type(estimator).__name__
)
each_backend = pytest.mark.parametrize(
    "backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)]
)


def make_scribe(folder, *, stop=False):
    """A callback that notes events of all processes."""

    # by value: processes do not find the modules of tests
    class Scribe:
        max_propagation_depth = None

        def setup(self, estimator, context):
            pass

        teardown = setup

        def note(self, event, context):
            path = []
            while context is not None:
                path.append(str(context.task_id))
                context = context.parent
            # ordered by time: clocks of processes agree
            name = f"{time.monotonic_ns()} {event} {'-'.join(path)} {os.getpid()}"
            (folder / name).touch()

        def on_fit_task_begin(self, estimator, context):
            self.note("begin", context)

        def on_fit_task_end(self, estimator, context):
            self.note("end", context)
            return stop

    return Scribe()


def noted(estimator, backend, folder, **params):
    """Events of a fit as (event, path), and the processes where they were."""
    folder.mkdir()
    with parallel_config(backend=backend):
        used = watched(estimator, make_scribe(folder, **params))
    files = sorted(path.name.split() for path in folder.iterdir())
    events = [(event, path) for _, event, path, _ in files]
    return used, events, {int(pid) for *_, pid in files}


@each_parallel
@each_backend
def test_tasks_at_once_are_reported_like_tasks_in_turn(estimator, backend, tmp_path):
    alone = fresh(estimator).set_params(n_jobs=1)
    _, expected, _ = noted(alone, backend, tmp_path / "alone")
    _, events, pids = noted(estimator, backend, tmp_path / "together")
    assert sorted(events) == sorted(expected)
    assert (len(pids) > 1) == (backend == "loky")
    at = {event: place for place, event in enumerate(events)}
    for event, path in events:
        assert at["begin", path] < at["end", path]
        parent = path.partition("-")[2]
        if event == "begin" and parent:
            assert at["begin", parent] < at["begin", path]
            assert at["end", path] < at["end", parent]


@each_parallel
@each_backend
def test_a_callback_stops_what_is_fitted_at_once(estimator, backend, tmp_path):
    _, events, _ = noted(estimator, backend, tmp_path / "all")
    used, short, _ = noted(estimator, backend, tmp_path / "stopped", stop=True)
    assert len(short) < len(events)
    # no part of the whole is left out
    parts = {event for event in events if event[1].count("-") == 1}
    assert parts == {event for event in short if event[1].count("-") == 1}
    assert use(used).shape[0]


@each_parallel
@each_backend
@pytest.mark.usefixtures("wide_terminal")
def test_a_progress_bar_shows_what_is_fitted_at_once(estimator, backend, capsys):
    with parallel_config(backend=backend):
        watched(estimator, ProgressBar(max_propagation_depth=None))
    out = capsys.readouterr()
    assert "fold 1" in out.out
    assert "AutoregressiveGenerator" in out.out
    assert "100%" in out.out
    assert not out.err


def make_interrupt():
    # by value: processes do not find the modules of tests
    class Interrupt:
        max_propagation_depth = None

        def setup(self, estimator, context):
            pass

        teardown = on_fit_task_begin = setup

        def on_fit_task_end(self, estimator, context):
            if context.parent is not None:
                raise KeyboardInterrupt

    return Interrupt()


@each_parallel
@each_backend
def test_an_interruption_of_a_job_leaves_the_estimator_as_it_was(estimator, backend):
    estimator = fresh(estimator).set_callbacks(make_interrupt())
    state = dict(vars(estimator))
    with parallel_config(backend=backend), pytest.raises(KeyboardInterrupt):
        fit(estimator)
    assert_same_attributes(estimator, state)


@each_parallel
def test_callbacks_do_not_change_the_result(estimator, tmp_path):
    silent = fresh(estimator)
    expected = fit(silent)
    reporting = fresh(estimator).set_callbacks(make_scribe(tmp_path))
    found = fit(reporting)
    if isinstance(expected, pd.DataFrame):
        assert_frame_equal(found, expected)
    else:
        np.testing.assert_array_equal(use(reporting), use(silent))


# --- stopping -----------------------------------------------------------------------


def use(estimator):
    """Rows or predictions of a fitted estimator, after a check that they are valid."""
    X, _ = make_data()
    if isinstance(estimator, BaseGenerator):
        rows = estimator.sample(20)
        assert rows.dtypes.equals(X.dtypes)
        assert set(rows["kind"]) <= {"a", "b", "c"}
        if hasattr(estimator, "score"):
            assert np.isfinite(estimator.score(X))
        return estimator.impute(X).to_numpy()
    if numbers_only(estimator):
        X = X[["level"]].assign(square=X["level"] ** 2)
    method = "predict" if hasattr(estimator, "predict") else "transform"
    return np.asarray(getattr(estimator, method)(X.dropna()))


@each
def test_a_fit_that_is_stopped_is_valid(estimator):
    if hasattr(estimator, "fit_resample"):
        X_new, y_new = fit(fresh(estimator).set_callbacks(Stop()))
        assert len(X_new) == len(y_new)
        assert set(X_new["kind"]) <= {"a", "b", "c"}
        assert set(y_new) == {0, 1}
        return
    used = pd.DataFrame(use(watched(estimator, Stop())))
    if isinstance(estimator, skgen.GenerativeMasker):
        # masked cells of this column may be missing, as those of the training rows
        used = used.drop(columns=1)
    assert used.notna().all(axis=None)


@pytest.mark.parametrize(
    "estimator", GENERATORS, ids=lambda estimator: type(estimator).__name__
)
def test_stopping_ends_every_loop_after_one_step(estimator):
    watch, stop = Watch(), Stop()
    watched(estimator, watch)
    watched(estimator, stop)
    # several loops: refined, the columns and the rounds; the sizes and the iterations
    two_loops = {"RefinedGenerator", "LatentFactorGenerator"}
    n_loops = 1 + (type(estimator).__name__ in two_loops)
    assert len(stop.begun()) - 1 == min(n_loops, len(watch.begun()) - 1)


def test_columns_after_a_stop_stand_alone():
    stop = Stop()
    generator = watched(AutoregressiveGenerator(random_state=0), stop)
    assert all(len(earlier) == 0 for earlier in generator.predictors_)
    # the columns themselves are learned from all rows
    alone = IndependentGenerator(random_state=0)
    X, _ = make_data()
    ours, theirs = generator.sample(4000), alone.fit(X).sample(4000)
    assert abs(ours["level"].mean() - theirs["level"].mean()) < 0.1
    assert abs((ours["kind"] == "a").mean() - (theirs["kind"] == "a").mean()) < 0.06


@pytest.mark.parametrize(
    "estimator",
    [e for e in ESTIMATORS if not isinstance(e, BaseGenerator)],
    ids=lambda estimator: type(estimator).__name__,
)
def test_no_part_of_a_whole_is_left_out(estimator):
    watch, stop = Watch(), Stop()
    watch.max_propagation_depth = stop.max_propagation_depth = 0
    watched(estimator, watch)
    watched(estimator, stop)
    assert stop.events == watch.events


def test_a_refined_mixture_reports_its_steps():
    watch = Watch()
    generator = RefinedGenerator(
        GaussianMixtureGenerator(max_components=2), random_state=0
    )
    watched(generator, watch)
    assert watch.n_announced[(0,)] is None


# --- interruption -------------------------------------------------------------------


def assert_same_attributes(estimator, state):
    assert vars(estimator).keys() == state.keys()
    assert all(vars(estimator)[name] is value for name, value in state.items())


@each
@pytest.mark.parametrize(
    "fitted",
    [
        pytest.param(False, id="unfitted"),
        pytest.param(True, id="fitted", marks=pytest.mark.slow),
    ],
)
def test_an_interrupted_fit_leaves_the_estimator_as_it_was(estimator, fitted):
    watch = Watch()
    used = watched(estimator, watch)
    estimator = used if fitted else fresh(estimator)
    n_events = len(watch.events)
    # the setup, the first task, one in the middle, and the end of the whole fit
    for at in (0, 1, n_events // 2, n_events - 2):
        estimator.set_callbacks(interrupt := Interrupt(at))
        state = dict(vars(estimator))
        with pytest.raises(KeyboardInterrupt):
            fit(estimator)
        assert_same_attributes(estimator, state)
        assert [event for event, _ in interrupt.events].count("teardown") == 1


@pytest.mark.parametrize(
    "sampler",
    [e for e in ESTIMATORS if hasattr(e, "fit_resample")],
    ids=lambda estimator: type(estimator).__name__,
)
def test_an_interrupted_sampler_leaves_rows_and_pipeline_as_they_were(sampler):
    X, y = make_data()
    X = X[["level"]].assign(square=X["level"] ** 2)
    expected_X, expected_y = X.copy(), y.copy()
    pipeline = make_pipeline(fresh(sampler), LogisticRegression())
    pipeline[0].set_callbacks(Interrupt(3))
    state = dict(vars(pipeline[0]))
    with pytest.raises(KeyboardInterrupt):
        pipeline.fit(X, y)
    assert_frame_equal(X, expected_X)
    assert (y == expected_y).all()
    assert_same_attributes(pipeline[0], state)
    pipeline[0].set_callbacks(watch := Watch())
    assert pipeline.fit(X, y).predict(X).shape == y.shape
    assert watch.events[-1][0] == "teardown"


# A fit in two worker processes, which reports that it has begun.
SCRIPT = """
import os, signal, sys
import numpy as np
from skgen import *

class Report:
    max_propagation_depth = None

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        print("torn down", flush=True)

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        print("a column is fitted", flush=True)

X = np.random.default_rng(0).normal(size=(2000, 200))
y = np.arange(2000) % 2
slow = BoostedConditional(learning_rate=0.01)
generator = AutoregressiveGenerator(slow)
estimator = {
    "generator": AutoregressiveGenerator(slow, n_jobs=2),
    "masker": GenerativeMasker(generator=generator, n_jobs=2),
    "classifier": ResampledClassifier(
        sampler=GenerativeReplacer(generator), n_jobs=2
    ),
}[sys.argv[1]].set_callbacks(Report())
fit = getattr(estimator, "fit_transform", estimator.fit)
try:
    fit(X, y)
except KeyboardInterrupt:
    print(sorted(set(vars(estimator)) - set(estimator.get_params(deep=False))))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a signal to a process group")
@pytest.mark.parametrize(
    ("what", "to"),
    [
        ("generator", "the fit"),
        ("generator", "all processes"),
        ("masker", "the fit"),
        ("classifier", "all processes"),
    ],
)
def test_ctrl_c_leaves_no_worker_behind(what, to, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    options = {"stdout": PIPE, "stderr": PIPE, "text": True, "start_new_session": True}
    with (
        Popen([sys.executable, script, what], **options) as process,
        killed_at_exit(process.pid),
    ):
        assert process.stdout.readline() == "a column is fitted\n"
        # a terminal sends it to all processes of the group
        kill = os.kill if to == "the fit" else os.killpg
        kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert out.splitlines()[-2:] == ["torn down", "['_skl_callbacks']"], err
        assert process.returncode == 0
        assert group_is_gone(process.pid, seconds=10)


@contextlib.contextmanager
def killed_at_exit(group):
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def group_is_gone(group, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
