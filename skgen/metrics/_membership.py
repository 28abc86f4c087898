"""Do synthetic rows reveal which rows a generator was fitted to?"""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_curve
from sklearn.utils._param_validation import Interval

from skgen._discriminators import set_categories
from skgen._math.probabilities.density_ratio import log_odds
from skgen._math.statistics.auc import delong
from skgen._math.statistics.gower import fit_gower, nearest
from skgen._math.statistics.jackknife import subsample
from skgen.metrics._registry import Result, metric
from skgen.metrics._results import Estimate

ATTACKS = ("distance", "density", "classifier")

#: Gower's distance of nearly equal rows, which keeps logarithms finite
_SMALLEST = 1e-6


class Attack(NamedTuple):
    """How well one attack distinguishes members from other rows."""

    auc: float
    standard_error: float
    tpr_1: float  # true positive rate at a false positive rate of 1 %
    tpr_10: float  # and of 10 %


class MembershipInference(NamedTuple):
    """What `membership_inference` returns."""

    value: float
    standard_error: float
    attacks: dict  # of Attack, by name


def _with_normal_scores(inputs, rng):
    """For a report: the scores of the attacks are plotted."""
    scores = membership_scores(
        inputs.columns,
        inputs.synthetic,
        inputs.real,
        inputs.holdout,
        rng,
        max_rows=inputs.max_rows,
    )
    best = _best(_evaluate_attacks(scores))
    return Result(Estimate(best.auc, best.standard_error), scores)


@metric(
    {"max_rows": [Interval(Integral, 1, None, closed="left"), None]},
    group="privacy",
    key="membership",
    order=3,
    title="Membership",
    sentence="How well an attacker finds out from the synthetic rows who was among the "
    "training rows (ROC AUC): .5 is guessing, 1 is every time.",
    ideal=0.5,
    fair=0.02,
    poor=0.1,
    words={
        "good": "training rows are not distinguished from unseen ones",
        "fair": "training rows are distinguished from unseen ones, a little",
        "poor": "training rows are distinguished from unseen ones",
    },
    advice="Who was in the training rows can be found out: use a smoother model, or do "
    "not hand these rows out.",
    in_report=_with_normal_scores,
)
def membership_inference(
    columns, Z_real, Z_synthetic, Z_holdout, rng, *, attacks=ATTACKS, max_rows=10_000
):
    """How well attacks distinguish training rows from unseen rows.

    The attacker has the synthetic rows, and a reference of other rows of the same
    population: one random half of `holdout`. The attacker guesses which rows are
    members, among all of `real`, the members, and the other half of `holdout`. An
    attack ranks a row as a likely member

    - ``"distance"``: if it is near to a synthetic row;
    - ``"density"``: if it is nearer to a synthetic row than to a reference row [1]_;
    - ``"classifier"``: if gradient boosting, fitted to synthetic against reference
      rows, takes it for a synthetic row.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
        In any container, with the same columns.
    holdout : table of shape (n_holdout, n_features)
        At least four rows of the same population that the generator has not seen.
    attacks : sequence of str, default=("distance", "density", "classifier")
        The attacks to try.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.table.TableCodec`.
    max_rows : int or None, default=10000
        Largest number of members, and of others, that are attacked, chosen at random.
        All synthetic rows are used. Time grows with the product of the two numbers,
        memory does not.
    random_state : int, RandomState instance or None, default=None
        Determines the halves of `holdout`, the rows, and the classifier.

    Returns
    -------
    result : MembershipInference
        `value`, in [0, 1]: the area under the ROC curve (AUC) of the best attack, with
        its `standard_error` (DeLong). It is 0.5, the best, if members cannot be
        recognised, and 1 if all are. `attacks`: for each attack its `auc`,
        `standard_error`, and its true positive rates (`tpr_1`, `tpr_10`) at false
        positive rates of 1 % and 10 %, which are 0.01 and 0.1 by chance.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have different columns, `holdout` has fewer than four rows, or an
        attack is unknown.

    Notes
    -----
    The best of three attacks is above 0.5 by chance: by 0.85 standard errors if the
    attacks were independent, and by less since they are not. The AUC is an average over
    all rows; `tpr_1` says more about rare rows, which are easiest to recognise [2]_.

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
    scores = membership_scores(
        columns, Z_synthetic, Z_real, Z_holdout, rng, attacks=attacks, max_rows=max_rows
    )
    found = _evaluate_attacks(scores)
    best = _best(found)
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
    """Scores of rows by each attack; likely members have high scores.

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
            f"holdout has {len(Z_others)} rows: pass at least four, as the attacker "
            "gets one half of them."
        )
    order = rng.permutation(len(Z_others))
    reference, others = np.array_split(Z_others[order], 2)
    rows = [subsample(Z, max_rows, rng) for Z in (Z_members, others)]
    label = np.repeat([1, 0], [len(Z) for Z in rows])
    targets = np.concatenate(rows)
    scores = {}
    if "distance" in attacks or "density" in attacks:
        # the attacker knows only the real rows of the reference
        gower = fit_gower(columns, reference)
        near = nearest(gower, targets, Z_synthetic)[0][:, 0]
        scores["distance"] = -near
    if "density" in attacks:
        usual = nearest(gower, targets, reference)[0][:, 0]
        scores["density"] = np.log(usual + _SMALLEST) - np.log(near + _SMALLEST)
    if "classifier" in attacks:
        scores["classifier"] = _odds(columns, Z_synthetic, reference, targets, rng)
    return {name: (label, scores[name]) for name in attacks}


def _odds(columns, Z_synthetic, reference, targets, rng):
    """Log-odds that rows are synthetic rather than of the reference."""
    X = np.concatenate([subsample(Z_synthetic, 2 * len(reference), rng), reference])
    label = np.arange(len(X)) < len(X) - len(reference)
    known = ~np.isnan(X).all(axis=0)
    if not known.any():
        return np.zeros(len(targets))
    classifier, _ = set_categories(
        HistGradientBoostingClassifier(
            early_stopping=False,
            random_state=int(rng.integers(2**31)),
        ),
        [column for column, here in zip(columns, known, strict=True) if here],
    )
    classifier.fit(X[:, known], label)
    return log_odds(classifier.predict_proba(targets[:, known])[:, 1])


def _evaluate_attacks(scores):
    return {name: _evaluate(*pair) for name, pair in scores.items()}


def _best(attacks):
    return max(attacks.values(), key=lambda attack: attack.auc)


def _evaluate(label, score):
    false_positive, true_positive, _ = roc_curve(label, score)
    rates = np.interp([0.01, 0.1], false_positive, true_positive)
    return Attack(*map(float, (*delong(label, score), *rates)))


def _check_attacks(attacks):
    unknown = [name for name in attacks if name not in ATTACKS]
    if isinstance(attacks, str) or unknown or not len(attacks):
        raise ValueError(
            f"attacks={attacks!r} must be a sequence of some of {list(ATTACKS)}."
        )
