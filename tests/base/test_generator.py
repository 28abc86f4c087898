import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state

from skgen import IndependentGenerator
from skgen._utils import parallel
from skgen._utils.random import make_rng
from skgen.base import BaseGenerator


class Recorder(BaseGenerator):
    """Fills cells with zeros, indicators with ones, and keeps what it was shown."""

    models_missing_indicators = True

    def __init__(self, *, fail=False, categorical_features=None, random_state=None):
        self.fail = fail
        self.categorical_features = categorical_features
        self.random_state = random_state

    def _fit(self, Z, *, sample_weight, rng, track):
        self.Z_, self.weight_, self.draw_ = Z, sample_weight, rng.random()
        # hooks that draw see a copy of the generator, but with the same dict
        self.shown_ = {}
        if self.fail:
            raise RuntimeError("this model always fails")

    def _sample(self, known, rng):
        self.shown_["known"] = known
        indicators = [column.indicator_of is not None for column in self.columns_]
        return np.where(np.isnan(known), np.where(indicators, 1.0, 0.0), known)

    def _score_samples(self, Z, rng):
        self.shown_["scored"] = Z
        return np.zeros(len(Z))


class Unconditional(Recorder):
    _impute = None


class Plain(Recorder):
    """A model that knows nothing of missing indicators, and rules rows out."""

    models_missing_indicators = False

    def _score_samples(self, Z, rng):
        return np.where(Z[:, 0] == 15, -np.inf, -1.0)


X = np.array([[1.5, 2.0, np.nan], [2.5, np.nan, np.nan], [3.5, 4.0, np.nan]])


def test_a_model_sees_observed_columns_and_missing_indicators():
    generator = Recorder().fit(X)
    assert [c.indicator_of for c in generator.columns_] == [None, None, 1]
    assert_array_equal(generator.Z_, [[15, 2, 0], [25, np.nan, 1], [35, 4, 0]])


def test_a_drawn_indicator_empties_its_cell():
    drawn = Recorder().fit(X).sample(2, given={0: 2.5})
    assert_array_equal(drawn, [[2.5, np.nan, np.nan]] * 2)


def test_the_base_draws_missing_pattern_of_other_models():
    table = np.column_stack([np.repeat([1.5, 2.5], 40), np.full(80, 3.5)])
    table[:40, 1] = np.nan
    generator = Plain().fit(table)
    assert [c.indicator_of for c in generator.columns_] == [None, None]
    drawn = generator.sample(2, given={0: 1.5})
    assert_array_equal(drawn, [[1.5, np.nan]] * 2)
    assert not np.isnan(generator.sample(2, given={0: 2.5})).any()
    assert not np.isnan(generator.sample(2, given={0: 1.5, 1: 3.5})).any()
    assert not np.isnan(generator.impute(table)).any()


def test_impossible_rows_get_a_small_density():
    scores = Plain().fit(X).score_samples(X)
    assert_array_equal(scores[1:], [-1.0, -1.0])
    assert np.isfinite(scores[0])
    assert scores[0] < -1.0


def test_a_given_cell_is_not_missing():
    generator = Recorder().fit(X)
    drawn = generator.sample(1, given={1: 4.0})
    assert_array_equal(generator.shown_["known"], [[np.nan, 4.0, 0.0]])
    assert drawn[0, 1] == 4.0


def test_indicators_are_unknown_when_scoring_and_imputing():
    generator = Recorder().fit(X)
    generator.score_samples(X)
    assert np.isnan(generator.shown_["scored"][:, 2]).all()
    imputed = generator.impute(X)
    assert_array_equal(imputed[1, :2], [2.5, 2.0])
    assert np.isnan(imputed[:, 2]).all()


def test_rows_of_weight_zero_are_never_seen():
    generator = Recorder().fit(X, sample_weight=[2, 0, 1])
    assert_array_equal(generator.weight_, [2, 1])
    assert [c.indicator_of for c in generator.columns_] == [None, None]


def test_a_failed_fit_changes_nothing():
    generator = Recorder(random_state=0).fit(X)
    before = dict(vars(generator))
    generator.fail = True
    with pytest.raises(RuntimeError, match="always fails"):
        generator.fit(X[:2, :2])
    before["fail"] = True
    assert vars(generator).keys() == before.keys()
    assert all(vars(generator)[name] is value for name, value in before.items())

    unfitted = Recorder(fail=True)
    with pytest.raises(RuntimeError, match="always fails"):
        unfitted.fit(X)
    with pytest.raises(NotFittedError):
        unfitted.sample()


def test_a_second_fit_forgets_the_first():
    pandas = pytest.importorskip("pandas")
    generator = Recorder().fit(pandas.DataFrame(X, columns=["a", "b", "c"]))
    assert list(generator.feature_names_in_) == ["a", "b", "c"]
    assert not hasattr(generator.fit(X), "feature_names_in_")


def test_a_model_without_conditional_draws_says_so():
    generator = Unconditional().fit(X[:, :2])
    assert not hasattr(generator, "impute")
    with pytest.raises(ValueError, match="given: Unconditional cannot draw cells"):
        generator.sample(1, given={0: 1.5})


