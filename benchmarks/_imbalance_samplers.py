"""Samplers beside each other: how each one gets its rows, and when it fails."""

import importlib.util
import logging
import sys
import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from imblearn.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    BorderlineSMOTE,
    RandomOverSampler,
)
from sklearn.base import clone
from sklearn.preprocessing import OrdinalEncoder

from benchmarks._imbalance_data import plain

# Names of the command line and of the optional package smote-variants: the five that
# rank best in Kovács (2019), "An empirical comparison and evaluation of minority
# oversampling techniques on a large number of imbalanced datasets".
VARIANTS = {
    "polynom_fit": "polynom_fit_SMOTE_star",
    "prowsyn": "ProWSyn",
    "smote_ipf": "SMOTE_IPF",
    "lee": "Lee",
    "smobd": "SMOBD",
}
NEIGHBORS = ("k_neighbors", "n_neighbors")
N_NEIGHBORS = 5
COPIED = "a class of one row was copied"
UNCHANGED = "no rows were added"
MAX_TEXT = 160


@dataclass(frozen=True)
class Weighted:
    """No sampler, but balanced class weights where the classifier has them."""


@dataclass(frozen=True)
class Encoded:
    """A sampler that needs numbers: it gets the encoded rows, not the table."""

    sampler: object


@dataclass(frozen=True)
class Nominal:
    """SMOTENC, SMOTEN or SMOTE, by the columns that there are, on imputed rows."""


@dataclass(frozen=True)
class Variant:
    """A sampler of smote-variants, on encoded rows of two classes."""

    name: str


class Resampled(NamedTuple):
    """Encoded rows to train on."""

    rows: np.ndarray
    labels: np.ndarray
    seconds: float
    failure: str | None
    table: pd.DataFrame | None = None  # before encoding, of a sampler of raw tables


MAKERS = {
    "none": lambda: None,
    "class_weight": Weighted,
    "ros": RandomOverSampler,
    # The full width of the rule of thumb, as in ROSE.
    "smoothed": lambda: Encoded(RandomOverSampler(shrinkage=1.0)),
    "smote": lambda: Encoded(SMOTE()),
    "smotenc": Nominal,
    "borderline": lambda: Encoded(BorderlineSMOTE()),
    "adasyn": lambda: Encoded(ADASYN()),
    **{name: lambda own=own: Variant(own) for name, own in VARIANTS.items()},
    "skgen": lambda: _generative(),
}


def _generative():
    from skgen import GenerativeOverSampler

    return GenerativeOverSampler()


def named_samplers(names, *, multiclass=False):
    """Return {name: sampler} for names of the command line.

    Those of smote-variants are left out, with a line on stderr, if the package is not
    installed or if there are tables of more than two classes.
    """
    unknown = set(names) - set(MAKERS)
    if unknown:
        raise ValueError(f"Unknown samplers {sorted(unknown)}; known: {list(MAKERS)}.")
    variants = [name for name in names if name in VARIANTS]
    reason = None
    if multiclass:
        reason = "they need two classes"
    elif importlib.util.find_spec("smote_variants") is None:
        reason = "the package smote-variants is not installed"
    if variants and reason:
        print(f"Left out, {reason}: {', '.join(variants)}", file=sys.stderr)
        names = [name for name in names if name not in VARIANTS]
    return {name: MAKERS[name]() for name in names}


def is_own(sampler):
    """Return whether a sampler is one of skgen, be it on encoded rows."""
    return type(getattr(sampler, "sampler", sampler)).__module__.startswith("skgen.")


def resample(sampler, encoder, X, y, seed):
    """Resample training rows and encode them.

    Parameters
    ----------
    sampler : sampler, Encoded, Nominal, Variant, Weighted or None
        Anything with ``fit_resample`` gets the raw table and is never rescued. If
        another one raises, or gives what cannot be trained on, the rows are those of
        the table, unless it is of skgen.
    encoder : transformer
        Fitted on X.
    X : DataFrame
    y : ndarray of int
    seed : int

    Returns
    -------
    resampled : Resampled
        The seconds are those of the sampler alone.
    """
    real = encoder.transform(X)
    if sampler is None or isinstance(sampler, Weighted):
        return Resampled(real, y, 0.0, None)
    start = time.perf_counter()
    if not isinstance(sampler, Encoded | Nominal | Variant):
        # As text, labels are classes to every sampler, however many there are.
        labels = pd.Series(y.astype(str), index=X.index)
        rows, labels = _prepared(sampler, y, seed).fit_resample(X, labels)
        spent = time.perf_counter() - start
        labels = np.asarray(labels).astype(int)
        return Resampled(encoder.transform(rows), labels, spent, None, rows)
    rows, labels, failure = _peer(sampler, encoder, real, X, y, seed)
    return Resampled(rows, labels, time.perf_counter() - start, failure)


