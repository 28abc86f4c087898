"""Plot of a classifier of synthetic against real rows, and of its columns."""

from numbers import Integral

import numpy as np
from sklearn.metrics import roc_curve
from sklearn.utils._param_validation import Interval, validate_params

from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.displays._from_generator import FromGeneratorMixin
from skgen.displays._style import (
    COLORS,
    MUTED,
    POSITIVE,
    SMALL,
    figure_text,
    grid_axes,
    plain,
    require_matplotlib,
    words,
)
from skgen.metrics._detection import CLASSIFIER, area, detect, thin_to_same_size

#: false positive rates at which the curves of the folds are averaged
_N_RATES = 201


class DetectionDisplay(FromGeneratorMixin):
    """How well a classifier detects synthetic rows, and by which columns.

    The left panel is its ROC curve. The right panel shows the permutation importance of
    columns: how much area under the curve is lost if a column is permuted. Use
    `from_tables` or `from_generator` to create a display.

    Parameters
    ----------
    fpr, tpr : ndarray of shape (n_points,)
        False and true positive rates, with synthetic rows as the positive class.
    roc_auc : float
        Area under the curve: 0.5, the best, if rows cannot be distinguished.
    standard_error : float
        Of the area.
    importance : ndarray of shape (n_columns,)
        Area that is lost if each column is permuted.
    names : sequence of shape (n_columns,)
        Names of the columns.

    Attributes
    ----------
    figure_ : Figure
    axes_ : ndarray of Axes of shape (2,)
        Those of the curve and of the columns.

    Notes
    -----
    Rows are scored by classifiers that were fitted to other rows, and the curve is the
    mean over the folds, as in :func:`skgen.metrics.detection_auc`. Columns that carry
    the same information may all have a low importance. No cell of a table is shown.

    Examples
    --------
    >>> from skgen import IndependentGenerator
    >>> from skgen.datasets import make_customers
    >>> from skgen.displays import DetectionDisplay
    >>> X, y = make_customers(500, random_state=0)
    >>> generator = IndependentGenerator(random_state=0).fit(X)
    >>> display = DetectionDisplay.from_generator(generator, X, random_state=0)
    >>> bool(display.roc_auc > 0.9)
    True
    """

    def __init__(self, fpr, tpr, roc_auc, standard_error, importance, names):
        self.fpr = fpr
        self.tpr = tpr
        self.roc_auc = roc_auc
        self.standard_error = standard_error
        self.importance = importance
        self.names = names

    def plot(self, ax=None, *, max_columns=15):
        """Draw the curve and the columns.

        Parameters
        ----------
        ax : Axes, array-like of Axes or None, default=None
            Two axes, or one that is divided; None makes a new figure.
        max_columns : int, default=15
            Largest number of columns; the most important ones are shown.

        Returns
        -------
        self : DetectionDisplay

        Raises
        ------
        ImportError
            Without matplotlib.
        ValueError
            If `ax` holds another number of axes.
        """
        require_matplotlib(self)
        self.figure_, self.axes_ = grid_axes(ax, 2, n_columns=2, size=(4.6, 4.2))
        self._draw_curve(self.axes_[0])
        self._draw_columns(self.axes_[1], max_columns)
        return self

    def _draw_curve(self, ax):
        ax.plot([0, 1], [0, 1], color=MUTED, linestyle=":", label="chance")
        ax.plot(self.fpr, self.tpr, color=COLORS["synthetic"], label="classifier")
        ax.set_aspect("equal")
        ax.set_xlim(-0.01, 1.01)
        ax.set_ylim(-0.01, 1.01)
        ax.set_xlabel("share of real rows taken for synthetic", fontsize=SMALL)
        ax.set_ylabel("share of synthetic rows detected", fontsize=SMALL)
        error = "" if np.isnan(self.standard_error) else f" ± {self.standard_error:.3f}"
        ax.set_title(
            f"detection: AUC {figure_text(self.roc_auc)}{error}", fontsize="medium"
        )
        ax.legend(loc="lower right", fontsize=SMALL)
        plain(ax)

    def _draw_columns(self, ax, max_columns):
        from matplotlib.ticker import MaxNLocator

        order = np.argsort(-self.importance, kind="stable")[:max_columns]
        place = np.arange(len(order))
        ax.barh(place, self.importance[order], color=COLORS["synthetic"])
        ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.axvline(0, color=MUTED, linewidth=0.8)
        plain(ax)
        labels = [words(self.names[j], 22) for j in order]
        ax.set_yticks(place, labels, parse_math=False)
        # a few bars do not fill the panel
        ax.set_ylim(max(len(place), 5) - 0.5, -0.5)
        ax.tick_params("y", length=0)
        ax.set_xlabel("AUC lost where the column is permuted", fontsize=SMALL)
        left_out = len(self.names) - len(order)
        title = "columns that give rows away"
        if left_out:
            title = f"{title} (first {len(order)} of {len(self.names)})"
        ax.set_title(title, fontsize="medium")

    @classmethod
    @validate_params(
        {
            "classifier": CLASSIFIER,
            "cv": [Interval(Integral, 2, None, closed="left")],
            "max_rows": [POSITIVE, None],
            "random_state": ["random_state"],
            "max_columns": [POSITIVE],
        },
        prefer_skip_nested_validation=True,
    )
    def from_tables(
        cls,
        real,
        synthetic,
        *,
        classifier=None,
        cv=5,
        categorical_features="from_dtype",
        max_rows=10_000,
        random_state=None,
        max_columns=15,
        ax=None,
    ):
        """Fit a classifier to the rows of two tables, and plot how well it does.

        Parameters
        ----------
        real : table of shape (n_samples, n_features)
            Best rows that the generator was not fitted to: copies of training rows
            cannot be detected.
        synthetic : table of shape (n_synthetic, n_features)
        classifier, cv, max_rows
            As in :func:`skgen.metrics.detection_auc`.
        categorical_features : "from_dtype", None or array-like, default="from_dtype"
            Columns of numbers that are categories, as in :class:`~skgen.TableCodec`.
        random_state : int, RandomState instance or None, default=None
            Determines the folds, the classifiers and the permutations.
        max_columns : int, default=15
            As in `plot`.
        ax : Axes, array-like of Axes or None, default=None
            As in `plot`.

        Returns
        -------
        display : DetectionDisplay

        Raises
        ------
        TypeError, ValueError
            If the tables do not have the same columns, or one cannot be read; if there
            are too few rows for `cv` folds.
        """
        tables = read_tables(
            {"real": real, "synthetic": synthetic},
            categorical_features=categorical_features,
        )
        display = cls._from_matrices(
            tables,
            make_rng(random_state),
            classifier=classifier,
            cv=cv,
            max_rows=max_rows,
        )
        return display.plot(ax, max_columns=max_columns)

    @classmethod
    def _from_matrices(cls, tables, rng, *, classifier=None, cv=5, max_rows=10_000):
        """The display, not yet plotted, of `Tables`: real and synthetic."""
        found = detect(
            tables.columns,
            *thin_to_same_size(*tables.matrices[:2], rng, max_rows),
            rng,
            classifier=classifier,
            cv=cv,
            importance=True,
        )
        return cls._from_detection(found, [column.name for column in tables.columns])

    @classmethod
    def _from_detection(cls, detection, names):
        """The display, not yet plotted, of what `detect` returns with importances."""
        rates, curve = _mean_curve(detection)
        auc, error, *_ = area(detection)
        return cls(rates, curve, auc, error, detection.importance, tuple(names))


def _mean_curve(detection):
    """Mean of the ROC curves of the folds; scores compare only within a fold."""
    rates = np.linspace(0, 1, _N_RATES)
    curves = []
    for fold in np.unique(detection.fold):
        here = detection.fold == fold
        fpr, tpr, _ = roc_curve(detection.label[here], detection.score[here])
        curves.append(np.interp(rates, fpr, tpr))
    # curves may rise at the origin
    return np.append(0.0, rates), np.append(0.0, np.mean(curves, axis=0))
