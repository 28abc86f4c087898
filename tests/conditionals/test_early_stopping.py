import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn._loss.loss import BaseLoss
from sklearn.ensemble import HistGradientBoostingClassifier

from skgen.conditionals._early_stopping import EarlyStoppedBoosting


@pytest.mark.slow
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_trees_and_their_number_are_those_of_scikit_learn(early_stopping, weighted):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    y = X[:, 0] + rng.normal(size=500) > 0
    weights = rng.exponential(size=500) if weighted else None
    own, theirs = (
        kind(early_stopping=early_stopping, random_state=0).fit(X, y, weights)
        for kind in (EarlyStoppedBoosting, HistGradientBoostingClassifier)
    )
    assert own.n_iter_ == theirs.n_iter_
    assert (own.n_iter_ < own.max_iter) == early_stopping
    assert_array_equal(own.predict_proba(X), theirs.predict_proba(X))
    assert_array_equal(own.validation_score_, theirs.validation_score_)


def test_loss_is_asked_of_rows_held_back_alone(monkeypatch):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    booster = EarlyStoppedBoosting(max_iter=5, early_stopping=True, random_state=0)
    sizes, whole = set(), BaseLoss.__call__

    def spy(self, y_true, *args, **kwargs):
        sizes.add(len(y_true))
        return whole(self, y_true, *args, **kwargs)

    monkeypatch.setattr(BaseLoss, "__call__", spy)
    booster.fit(X, X[:, 0] > 0)
    assert sizes == {1, 50}
