"""Checks of seeds and state: what a call repeats, changes and shows."""

import pickle
import re
from functools import partial

import numpy as np
from joblib import parallel_config
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skgen.estimator_checks._tools import (
    fitted,
    frame,
    names_of_checks,
    need,
    numbers,
    refused,
    same_table,
    with_missing,
)


def check_seeded_fit_reproduces_all_draws(name, generator):
    """After two fits with the same seed, the same sequence of calls draws the same."""
    X = with_missing(200)
    first, second = fitted(generator, X, seed=3), fitted(generator, X, seed=3)
    for verb, draw in _draws(first, second, X, X):
        for call in range(2):
            assert same_table(draw(first), draw(second)), (
                f"{name}: call {call + 1} of {verb} differs after two fits with one "
                "seed. Take all random numbers from self.random_state."
            )


def check_calls_without_seed_differ(name, generator):
    """Consecutive calls without a seed draw different rows, even after a seeded fit."""
    X = with_missing(200)
    generator = fitted(generator, X)
    for verb, draw in _draws(generator, generator, X, X):
        assert not same_table(draw(generator), draw(generator)), (
            f"{name}: consecutive calls of {verb} draw the same rows. Seed each anew."
        )


def check_seed_of_a_call_repeats_it(name, generator):
    """Calls with equal seeds draw equal rows, calls with other seeds other rows.

    A seed is an integer, or a RandomState instance, which a call advances.
    """
    X = with_missing(200)
    generator = fitted(generator, X)
    for verb, draw in _draws(generator, generator, X, X):
        first = draw(generator, random_state=5)
        draw(generator)
        assert same_table(first, draw(generator, random_state=5)), (
            f"{name}: {verb} with the same random_state draws other rows. Use only it."
        )
        assert not same_table(first, draw(generator, random_state=6)), (
            f"{name}: {verb} with another random_state draws the same rows. Use it."
        )
        states = check_random_state(5), check_random_state(5)
        one, two = (draw(generator, random_state=state) for state in states)
        assert same_table(one, two), (
            f"{name}: {verb} ignores a RandomState instance. Draw from it."
        )
        assert not same_table(one, draw(generator, random_state=states[0])), (
            f"{name}: {verb} does not advance a RandomState instance. Do not copy it."
        )


def check_densities_do_not_shift_draws(name, generator):
    """`score_samples` is repeatable and does not change later draws."""
    need(generator, "score_samples")
    X = with_missing(200)
    scored, other = fitted(generator, X), fitted(generator, X)
    first = scored.score_samples(X)
    assert same_table(scored.sample(20), other.sample(20)), (
        f"{name}: score_samples changes the first sample. Let it not advance draws."
    )
    assert np.array_equal(scored.score_samples(X), first), (
        f"{name}: score_samples of the same rows changes from call to call. Seed it."
    )


def check_global_random_state_is_untouched(name, generator):
    """With integer seeds, numpy's global random state is not changed."""
    X = with_missing(200)
    before = _global_state()
    generator = fitted(generator, X, seed=0)
    generator.sample(10)
    generator.sample(10, random_state=1)
    if hasattr(generator, "impute"):
        generator.impute(X)
    if hasattr(generator, "score_samples"):
        generator.score_samples(X)
    assert _global_state() == before, (
        f"{name}: numpy's global random state has changed. Use random_state instead."
    )


def check_input_is_not_changed(name, generator):
    """No method changes the tables, weights or given cells that it is passed."""
    X, weight = with_missing(200), np.arange(200.0) + 1
    copy, weight_copy = X.copy(), weight.copy()
    generator = fitted(generator, X, sample_weight=weight)
    spend = np.linspace(80, 160, 5)
    if hasattr(generator, "impute"):
        generator.impute(X)
        generator.sample(5, given={"spend": spend})
    if hasattr(generator, "score_samples"):
        generator.score_samples(X)
    array = numbers(200)
    fitted(generator, array)
    for what, same in {
        "the table": same_table(X, copy),
        "sample_weight": np.array_equal(weight, weight_copy),
        "the array in `given`": np.array_equal(spend, np.linspace(80, 160, 5)),
        "the array passed to fit": array.tobytes() == numbers(200).tobytes(),
    }.items():
        assert same, f"{name}: {what} has changed. Work on a copy."


def check_fit_keeps_parameters(name, generator):
    """`fit` returns `self` and leaves all parameters unchanged."""
    generator = clone(generator)
    before = generator.get_params(deep=True)
    frozen = pickle.dumps(before)
    assert generator.fit(numbers(100)) is generator, (
        f"{name}: fit returns another object. Return self."
    )
    after = generator.get_params(deep=True)
    changed = before.keys() ^ after.keys()
    changed |= {key for key in before if after.get(key) is not before[key]}
    assert not changed, (
        f"{name}: fit replaces the parameters {sorted(changed)}. Set other attributes."
    )
    assert pickle.dumps(after) == frozen, (
        f"{name}: fit changes a parameter in place. Clone estimators to fit them."
    )


