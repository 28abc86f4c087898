"""Plot of distances to training rows, and of attacks on their membership."""

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.utils._param_validation import validate_params

from skgen._math.statistics.gower import fit_gower, nearest
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.displays._from_generator import FromGeneratorMixin
from skgen.displays._style import (
    COLORS,
    LINES,
    MUTED,
    POSITIVE,
    SMALL,
    figure_text,
    grid_axes,
    named_tables,
    plain,
    require_matplotlib,
    set_title,
)
from skgen.metrics._membership import membership_scores

#: colours of Okabe & Ito, first those that stand for no table
_ATTACK_COLORS = ("#CC79A7", "#56B4E9", "#E69F00", "#F0E442", "#009E73")
_ATTACK_LINES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)))
#: number of false positive rates at which a curve is drawn
_N_RATES = 400


class PrivacyDisplay(FromGeneratorMixin):
    """What synthetic rows reveal about the training rows of a generator.

    The left panel shows the distribution of the distance to the closest training row,
    for synthetic and for held-out real rows: if synthetic rows are nearer, training
    rows were memorised. The right panel shows the ROC curves of attacks that guess
    whether a row was among the training rows. Use `from_tables` or `from_generator` to
    create a display.

    Parameters
    ----------
    distances : dict of {"synthetic", "holdout"} to ndarray of shape (n_rows,)
        Gower's distance of each row to the closest training row, in [0, 1].
    attacks : dict of str to (label, score)
        By the name of the attack, whether each row was a training row, and a score
        that is high for likely training rows.

    Attributes
    ----------
    figure_ : Figure
    axes_ : ndarray of Axes of shape (2,)
        Those of the distances and of the attacks.

    Notes
    -----
    The axes of the attacks are logarithmic, because an attack that recognises even a
    few rows with certainty is a breach [1]_. The dotted line is chance: equal rates of
    true and false positives. No cell of a table is shown.

    References
    ----------
    .. [1] Carlini, Chien, Nasr, Song, Terzis & Tramer (2022), "Membership Inference
       Attacks From First Principles", IEEE Symposium on Security and Privacy.

    Examples
    --------
    >>> from skgen import IndependentGenerator
    >>> from skgen.datasets import make_customers
    >>> from skgen.displays import PrivacyDisplay
    >>> X, y = make_customers(500, random_state=0)
    >>> generator = IndependentGenerator(random_state=0).fit(X[:250])
    >>> display = PrivacyDisplay.from_generator(
    ...     generator, X[:250], holdout=X[250:], random_state=0
    ... )
    >>> sorted(display.distances)
    ['holdout', 'synthetic']
    """

    def __init__(self, distances, attacks):
        self.distances = distances
        self.attacks = attacks

    def plot(self, ax=None):
        """Draw the distances and the attacks.

        Parameters
        ----------
        ax : Axes, array-like of Axes or None, default=None
            Two axes, or one that is divided; None makes a new figure.

        Returns
        -------
        self : PrivacyDisplay

        Raises
        ------
        ImportError
            Without matplotlib.
        ValueError
            If `ax` holds another number of axes.
        """
        require_matplotlib(self)
        self.figure_, self.axes_ = grid_axes(ax, 2, n_columns=2, size=(4.6, 4.2))
        self._draw_distances(self.axes_[0])
        self._draw_attacks(self.axes_[1])
        return self

    def _draw_distances(self, ax):
        largest = max(distance.max() for distance in self.distances.values())
        width = largest or 1.0
        ends = -0.03 * width, 1.05 * width
        copies = []
        for name, distance in self.distances.items():
            steps, counts = np.unique(distance, return_counts=True)
            share = np.cumsum(counts) / len(distance)
            # from end to end, so that the curve of copies is visible
            ax.step(
                [ends[0], *steps, ends[1]],
                [0, *share, 1],
                where="post",
                color=COLORS[name],
                linestyle=LINES[name],
                label=name,
            )
            copies.append(f"{figure_text((distance == 0).mean())} {name}")
        ax.set_xlim(ends)
        ax.set_ylim(0, 1.02)
        ax.set_xlabel("Gower distance to the closest training row", fontsize=SMALL)
        ax.set_ylabel("share of rows within it", fontsize=SMALL)
        ax.legend(loc="lower right", fontsize=SMALL)
        set_title(ax, "closest training row", "copies: " + ", ".join(copies))
        plain(ax)

    def _draw_attacks(self, ax):
        n_rows = np.array([np.bincount(label) for label, _ in self.attacks.values()])
        lowest = 1 / max(2, n_rows.min())
        rates = np.geomspace(lowest, 1, _N_RATES)
        ax.plot([lowest, 1], [lowest, 1], color=MUTED, linestyle=":", label="chance")
        for at, (name, (label, score)) in enumerate(self.attacks.items()):
            fpr, tpr, _ = roc_curve(label, score)
            auc = figure_text(roc_auc_score(label, score))
            ax.plot(
                rates,
                np.interp(rates, fpr, tpr),
                color=_ATTACK_COLORS[at % len(_ATTACK_COLORS)],
                linestyle=_ATTACK_LINES[at % len(_ATTACK_LINES)],
                label=f"{name}: AUC {auc}",
            )
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xlim(lowest, 1)
        ax.set_ylim(lowest, 1)
        ax.set_aspect("equal")
        ax.set_xlabel("share of held-out rows taken for training rows", fontsize=SMALL)
        ax.set_ylabel("share of training rows found out", fontsize=SMALL)
        ax.legend(loc="lower right", fontsize="x-small")
        n_others, n_members = n_rows.max(axis=0)
        note = f"{n_members} training rows, {n_others} held-out ones"
        set_title(ax, "attacks on membership", note)
        plain(ax)

    @classmethod
    @validate_params(
        {
            "max_rows": [POSITIVE],
            "random_state": ["random_state"],
        },
        prefer_skip_nested_validation=True,
    )
    def from_tables(
        cls,
        real,
        synthetic,
        *,
        holdout=None,
        categorical_features="from_dtype",
        max_rows=2000,
        random_state=None,
        ax=None,
    ):
        """Compare synthetic rows with training rows and with held-out rows.

        Parameters
        ----------
        real : table of shape (n_samples, n_features)
            The rows that the generator was fitted to.
        synthetic : table of shape (n_synthetic, n_features)
        holdout : table of shape (n_holdout, n_features)
            Real rows of the same distribution that the generator has not seen; best of
            the size of `real`.
        categorical_features : "from_dtype", None or array-like, default="from_dtype"
            Columns of numbers that are categories, as in :class:`~skgen.TableCodec`.
        max_rows : int, default=2000
            Largest number of rows of each table that are shown and attacked, chosen at
            random.
        random_state : int, RandomState instance or None, default=None
            Determines the rows and the attacks.
        ax : Axes, array-like of Axes or None, default=None
            As in `plot`.

        Returns
        -------
        display : PrivacyDisplay

        Raises
        ------
        TypeError, ValueError
            If `holdout` is None; if the tables do not have the same columns, or one
            cannot be read.
        """
        if holdout is None:
            raise ValueError(
                "holdout must be a table of real rows that the generator has not seen, "
                "for comparison. Fit the generator to a part of the rows and pass the "
                "others."
            )
        tables = read_tables(
            named_tables(real, synthetic, holdout),
            categorical_features=categorical_features,
        )
        display = cls._from_matrices(tables, make_rng(random_state), max_rows=max_rows)
        return display.plot(ax)

    @classmethod
    def _from_matrices(cls, tables, rng, *, max_rows=2000):
        """The display, not yet plotted, of `Tables`: real, synthetic and holdout."""
        real, *others = tables.matrices
        some = [Z[rng.permutation(len(Z))[:max_rows]] for Z in others]
        gower = fit_gower(tables.columns, real)
        distances = {
            name: nearest(gower, Z, real)[0][:, 0]
            for name, Z in zip(("synthetic", "holdout"), some, strict=True)
        }
        members = real[rng.permutation(len(real))[:max_rows]]
        attacks = membership_scores(tables.columns, others[0], members, some[1], rng)
        return cls(distances, attacks)
