"""Generators that several threads use at once."""

import copy
import inspect
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neural_network import MLPRegressor

import skgen
from skgen import (
    AutoregressiveGenerator,
    BaseGenerator,
    IndependentGenerator,
    TreeConditional,
)

# of scikit-learn's own threads, whose filters other threads change
pytestmark = pytest.mark.filterwarnings("ignore:.sklearn.utils.parallel.delayed")

N_CALLS = 12
N_THREADS = 3

QUICK = {
    "FlowMatchingGenerator": {
        "estimator": MLPRegressor(hidden_layer_sizes=(8,), max_iter=2),
        "n_steps": 5,
        "n_noise": 1,
    },
    "GaussianMixtureGenerator": {"max_components": 2},
    "LatentFactorGenerator": {"n_components": 1, "max_iter": 2},
    "RefinedGenerator": {
        "generator": AutoregressiveGenerator(TreeConditional(1)),
        "discriminator": HistGradientBoostingClassifier(max_iter=2),
        "n_folds": 2,
    },
}


def public_generators():
    found = [getattr(skgen, name) for name in skgen.__all__]
    classes = [c for c in found if inspect.isclass(c) and issubclass(c, BaseGenerator)]
    return [
        cls(random_state=0, **QUICK.get(cls.__name__, {}))
        for cls in classes
        if not inspect.isabstract(cls)
    ]


each = pytest.mark.parametrize(
    "generator", public_generators(), ids=lambda generator: type(generator).__name__
)


@pytest.fixture(autouse=True)
def frequent_switches():
    """Threads take turns a thousand times as often as they usually do."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(usual)


def make_table(low, kinds, n_extra):
    """Numbers between `low` and `low` + 1, categories, and some cells missing."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.uniform(low, low + 1, size=(100, 1 + n_extra)))
    table.columns = [f"number {j}" for j in range(1 + n_extra)]
    table["kind"] = rng.choice(kinds, 100)
    table.loc[::4, "number 0"] = np.nan
    return table


OLD = make_table(0.0, ["a", "b"], n_extra=1)
# fewer columns, other values, no name in common but one
NEW = make_table(5.0, ["x", "y", "z"], n_extra=0)


def is_like(rows, table):
    """Whether rows have the columns of a table and values that it can have."""
    if list(rows) != list(table):
        return False
    numbers = rows["number 0"].dropna()
    low = table["number 0"].min()
    return numbers.between(low, low + 1).all() and set(rows["kind"]) <= set(
        table["kind"]
    )


def as_texts(tables):
    return sorted(table.to_csv() for table in tables)


def sample_together(generator):
    with ThreadPoolExecutor(N_THREADS) as pool:
        return list(pool.map(lambda _: generator.sample(30), range(N_CALLS)))


def one_after_another(generator):
    return [generator.sample(30) for _ in range(N_CALLS)]


@each
def test_threads_draw_what_calls_in_turn_would(generator):
    generator = clone(generator).fit(OLD)
    expected = as_texts(one_after_another(copy.deepcopy(generator)))
    # in any order, but no stream of random numbers twice
    assert as_texts(sample_together(generator)) == expected
    assert len(set(expected)) == N_CALLS


@each
def test_threads_impute_what_calls_in_turn_would(generator):
    generator = clone(generator).fit(OLD)
    twin = copy.deepcopy(generator)
    expected = as_texts(twin.impute(OLD) for _ in range(6))
    with ThreadPoolExecutor(N_THREADS) as pool:
        imputed = list(pool.map(lambda _: generator.impute(OLD), range(6)))
    assert as_texts(imputed) == expected


