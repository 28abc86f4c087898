"""Can rows that a generator was fitted to be told from rows it has not seen?"""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_curve
from sklearn.utils._param_validation import Interval, validate_params

from skgen._discriminators.features import tell_categories
from skgen._math.probabilities.density_ratio import log_odds
from skgen._math.statistics.auc import delong
from skgen._math.statistics.gower import fit_gower, nearest
from skgen._math.statistics.jackknife import thin
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng

ATTACKS = ("distance", "density", "classifier")

#: in Gower's distance, as good as equal
_NOTHING = 1e-6


class Attack(NamedTuple):
    """How well one attack tells members from others."""

    auc: float
    standard_error: float
    tpr_1: float  # members found where 1 % of the others are accused
    tpr_10: float  # and 10 %


class MembershipInference(NamedTuple):
    """What `membership_inference` returns."""

    value: float
    standard_error: float
    attacks: dict  # of Attack, by name


@validate_params(
    {
        "max_rows": [Interval(Integral, 1, None, closed="left"), None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def membership_inference(
    real,
    synthetic,
    *,
    holdout,
    attacks=ATTACKS,
    categorical_features="from_dtype",
    max_rows=10_000,
    random_state=None,
):
    """How well attacks on the synthetic table tell members from rows it never saw.

    The attacker has the synthetic rows, and other rows of the same population as a
    reference: one random half of `holdout`. The rows whose membership is guessed are
    the members, `real`, and the other half of `holdout`.

    - ``"distance"``: the nearer the nearest synthetic row, the likelier a member.
    - ``"density"``: the denser synthetic rows are around a row, relative to reference
      rows, the likelier a member: by the ratio of the distances to the nearest of both.
    - ``"classifier"``: gradient boosting learns to tell synthetic rows from reference
      rows; the higher its odds, the likelier a member.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
        Of any container, with the same columns.
    holdout : table of shape (n_holdout, n_features)
        At least four rows of the same population that the generator has not seen.
    attacks : sequence of str, default=("distance", "density", "classifier")
        Which ones to try.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.table.TableCodec`.
    max_rows : int or None, default=10000
        Of more members, or others, as many random ones are guessed, about all synthetic
        rows. Time grows with their number times that of synthetic rows, memory does
        not.
    random_state : int, RandomState instance or None, default=None
        Divides `holdout`, chooses the rows and seeds the classifier.

    Returns
    -------
    result : MembershipInference
        `value`, in [0, 1]: the area under the ROC curve (AUC) of the best attack, with
        its `standard_error` (DeLong). 0.5 is best: nothing is given away. 1: every
        member is known. `attacks`: of each attack its `auc`, `standard_error`, and the
        shares of members found (`tpr_1`, `tpr_10`) where 1 % and 10 % of the others are
        accused; 0.01 and 0.1 are best.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have other columns, `holdout` has fewer than four rows, or an
        attack is unknown.

    Notes
    -----
    The best of three attacks is a bit above 0.5 even where nothing is given away: by
    0.85 standard errors, were the attacks independent; they are not, and it is less.
    An average over all rows says little of the rare rows that are easiest to find:
    `tpr_1` says more [2]_.

    References
    ----------
    .. [1] van Breugel, Sun, Qian & van der Schaar (2023), "Membership Inference Attacks
       against Synthetic Data through Overfitting Detection", AISTATS.
    .. [2] Carlini, Chien, Nasr, Song, Terzis & Tramer (2022), "Membership Inference
       Attacks From First Principles", IEEE Symposium on Security and Privacy.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import membership_inference
    >>> X, _ = make_customers(1500, random_state=0)
    >>> train, holdout, other = X[:500], X[500:1000], X[1000:]
    >>> result = membership_inference(train, other, holdout=holdout, random_state=0)
    >>> round(result.value, 1)
    0.5
    >>> result = membership_inference(train, train, holdout=holdout, random_state=0)
    >>> result.value, round(result.attacks["density"].tpr_1, 1)  # copies
    (1.0, 1.0)
    """
    _check_attacks(attacks)
    tables = read_tables(
        {"real": real, "synthetic": synthetic, "holdout": holdout},
        categorical_features=categorical_features,
    )
    return _membership_inference(
        tables.columns,
        *tables.matrices,
        make_rng(random_state),
        attacks=attacks,
        max_rows=max_rows,
    )


def _membership_inference(
    columns, Z_real, Z_synthetic, Z_holdout, rng, *, attacks=ATTACKS, max_rows=10_000
):
    """How well attacks on encoded rows succeed."""
    scores = membership_scores(
        columns, Z_synthetic, Z_real, Z_holdout, rng, attacks=attacks, max_rows=max_rows
    )
    found = {name: _judge(*pair) for name, pair in scores.items()}
    best = max(found.values(), key=lambda attack: attack.auc)
    return MembershipInference(best.auc, best.standard_error, found)


def membership_scores(
    columns,
    Z_synthetic,
    Z_members,
    Z_others,
    rng,
    *,
    attacks=ATTACKS,
    max_rows=10_000,
):
    """Scores by which attacks rank rows, the likeliest members highest.

    Parameters
    ----------
    columns : sequence of Column
    Z_synthetic, Z_members, Z_others : ndarray of shape (n_samples_i, n_columns)
        A random half of the others is the attacker's reference.
    rng : numpy.random.Generator
    attacks, max_rows
        As in `membership_inference`.

    Returns
    -------
    scores : dict of {str: (ndarray of shape (n,), ndarray of shape (n,))}
        By the name of the attack the labels, 1 for members and 0 for others, and the
        scores of the rows.
    """
    if len(Z_others) < 4:
        raise ValueError(
            f"holdout has {len(Z_others)} rows: pass at least four, half of them are "
            "for the attacker."
        )
    order = rng.permutation(len(Z_others))
    reference, judged = np.array_split(Z_others[order], 2)
    rows = [thin(Z, max_rows, rng) for Z in (Z_members, judged)]
    label = np.repeat([1, 0], [len(Z) for Z in rows])
    targets = np.concatenate(rows)
    scores = {}
    if "distance" in attacks or "density" in attacks:
        # the attacker knows no real rows but those of the reference
        gower = fit_gower(columns, reference)
        near = nearest(gower, targets, Z_synthetic)[0][:, 0]
        scores["distance"] = -near
    if "density" in attacks:
        usual = nearest(gower, targets, reference)[0][:, 0]
        scores["density"] = np.log(usual + _NOTHING) - np.log(near + _NOTHING)
    if "classifier" in attacks:
        scores["classifier"] = _odds(columns, Z_synthetic, reference, targets, rng)
    return {name: (label, scores[name]) for name in attacks}


def _odds(columns, Z_synthetic, reference, targets, rng):
    """Log-odds of rows to be synthetic, not of the reference."""
    X = np.concatenate([thin(Z_synthetic, 2 * len(reference), rng), reference])
    label = np.arange(len(X)) < len(X) - len(reference)
    known = ~np.isnan(X).all(axis=0)
    if not known.any():
        return np.zeros(len(targets))
    classifier, _ = tell_categories(
        HistGradientBoostingClassifier(
            early_stopping=False,
            random_state=int(rng.integers(2**31)),
        ),
        [column for column, here in zip(columns, known, strict=True) if here],
    )
    classifier.fit(X[:, known], label)
    return log_odds(classifier.predict_proba(targets[:, known])[:, 1])


def _judge(label, score):
    false_positive, true_positive, _ = roc_curve(label, score)
    rates = np.interp([0.01, 0.1], false_positive, true_positive)
    return Attack(*map(float, (*delong(label, score), *rates)))


def _check_attacks(attacks):
    unknown = [name for name in attacks if name not in ATTACKS]
    if isinstance(attacks, str) or unknown or not len(attacks):
        raise ValueError(
            f"attacks={attacks!r} must be a sequence of some of {list(ATTACKS)}."
        )
