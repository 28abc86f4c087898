"""Plot of real and synthetic rows in two dimensions."""

import numpy as np
from sklearn.utils._param_validation import validate_params

from skgen._math.columns.numeric_features import feature_matrix, fit_features
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.displays._from_generator import FromGeneratorMixin
from skgen.displays._style import (
    COLORS,
    POSITIVE,
    TABLES,
    grid_axes,
    legend_above,
    plain,
    require_matplotlib,
)

_MAX_CATEGORIES = 10


class EmbeddingDisplay(FromGeneratorMixin):
    """Real and synthetic rows on the first two principal components of the real rows.

    Numbers and dates are replaced by normal scores of their ranks among the real cells,
    and categories by indicators. Use `from_tables` or `from_generator` to create a
    display.

    Parameters
    ----------
    real : ndarray of shape (n_real, 2)
        Coordinates of real rows.
    synthetic : ndarray of shape (n_synthetic, 2)
    explained : ndarray of shape (2,)
        Share of the variance of the real rows along each coordinate.

    Attributes
    ----------
    figure_ : Figure
    axes_ : ndarray of Axes
        One, or two side by side.

    Notes
    -----
    The cells of a row cannot be read off its point, and scores of ranks show no extreme
    value. But each point is a single row: do not publish this plot if even the number
    of unusual rows is confidential.

    Rows that agree in this plane may differ in other directions; see
    :class:`DetectionDisplay` for a test of all columns at once.

    Examples
    --------
    >>> from skgen import IndependentGenerator
    >>> from skgen.datasets import make_customers
    >>> from skgen.displays import EmbeddingDisplay
    >>> X, y = make_customers(500, random_state=0)
    >>> generator = IndependentGenerator(random_state=0).fit(X)
    >>> display = EmbeddingDisplay.from_generator(generator, X, random_state=0)
    >>> display.synthetic.shape
    (500, 2)
    """

    def __init__(self, real, synthetic, explained):
        self.real = real
        self.synthetic = synthetic
        self.explained = explained

    def plot(self, ax=None, *, side_by_side=False):
        """Draw the points.

        Parameters
        ----------
        ax : Axes, array-like of Axes or None, default=None
            None makes a new figure. With `side_by_side` two axes, or one that is
            divided.
        side_by_side : bool, default=False
            Whether real and synthetic rows have separate panels with the same limits.

        Returns
        -------
        self : EmbeddingDisplay

        Raises
        ------
        ImportError
            Without matplotlib.
        ValueError
            If `ax` does not hold the right number of axes.
        """
        require_matplotlib(self)
        self.figure_, self.axes_ = grid_axes(
            ax, 1 + side_by_side, n_columns=2, size=(4.8, 4.2)
        )
        points = np.concatenate([self.real, self.synthetic])
        colors = np.repeat(
            [COLORS["real"], COLORS["synthetic"]],
            [len(self.real), len(self.synthetic)],
        )
        if side_by_side:
            for name, panel in zip(TABLES, self.axes_, strict=False):
                panel.set_title(name, fontsize="medium")
                mine = colors == COLORS[name]
                self._scatter(panel, points[mine], colors[mine], points)
            self.axes_[1].set_ylabel("")
            return self
        # in random order, so that no table hides the other
        order = np.random.default_rng(0).permutation(len(points))
        (panel,) = self.axes_
        self._scatter(panel, points[order], colors[order], points)
        panel.set_title("rows in two dimensions", fontsize="medium", pad=24)
        for name in TABLES[:2]:
            panel.scatter([], [], s=20, color=COLORS[name], label=name)
        legend_above(panel)
        return self

    def _scatter(self, ax, points, colors, every):
        # rasterized points keep vector files small
        ax.scatter(*points.T, s=8, c=colors, alpha=0.5, linewidths=0, rasterized=True)
        ends = np.array([every.min(axis=0), every.max(axis=0)])
        margin = 0.04 * np.ptp(ends, axis=0) + 1e-3
        ax.set_xlim(ends[0, 0] - margin[0], ends[1, 0] + margin[0])
        ax.set_ylim(ends[0, 1] - margin[1], ends[1, 1] + margin[1])
        ax.set_xticks([])
        ax.set_yticks([])
        first, second = (f"{share:.0%} of the variance" for share in self.explained)
        ax.set_xlabel(f"first component, {first}", fontsize="small")
        ax.set_ylabel(f"second component, {second}", fontsize="small")
        plain(ax)

    @classmethod
    @validate_params(
        {
            "max_rows": [POSITIVE],
            "random_state": ["random_state"],
            "side_by_side": ["boolean"],
        },
        prefer_skip_nested_validation=True,
    )
    def from_tables(
        cls,
        real,
        synthetic,
        *,
        categorical_features="from_dtype",
        max_rows=2000,
        random_state=None,
        side_by_side=False,
        ax=None,
    ):
        """Plot the rows of two tables.

        Parameters
        ----------
        real : table of shape (n_samples, n_features)
        synthetic : table of shape (n_synthetic, n_features)
        categorical_features : "from_dtype", None or array-like, default="from_dtype"
            Columns of numbers that are categories, as in :class:`~skgen.TableCodec`.
        max_rows : int, default=2000
            Largest number of rows of each table, chosen at random.
        random_state : int, RandomState instance or None, default=None
            Determines the rows.
        side_by_side : bool, default=False
            As in `plot`.
        ax : Axes, array-like of Axes or None, default=None
            As in `plot`.

        Returns
        -------
        display : EmbeddingDisplay

        Raises
        ------
        TypeError, ValueError
            If the tables do not have the same columns, or one cannot be read.
        """
        tables = read_tables(
            {"real": real, "synthetic": synthetic},
            categorical_features=categorical_features,
        )
        display = cls._from_matrices(tables, make_rng(random_state), max_rows=max_rows)
        return display.plot(ax, side_by_side=side_by_side)

    @classmethod
    def _from_matrices(cls, tables, rng, *, max_rows=2000):
        """The display, not yet plotted, of `Tables`: real and synthetic."""
        real, synthetic = _features(tables.columns, *tables.matrices[:2])
        mean = real.mean(axis=0)
        axes, explained = _principal_axes(real - mean)
        coordinates = []
        for features in (real, synthetic):
            rows = rng.permutation(len(features))[:max_rows]
            coordinates.append((features[np.sort(rows)] - mean) @ axes)
        return cls(*coordinates, explained)


