"""Do synthetic rows link the two halves of the row of a person?"""

from numbers import Integral
from typing import NamedTuple

from sklearn.utils._param_validation import Interval

from skgen._math.statistics.gower import fit_gower, nearest
from skgen._math.statistics.proportions import overlap_by_chance
from skgen.metrics._attacks import attack_risk, column_positions, draw_targets
from skgen.metrics._registry import metric


class Linkability(NamedTuple):
    """What :func:`linkability` returns."""

    value: float
    standard_error: float
    attack_rate: float
    control_rate: float
    baseline_rate: float
    n_attacks: int
    informative: bool
    columns: tuple  # two lists of names


@metric(
    {
        "columns": [tuple, list, None],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "n_attacks": [Interval(Integral, 1, None, closed="left")],
    },
    group="privacy",
    order=6,
    title="Linking",
    sentence="Share of training rows of which two halves are linked through a "
    "synthetic row, beyond that of unseen rows.",
    fair=0.05,
    poor=0.2,
    words={
        "good": "cells of training rows are linked hardly better than by chance",
        "fair": "cells of training rows are linked: {value} beyond chance",
        "poor": "cells of training rows are linked: {value} beyond chance",
    },
    advice="Two sources of data about training rows can be joined: use a "
    "smoother model.",
    calibrated=True,
    min_columns=2,
)
def linkability(
    schema,
    Z_real,
    Z_synthetic,
    Z_holdout,
    rng,
    *,
    columns=None,
    n_neighbors=1,
    n_attacks=2000,
):
    """Risk that synthetic rows link two sets of columns of the same person [1]_.

    The attacker has two tables of different columns about the same people, without
    names. For each person in `real`, the attacker finds the nearest synthetic rows by
    either set of columns, and links the two if a synthetic row is among both. The
    control is the same attack on people in `holdout`, whom the generator has not seen:
    it measures what is linked because columns are related.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
    holdout : table of shape (n_holdout, n_features)
        Rows of other people from the same population.
    columns : pair of lists, default=None
        Names of the columns of the two sets, or positions in arrays; other columns are
        not used. By default all columns are divided into halves at random. The standard
        error does not include the choice of these halves.
    n_neighbors : int, default=1
        Number of nearest synthetic rows that are found by either set.
    n_attacks : int, default=2000
        Number of people attacked in each of `real` and `holdout`, drawn at random;
        at most the rows of the smaller table.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.TableCodec`.
    random_state : int, RandomState instance or None, default=None
        Determines the people, the halves, and which of equally near rows is found.

    Returns
    -------
    risk : Linkability
        - value: the risk in [0, 1], best 0: (attack rate - control rate) / (1 - control
          rate), and 0 where the control succeeds more often;
        - standard_error: of the value, by Wilson's intervals and the delta method;
        - attack_rate, control_rate: shares of people in `real` and in `holdout` who
          are linked, as the centres of Wilson's 95 % intervals;
        - baseline_rate: probability that two random choices of rows have a link;
        - n_attacks: people attacked in each table;
        - informative: whether the 95 % interval of the attack rate is above the
          baseline. If not, the attack is too weak: a small risk is then no evidence of
          privacy;
        - columns: names of the columns of the two sets.

    Raises
    ------
    TypeError
        If a table cannot be read, or a column holds different types of cells.
    ValueError
        If the tables do not have the same columns, or fewer than two; if `columns` is
        no pair of sets without a common column; if there are fewer synthetic rows than
        `n_neighbors`.

    Notes
    -----
    Rows are nearest in Gower's distance, the mean over columns of 0 or 1 for categories
    and of the difference of numbers as a share of the range. A missing cell has
    distance 1 to any known cell, and 0 to a missing one.

    References
    ----------
    .. [1] Giomi, Boenisch, Wehmeyer & Tasnadi (2023), "A Unified Framework for
       Quantifying Privacy Risk in Synthetic Data", Proceedings on Privacy Enhancing
       Technologies.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import linkability
    >>> X, _ = make_customers(1000, random_state=0)
    >>> train, holdout = X[:500], X[500:]
    >>> copies = linkability(train, train, holdout=holdout, random_state=0)
    >>> print(f"{copies.value:.1f}")
    1.0
    """
    if len(Z_synthetic) < n_neighbors:
        raise ValueError(
            f"n_neighbors={n_neighbors} is more than the {len(Z_synthetic)} rows of "
            "synthetic: lower it or pass more rows."
        )
    if columns is not None:
        pair = _two_sets(schema, columns)
    else:
        order = rng.permutation(len(schema))
        middle = (len(schema) + 1) // 2
        pair = sorted(order[:middle].tolist()), sorted(order[middle:].tolist())
    gowers = [fit_gower([schema[j] for j in at], Z_real[:, at]) for at in pair]
    # the first of equally near rows is found, which must not depend on their order
    Z_synthetic = rng.permutation(Z_synthetic)
    targets = draw_targets(Z_real, Z_holdout, n_attacks, rng)
    linked = [_linked(gowers, pair, Z, Z_synthetic, n_neighbors).sum() for Z in targets]
    chance = overlap_by_chance(len(Z_synthetic), n_neighbors)
    risk = attack_risk(*linked, len(targets[0]), chance=chance)
    names = tuple([schema[j].name for j in part] for part in pair)
    return Linkability(*risk, names)


def _linked(gowers, pair, targets, Z, n_neighbors):
    """Whether a row of Z is among the nearest of a target by both sets of columns."""
    first, second = (
        nearest(gower, targets[:, at], Z[:, at], n_neighbors=n_neighbors)[1]
        for gower, at in zip(gowers, pair, strict=True)
    )
    return (first[:, :, None] == second[:, None, :]).any(axis=(1, 2))


def _two_sets(columns, pair):
    """Positions of the columns of two sets that are given by name."""
    if len(pair) != 2:
        raise ValueError(
            f"columns must be two lists of columns; got {len(pair)} of them."
        )
    positions = tuple(column_positions(columns, part, "columns") for part in pair)
    both = sorted(set(positions[0]) & set(positions[1]))
    if both:
        raise ValueError(
            f"columns has {columns[both[0]].name!r} in both of its lists: leave it out "
            "of one."
        )
    return positions