@pytest.mark.slow
@each
def test_a_generator_can_be_copied_and_set_while_threads_draw(generator):
    generator = clone(generator).fit(OLD)
    expected = as_texts(one_after_another(copy.deepcopy(generator)))
    done, state = Event(), pickle.dumps(generator)

    def meddle():
        copies = []
        while not done.is_set() or not copies:
            clone(generator)
            generator.set_params(**generator.get_params(deep=False))
            copies += [copy.deepcopy(generator), pickle.loads(state)]
            pickle.dumps(generator)
        return copies[-2:]

    with ThreadPoolExecutor(1) as pool:
        meddling = pool.submit(meddle)
        drawn = sample_together(generator)
        done.set()
        copied, stored = meddling.result()
    assert as_texts(drawn) == expected
    assert is_like(copied.sample(30), OLD)
    assert as_texts(one_after_another(stored)) == expected


@pytest.mark.slow
@each
def test_threads_see_the_old_state_or_the_new_one(generator):
    generator = clone(generator).fit(OLD)
    n_fits, done = 0, Event()

    def draw():
        drawn = []
        while not done.is_set():
            drawn.append(generator.sample(5))
            drawn.append(copy.deepcopy(generator).sample(5))
        return drawn

    with ThreadPoolExecutor(1) as pool:
        drawing = pool.submit(draw)
        while n_fits < 6 and not drawing.done():
            n_fits += 1
            generator.fit(NEW if n_fits % 2 else OLD)
        done.set()
        drawn = drawing.result()
    assert drawn
    assert all(is_like(rows, OLD) or is_like(rows, NEW) for rows in drawn)
    assert is_like(generator.sample(5), OLD)


@each
@pytest.mark.parametrize("hook", ["_known_matrix", "_sample_particles"])
def test_a_call_ends_with_the_state_it_began_with(generator, hook, monkeypatch):
    """As if another thread had fitted the generator in the midst of the call."""
    generator = clone(generator).fit(OLD)
    unchanged = getattr(type(generator), hook)
    n_fits = 0

    def fit_first(self, *args):
        nonlocal n_fits
        if not n_fits:
            n_fits += 1
            generator.fit(NEW)
        return unchanged(self, *args)

    monkeypatch.setattr(type(generator), hook, fit_first)
    batches = generator.sample_batches(20, 10)
    assert is_like(next(batches), OLD)
    assert is_like(generator.sample(10), NEW)
    assert is_like(next(batches), OLD)


def test_a_parameter_that_is_set_during_a_fit_stays_set():
    generator = AutoregressiveGenerator(random_state=0)

    class Meddler:
        def setup(self, estimator, context):
            pass

        def teardown(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            # as another thread might
            generator.set_params(n_particles=7)

        def on_fit_task_end(self, estimator, context):
            pass

    generator.set_callbacks(Meddler()).fit(OLD)
    assert generator.n_particles == 7


@each
def test_score_and_impute_end_with_the_state_they_began_with(generator, monkeypatch):
    generator = clone(generator).fit(OLD)
    twin = copy.deepcopy(generator)
    has_density = hasattr(generator, "score_samples")
    scores = twin.score_samples(OLD) if has_density else None
    unchanged = type(generator)._encode

    def fit_after(self, X, **options):
        encoded = unchanged(self, X, **options)
        generator.fit(NEW)
        return encoded

    monkeypatch.setattr(type(generator), "_encode", fit_after)
    assert is_like(generator.impute(OLD), OLD)
    if has_density:
        generator.fit(OLD)
        np.testing.assert_array_equal(generator.score_samples(OLD), scores)


def test_a_copy_made_during_a_fit_holds_nothing_of_it():
    class Copies:
        made = []

        def setup(self, estimator, context):
            pass

        teardown = setup

        def on_fit_task_begin(self, estimator, context):
            self.made.append(copy.deepcopy(estimator))

        def on_fit_task_end(self, estimator, context):
            pass

    generator = IndependentGenerator(random_state=0).set_callbacks(Copies()).fit(OLD)
    assert Copies.made
    for made in Copies.made:
        assert not [name for name in vars(made) if name.endswith("_ctx")]
    assert len(generator.sample(3)) == 3