def _check(rows, labels, y):
    if not np.isfinite(rows).all():
        raise ValueError("resampled rows are not finite")
    if len(np.unique(labels)) < len(np.unique(y)):
        raise ValueError("a class is lost")


def _peer(sampler, encoder, real, X, y, seed):
    """Return rows, labels and what went wrong of a sampler for numbers."""
    nominal = isinstance(sampler, Nominal)
    matrix, categorical, decode = _coded(X) if nominal else (real, None, None)
    if nominal and not categorical.any():
        sampler, nominal, matrix = Encoded(SMOTE()), False, real
    has_neighbors = isinstance(sampler, Nominal | Variant) or (
        set(NEIGHBORS) & set(sampler.sampler.get_params())
    )
    rows, labels = matrix, y
    if has_neighbors:
        rows, labels = _copy_single_rows(rows, labels, seed)
    failure = COPIED if len(rows) > len(matrix) else None
    counts = np.bincount(labels)
    if counts.min() < counts.max():
        rows, labels, reason = _attempt(sampler, categorical, rows, labels, seed)
        failure = reason or failure
    if nominal:
        # Real rows stay as they are: only the drawn ones come from the imputed table.
        drawn = encoder.transform(decode(rows[len(X) :]))
        rows = np.concatenate([real, drawn])
    return rows, labels, failure


def _attempt(sampler, categorical, rows, y, seed):
    """Return what a peer makes of the rows, or these rows and why it failed.

    Nothing but the call of the peer is rescued, so that a mistake around it shows.
    """
    try:
        new_rows, labels = _fit_resample(sampler, categorical, rows, y, seed)
        _check(new_rows, labels, y)
    # Whatever a peer raises is a figure of the peer, not the end of the benchmark.
    except Exception as error:
        if is_own(sampler):
            raise
        text = f"{type(error).__name__}: {error}".splitlines()[0]
        return rows, y, text[:MAX_TEXT]
    return new_rows, labels, UNCHANGED if len(labels) == len(y) else None


def _fit_resample(sampler, categorical, rows, y, seed):
    if isinstance(sampler, Variant):
        import smote_variants

        logging.getLogger("smote_variants").setLevel(logging.CRITICAL)
        made = getattr(smote_variants, sampler.name)(random_state=seed)
        rows, labels = made.sample(rows, y)
        return rows, np.asarray(labels).astype(int)
    if isinstance(sampler, Nominal):
        # A list: SMOTENC compares it to a text, which an array does not allow.
        positions = np.flatnonzero(categorical).tolist()
        own = SMOTEN() if categorical.all() else SMOTENC(positions)
    else:
        own = sampler.sampler
    return _prepared(own, y, seed).fit_resample(rows, y)


def _prepared(sampler, y, seed):
    """Return a seeded clone whose number of neighbours the classes allow."""
    sampler = clone(sampler).set_params(random_state=seed)
    most = int(np.bincount(y).min()) - 1
    for name in NEIGHBORS:
        value = sampler.get_params().get(name)
        if isinstance(value, int):
            sampler.set_params(**{name: min(value, most)})
    return sampler


def _copy_single_rows(rows, y, seed):
    """Fill up classes of one row, which has no neighbour of its class, by copies."""
    counts = np.bincount(y)
    missing = {int(c): int(counts.max()) for c in np.flatnonzero(counts == 1)}
    if not missing:
        return rows, y
    return RandomOverSampler(sampling_strategy=missing, random_state=seed).fit_resample(
        rows, y
    )


def _coded(X):
    """Return imputed codes of a table, which are categories, and the way back."""
    table = plain(X)
    categorical = np.array([kind.kind == "O" for kind in table.dtypes])
    names = table.columns[categorical]
    numbers = table.columns[~categorical]
    medians = table[numbers].median().fillna(0.0)
    table[numbers] = table[numbers].fillna(medians)
    for name in names:
        # Of a column without any cell: a category that the encoder does not know.
        frequent = table[name].mode()
        value = frequent.iloc[0] if len(frequent) else "nothing"
        table[name] = table[name].where(table[name].notna(), value)
    coder = OrdinalEncoder().fit(table[names]) if len(names) else None
    matrix = table.copy()
    if coder is not None:
        matrix[names] = coder.transform(table[names])

    def decode(Z):
        drawn = pd.DataFrame(Z, columns=table.columns).astype("float64")
        cells = coder.inverse_transform(drawn[names])
        texts = pd.DataFrame(cells, columns=names, dtype=object)
        return pd.concat([drawn[numbers], texts], axis=1)[list(table.columns)]

    return matrix.to_numpy(dtype=np.float64), categorical, decode