def check_failed_fit_changes_nothing(name, generator):
    """A fit that fails leaves a fitted generator unchanged."""
    X = numbers(100)
    infinite, weights = numbers(50, 3), -np.ones(100)
    infinite[3, 1] = np.inf
    generator = fitted(generator, X)
    before = generator.sample(20, random_state=0)
    state = vars(generator).copy()
    for fit in (
        partial(generator.fit, infinite),
        partial(generator.fit, X, sample_weight=weights),
        partial(generator.fit, np.array([[1], [[1, 2]]], dtype=object)),
    ):
        with refused((ValueError, TypeError), by=f"{name}: fit"):
            fit()
        changed = [k for k, v in vars(generator).items() if v is not state.get(k)]
        changed += state.keys() - vars(generator).keys()
        assert not changed, (
            f"{name}: a failed fit changes {changed}. Set attributes after all checks."
        )
    assert same_table(generator.sample(20, random_state=0), before), (
        f"{name}: draws other rows after a failed fit. Change nothing in place."
    )


def check_refit_forgets(name, generator):
    """A second fit does not depend on the first."""
    X = with_missing(200)
    twice = fitted(generator, numbers(100, 4))
    twice.set_params(**fitted(generator, X).get_params(deep=False)).fit(X)
    once = fitted(generator, X)
    assert same_table(twice.sample(20), once.sample(20)), (
        f"{name}: a second fit draws other rows than a first one with the same seed. "
        "Reset all fitted attributes in fit."
    )


def check_repr_hides_cells(name, generator):
    """The text and HTML forms of a fitted generator show no training cell."""
    rng = np.random.default_rng(0)
    X = frame(
        town=np.array(["Zyxstadt", "Qwrtville"], dtype=object)[
            rng.integers(2, size=50)
        ],
        size=np.where(rng.random(50) < 0.5, 7731.25, rng.normal(size=50)),
        count=rng.integers(918273, 918299, size=50),
    )
    generator = fitted(generator, X)
    shown = repr(generator) + str(generator) + str(generator._repr_html_())
    for attribute, value in vars(generator).items():
        shown += repr(value) if attribute in ("codec_", "columns_") else ""
    found = re.findall("Zyxstadt|Qwrtville|7731[.]25|9182[0-9]{2}", shown)
    assert not found, (
        f"{name}: its printed form shows the cells {set(found)}. Hide them."
    )


def check_pickle_keeps_draws_and_densities(name, generator):
    """A pickled generator draws and scores like the original."""
    X = with_missing(200)
    generator = fitted(generator, X)
    generator.sample(3)
    copy = pickle.loads(pickle.dumps(generator))
    for seed in (None, 4):
        for verb, draw in _draws(generator, copy, X, X):
            original = draw(generator, random_state=seed)
            assert same_table(draw(copy, random_state=seed), original), (
                f"{name}: {verb} differs after pickling. Store its whole state."
            )
    if hasattr(generator, "score_samples"):
        assert np.array_equal(copy.score_samples(X), generator.score_samples(X)), (
            f"{name}: score_samples differs after pickling. Store its whole state."
        )


def check_clone_is_unfitted(name, generator):
    """A clone of a fitted generator has its parameters and no fitted attributes."""
    generator = fitted(generator, numbers(100))
    copy = clone(generator)
    assert repr(copy) == repr(generator), (
        f"{name}: a clone has other parameters. Let __init__ assign them unchanged."
    )
    learned = [key for key in vars(copy) if key.endswith("_")]
    assert not learned, (
        f"{name}: a clone of a fitted generator holds {learned}. Set them in fit only."
    )
    with refused(ValueError, "fit", by=f"{name}: sample before fit"):
        copy.sample()
    with refused(ValueError, "fit", by=f"{name}: check_is_fitted before fit"):
        check_is_fitted(copy)


def check_n_jobs_changes_nothing(name, generator):
    """Results do not depend on `n_jobs`."""
    if "n_jobs" not in generator.get_params(deep=False):
        need(generator, "n_jobs")
    X = with_missing(200)
    alone = clone(generator).set_params(n_jobs=1)
    shared = clone(generator).set_params(n_jobs=2)
    with parallel_config(backend="threading"):
        alone, shared = fitted(alone, X), fitted(shared, X)
        for verb, draw in _draws(alone, shared, X, X):
            assert same_table(draw(alone), draw(shared)), (
                f"{name}: n_jobs changes what {verb} draws. Seed each task by itself."
            )


def _draws(first, second, X, blank):
    """Yield the name and a function of a generator for each way of drawing rows."""
    yield "sample", lambda model, **seed: model.sample(20, **seed)
    if hasattr(first, "impute") and hasattr(second, "impute"):
        yield "impute", lambda model, **seed: model.impute(blank, **seed)
        yield (
            "sample given cells",
            lambda model, **seed: model.sample(20, given={"member": "yes"}, **seed),
        )


def _global_state():
    # check_random_state(None) is numpy's global random state
    return pickle.dumps(check_random_state(None).get_state())


__all__ = names_of_checks(globals())