@pytest.mark.parametrize("n_samples", [-1, 1.5, "3", None])
def test_number_of_rows_is_checked(n_samples):
    with pytest.raises((TypeError, ValueError), match="n_samples"):
        Recorder().fit(X).sample(n_samples)


def test_calls_differ_and_a_seeded_fit_repeats_them_in_turn():
    X = np.random.default_rng(0).normal(size=(50, 2))
    first, second = (IndependentGenerator(random_state=3).fit(X) for _ in range(2))
    calls = [first.sample(5) for _ in range(3)]
    assert not np.array_equal(calls[0], calls[1])
    first.score_samples(X)
    for call in calls:
        assert_array_equal(second.sample(5), call)
    assert_array_equal(
        first.sample(5, random_state=1), second.sample(5, random_state=1)
    )


def test_rng_follows_scikit_learns_random_states():
    assert make_rng(0).random() == make_rng(0).random()
    state = check_random_state(0)
    assert make_rng(state).random() != make_rng(state).random()


def test_score_is_the_mean_over_rows():
    X = np.random.default_rng(0).normal(size=(50, 2))
    generator = IndependentGenerator().fit(X)
    assert_allclose(generator.score(X), generator.score_samples(X).mean())


def test_batches_have_all_rows_and_seeds_of_their_own():
    X = np.random.default_rng(0).normal(size=(50, 2))
    generator = IndependentGenerator(random_state=3).fit(X)
    batches = list(generator.sample_batches(10, 4, random_state=1))
    assert [len(rows) for rows in batches] == [4, 4, 2]
    again = generator.sample_batches(10, 4, random_state=1)
    for rows, same in zip(batches, again, strict=True):
        assert_array_equal(rows, same)
    assert not np.array_equal(batches[0], batches[1])
    # those of a call without a seed differ from those of the next one
    first, second = (next(generator.sample_batches(4)) for _ in range(2))
    assert not np.array_equal(first, second)
    assert list(generator.sample_batches(0)) == []


@pytest.mark.slow
def test_a_batch_is_drawn_when_it_is_asked_for():
    generator = Recorder().fit(X)
    batches = generator.sample_batches(10**9, 5)
    assert len(next(batches)) == 5


@pytest.mark.parametrize("container", [dict, "frame"])
def test_batches_get_their_part_of_what_is_given(container):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1.5, 2.5, 3.5] * 5, "b": ["x", "y", "z"] * 5})
    generator = IndependentGenerator(random_state=0).fit(table)
    given = {"a": [3.5, 1.5, 2.5, 1.5, 3.5], "b": "y"}
    if container == "frame":
        given = pandas.DataFrame(given)
    drawn = pandas.concat(generator.sample_batches(5, 2, given=given))
    assert drawn["a"].tolist() == [3.5, 1.5, 2.5, 1.5, 3.5]
    assert set(drawn["b"]) == {"y"}
    ranged = pandas.concat(generator.sample_batches(40, 7, given={"a": (2, 3)}))
    assert ranged["a"].between(2, 3).all()


@pytest.mark.parametrize(
    ("arguments", "named"), [((-1, 3), "n_samples"), ((3, 0), "batch_size")]
)
def test_bad_numbers_of_batches_are_refused_at_once(arguments, named):
    with pytest.raises(ValueError, match=named):
        Recorder().fit(X).sample_batches(*arguments)


class Numbering(Recorder):
    """Draws uniform numbers into unknown cells, and scores the first cell."""

    def _sample(self, known, rng):
        assert len(known) <= 4
        return np.where(np.isnan(known), rng.uniform(1.6, 3.1, known.shape), known)

    def _score_samples(self, Z, rng):
        assert len(Z) <= 4
        return Z[:, 0]


def test_many_rows_are_worked_on_in_blocks_whatever_the_jobs(monkeypatch):
    monkeypatch.setattr(parallel, "BLOCK_ROWS", 4)
    table = np.column_stack([np.geomspace(1.5, 3.5, 10), np.full(10, np.nan)])
    table[0, 1], table[1, 1] = np.pi / 2, np.pi
    model = Numbering(random_state=0).fit(table)
    found = []
    for model.n_jobs in (1, 2):
        with parallel_config(backend="threading"):
            drawn = model.sample(10, given={0: table[:, 0]}, random_state=1)
            filled = model.impute(table, n_draws=2, random_state=1)
            scores = model.score_samples(table)
        assert_array_equal(drawn[:, 0], table[:, 0])
        assert_array_equal(scores, table[:, 0])
        assert_array_equal(filled[0][:2], table[:2])
        found.append(np.hstack([drawn, *filled]))
    assert_array_equal(*found)
    # blocks, and draws, have numbers of their own
    assert len(np.unique(np.hstack([filled[0][2:, 1], filled[1][2:, 1]]))) == 16


def test_a_model_never_sees_more_rows_than_a_block():
    sizes = []

    class Sizes(Recorder):
        def _sample(self, known, rng):
            sizes.append(len(known))
            return super()._sample(known, rng)

    Sizes().fit(X).sample(parallel.BLOCK_ROWS + 1)
    assert sizes == [parallel.BLOCK_ROWS, 1]
