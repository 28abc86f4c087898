"""How tests fit a conditional."""

import numpy as np

from skgen.table import Column

NUMBER = Column(name="x", kind="continuous")


def categorical(n_categories):
    """A column of that many categories."""
    return Column(name="c", kind="categorical", n_categories=n_categories)


def fit(conditional, X, z, predictors, target, weights=None):
    """Fit a conditional with a fixed seed, by default to rows of weight one."""
    return conditional.fit(
        X,
        z,
        predictors=predictors,
        target=target,
        sample_weight=np.ones(len(z)) if weights is None else weights,
        rng=np.random.default_rng(0),
    )