def _features(columns, Z_real, Z_synthetic):
    """Normal scores and indicators, fitted to the real rows."""
    U = [Z_real.copy(), Z_synthetic.copy()]
    for j, column in enumerate(columns):
        if column.discrete:
            continue
        known = np.sort(Z_real[~np.isnan(Z_real[:, j]), j])
        for u in U:
            u[:, j] = _ranks(u[:, j], known)
    features = fit_features(U[0], np.ones(len(U[0])), columns, _MAX_CATEGORIES)
    return [feature_matrix(features, u) for u in U]


def _ranks(z, known):
    """Ranks between 0 and 1 among sorted numbers; NaN for missing cells."""
    place = np.searchsorted(known, z, "left") + np.searchsorted(known, z, "right")
    return np.where(np.isnan(z), np.nan, place / (2 * max(1, len(known))))


def _principal_axes(centred):
    """The two directions of largest variance, and the share of it along each."""
    values, vectors = np.linalg.eigh(centred.T @ centred)
    vectors, values = vectors[:, ::-1][:, :2], values[::-1]
    # the sign of an axis makes its largest loading positive
    largest = np.take_along_axis(
        vectors, np.abs(vectors).argmax(axis=0, keepdims=True), axis=0
    )
    axes = np.zeros((centred.shape[1], 2))
    axes[:, : vectors.shape[1]] = vectors * np.where(largest < 0, -1, 1)
    share = np.zeros(2)
    share[: len(values)] = np.clip(values[:2], 0, None) / max(values.sum(), 1e-300)
    return axes, share
