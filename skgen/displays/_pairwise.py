"""Plot of the errors of the dependence of pairs of columns."""

import numpy as np
from sklearn.utils._param_validation import StrOptions, validate_params

from skgen._table.joint_tables import read_tables
from skgen.displays._from_generator import FromGeneratorMixin
from skgen.displays._style import figure_text, grid_axes, require_matplotlib, words
from skgen.metrics._pairwise import pairwise_error

#: largest number of columns with figures in the cells
_MAX_WRITTEN = 12


class PairwiseDisplay(FromGeneratorMixin):
    """Heat map of the error of the dependence of each pair of columns.

    Use `from_tables` or `from_generator` to create a display.

    Parameters
    ----------
    pairs : ndarray of shape (n_columns, n_columns)
        Error of each pair between 0, the best, and 1, as of
        :func:`skgen.metrics.pairwise_error`; NaN on the diagonal.
    names : sequence of shape (n_columns,)
        Names of the columns.

    Attributes
    ----------
    figure_ : Figure
    ax_ : Axes
    im_ : AxesImage
    colorbar_ : Colorbar

    Notes
    -----
    No cell of a table is shown.

    Examples
    --------
    >>> from skgen import IndependentGenerator
    >>> from skgen.datasets import make_customers
    >>> from skgen.displays import PairwiseDisplay
    >>> X, y = make_customers(500, random_state=0)
    >>> generator = IndependentGenerator(random_state=0).fit(X)
    >>> display = PairwiseDisplay.from_generator(generator, X, random_state=0)
    >>> display.pairs.shape
    (11, 11)
    """

    _random = False

    def __init__(self, pairs, names):
        self.pairs = pairs
        self.names = names

    def plot(self, ax=None, *, vmax=None, colorbar=True):
        """Draw the heat map.

        Parameters
        ----------
        ax : Axes or None, default=None
            None makes a new figure, whose size depends on the number of columns.
        vmax : float or None, default=None
            The error at the end of the colours; None for the largest one, but at least
            0.1. Pass a number to compare plots.
        colorbar : bool, default=True
            Whether to add a colour bar.

        Returns
        -------
        self : PairwiseDisplay

        Raises
        ------
        ImportError
            Without matplotlib.
        """
        require_matplotlib(self)
        n_columns = len(self.names)
        side = max(3.2, 1.6 + (0.42 if n_columns <= _MAX_WRITTEN else 0.24) * n_columns)
        self.figure_, (self.ax_,) = grid_axes(
            ax, 1, n_columns=1, size=(side + 0.9, side)
        )
        largest = np.nanmax(self.pairs, initial=0.1) if vmax is None else vmax
        self.im_ = self.ax_.imshow(self.pairs, cmap="cividis", vmin=0, vmax=largest)
        labels = [words(name, 20) for name in self.names]
        place = np.arange(n_columns)
        small = {"fontsize": "small" if n_columns <= _MAX_WRITTEN else "x-small"}
        self.ax_.set_yticks(place, labels, parse_math=False, **small)
        self.ax_.set_xticks(
            place,
            labels,
            parse_math=False,
            rotation=45 if n_columns <= _MAX_WRITTEN else 90,
            ha="right" if n_columns <= _MAX_WRITTEN else "center",
            rotation_mode="anchor" if n_columns <= _MAX_WRITTEN else "default",
            **small,
        )
        self.ax_.tick_params(length=0)
        self.ax_.spines[:].set_visible(False)
        if n_columns <= _MAX_WRITTEN:
            self._write_figures(largest)
        if colorbar:
            self.colorbar_ = self.figure_.colorbar(
                self.im_, ax=self.ax_, shrink=0.8, aspect=30, pad=0.02
            )
            self.colorbar_.set_label("error of the pair (0 to 1)")
            self.colorbar_.outline.set_visible(False)
        known = self.pairs[~np.isnan(self.pairs)]
        mean = known.mean() if len(known) else np.nan
        self.ax_.set_title(
            f"pairs of columns: mean error {figure_text(mean)}", fontsize="medium"
        )
        return self

    def _write_figures(self, largest):
        for (i, j), value in np.ndenumerate(self.pairs):
            if not np.isnan(value):
                # readable on the colour of the cell
                color = "black" if value > 0.55 * largest else "white"
                text = f"{value:.2f}".removeprefix("0")
                self.ax_.text(
                    j, i, text, ha="center", va="center", color=color, fontsize="small"
                )

    @classmethod
    @validate_params(
        {
            "bins": [StrOptions({"quantile", "own_range"})],
        },
        prefer_skip_nested_validation=True,
    )
    def from_tables(
        cls,
        real,
        synthetic,
        *,
        bins="quantile",
        categorical_features="from_dtype",
        ax=None,
    ):
        """Compare the pairs of columns of two tables.

        Parameters
        ----------
        real : table of shape (n_samples, n_features)
        synthetic : table of shape (n_synthetic, n_features)
        bins : {"quantile", "own_range"}, default="quantile"
            As in :func:`skgen.metrics.pairwise_error`.
        categorical_features : "from_dtype", None or array-like, default="from_dtype"
            Columns of numbers that are categories, as in :class:`~skgen.TableCodec`.
        ax : Axes or None, default=None
            As in `plot`.

        Returns
        -------
        display : PairwiseDisplay

        Raises
        ------
        TypeError, ValueError
            If the tables do not have the same columns, or one cannot be read; if they
            have a single column.
        """
        tables = read_tables(
            {"real": real, "synthetic": synthetic},
            categorical_features=categorical_features,
        )
        if len(tables.columns) < 2:
            raise ValueError(
                "real has a single column, which makes no pair: pass tables of at "
                "least two columns."
            )
        return cls._from_matrices(tables, bins=bins).plot(ax)

    @classmethod
    def _from_matrices(cls, tables, *, bins="quantile"):
        """The display, not yet plotted, of `Tables`: real and synthetic."""
        # only standard errors depend on it
        rng = np.random.default_rng(0)
        found = pairwise_error.core(
            tables.columns, *tables.matrices[:2], rng, bins=bins
        )
        return cls(found.pairs, tuple(column.name for column in tables.columns))
