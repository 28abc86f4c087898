"""Whether synthetic rows tell which two halves of rows belong to the same person."""

from numbers import Integral
from typing import NamedTuple

from sklearn.utils._param_validation import Interval, validate_params

from skgen._math.statistics.gower import fit_gower, nearest
from skgen._math.statistics.proportions import overlap_by_chance
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.metrics._attacks import attack_risk, column_positions, draw_targets


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


@validate_params(
    {
        "columns": [tuple, list, None],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "n_attacks": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def linkability(
    real,
    synthetic,
    *,
    holdout,
    columns=None,
    n_neighbors=1,
    n_attacks=2000,
    categorical_features="from_dtype",
    random_state=None,
):
    """Risk that synthetic rows link two sets of columns of the same person [1]_.

    The attacker has two tables about the same people, without names: each holds other
    columns. For each person in `real`, he looks up the nearest synthetic rows by the
    one set of columns and by the other, and has linked the two where a synthetic row is
    among both. The same attack on people in `holdout`, of whom no synthetic row was
    made, is the control: it tells what is linked because columns are related.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
    holdout : table of shape (n_holdout, n_features)
        Rows of other people from the same population.
    columns : pair of lists, default=None
        Names of the columns of the two sets, or positions in arrays; other columns are
        not used. By default all columns are divided into halves at random, so the risk
        depends on `random_state` by more than its standard error tells.
    n_neighbors : int, default=1
        Nearest synthetic rows looked up by either set.
    n_attacks : int, default=2000
        People attacked in each of `real` and `holdout`, drawn at random. Fewer where
        one of them has fewer rows.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`TableCodec`.
    random_state : int, RandomState instance or None, default=None
        Determines the people, the halves, and which one of equally near rows is found.

    Returns
    -------
    risk : Linkability
        - value: the risk in [0, 1], best 0: (attack rate - control rate) / (1 - control
          rate), and 0 where the control succeeds more often;
        - standard_error: of that difference, by Wilson's intervals and the delta
          method;
        - attack_rate, control_rate: shares of people in `real` and in `holdout` who
          are linked, by the middles of Wilson's 95 % intervals;
        - baseline_rate: probability of a link by two random choices of rows;
        - n_attacks: people attacked in each table;
        - informative: whether the 95 % interval of the attack rate is above the
          baseline. If not, the attack is too weak to tell anything: a small risk is
          then no evidence of privacy;
        - columns: names of the columns of the two sets.

    Raises
    ------
    TypeError
        If a table cannot be read or columns hold cells of different sorts.
    ValueError
        If the tables do not have the same columns, or fewer than two; if `columns` are
        not two sets without a common column; if there are fewer synthetic rows than
        `n_neighbors`.

    Notes
    -----
    Nearest in Gower's distance: the mean over columns of 0 or 1 for categories and of
    the share of the range between numbers. A missing cell is as far from any known one
    as cells can be, and equal to a missing one.

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
    tables = read_tables(
        {"real": real, "synthetic": synthetic, "holdout": holdout},
        categorical_features=categorical_features,
    )
    pair = None if columns is None else _read_pair(tables.columns, columns)
    _check_sizes(tables, n_neighbors)
    return _linkability(
        tables.columns,
        *tables.matrices,
        make_rng(random_state),
        pair=pair,
        n_neighbors=n_neighbors,
        n_attacks=n_attacks,
    )


def _linkability(
    columns,
    Z_real,
    Z_synthetic,
    Z_holdout,
    rng,
    *,
    pair=None,
    n_neighbors=1,
    n_attacks=2000,
):
    """`linkability` of matrices; `pair` holds the positions of the two sets."""
    if pair is None:
        order = rng.permutation(len(columns))
        middle = (len(columns) + 1) // 2
        pair = sorted(order[:middle].tolist()), sorted(order[middle:].tolist())
    gowers = [fit_gower([columns[j] for j in at], Z_real[:, at]) for at in pair]
    # of equally near rows the first is found: not by how the table is sorted
    Z_synthetic = rng.permutation(Z_synthetic)
    targets = draw_targets(Z_real, Z_holdout, n_attacks, rng)
    linked = [_linked(gowers, pair, Z, Z_synthetic, n_neighbors).sum() for Z in targets]
    chance = overlap_by_chance(len(Z_synthetic), n_neighbors)
    risk = attack_risk(*linked, len(targets[0]), chance=chance)
    names = tuple([columns[j].name for j in part] for part in pair)
    return Linkability(*risk, names)


def _linked(gowers, pair, targets, Z, n_neighbors):
    """Whether a row of Z is among the nearest of a target by both sets of columns."""
    first, second = (
        nearest(gower, targets[:, at], Z[:, at], n_neighbors=n_neighbors)[1]
        for gower, at in zip(gowers, pair, strict=True)
    )
    return (first[:, :, None] == second[:, None, :]).any(axis=(1, 2))


def _read_pair(columns, pair):
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


def _check_sizes(tables, n_neighbors):
    if len(tables.columns) < 2:
        raise ValueError(
            "Two sets of columns can be linked only in tables of at least two columns; "
            "real has one."
        )
    n_synthetic = len(tables.matrices[1])
    if n_synthetic < n_neighbors:
        raise ValueError(
            f"n_neighbors={n_neighbors} is more than the {n_synthetic} rows of "
            "synthetic: lower it or pass more rows."
        )
