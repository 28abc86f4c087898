"""Tables of any container as float64 matrices and back: `TableCodec`.

Containers and kinds of columns are in `skgen._table`.
"""

from functools import partial

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from skgen._table.categories import listed_columns
from skgen._table.cells import Column, Facts, column_error
from skgen._table.codec_columns import ColumnsMixin
from skgen._table.containers.filling import fill
from skgen._table.containers.native import Native
from skgen._table.containers.numpy_tables import NumpyTables
from skgen._table.containers.storage import from_plain, to_plain
from skgen._table.containers.tables import as_table
from skgen._table.copies import find_copies
from skgen._table.faults import Faults
from skgen._table.identifiers.columns import Identifier
from skgen._table.kinds import fit_kind
from skgen._table.numbers import float_array
from skgen._table.schema.description import ColumnSchema, Schema, read_declared
from skgen._table.unknown import check_treatments, encode_cells

__all__ = ["Column", "ColumnSchema", "Schema", "TableCodec"]


class TableCodec(ColumnsMixin, BaseEstimator):
    """Encode tables as float64 matrices, and decode matrices to tables of that schema.

    ``decode(encode(X))`` equals ``X``, including the container, column order, names,
    dtypes, categories and their order, and missing cells. Tables are pandas or polars
    dataframes, 2-D numpy arrays or lists of rows (which come back as arrays). Columns
    may hold numbers, booleans, text, categories, dates and durations.

    Parameters
    ----------
    categorical_features : "from_dtype", None, or array-like, default="from_dtype"
        Columns of numbers or booleans to treat as categories.

        - ``"from_dtype"`` or ``None``: none. Text and category dtypes are always
          categories.
        - array-like of str: names of columns.
        - array-like of int: positions of columns.
        - array-like of bool: a mask of shape (n_features,).

    schema : Schema or dict, default=None
        What is known of the columns, as `describe` returns it, or corrections of what
        is found: a dict from columns to facts, which are attributes of `ColumnSchema`.
        For example ``{"zip": "categorical", "price": {"step": 0.05}}``.
    identifiers : {"fresh", "refuse", "learn"}, default="fresh"
        Treatment of columns whose texts or whole numbers identify the rows, as keys,
        names and free text do. They are encoded as NaN. "fresh" decodes them to new
        values of the same pattern, "refuse" raises an error, "learn" encodes them like
        other columns. Columns with a kind in `schema` are of that kind.
    extrapolate : bool, default=False
        Whether `decode` returns numbers and dates outside the range observed at fit.
        If False, it clips them to that range.

    Attributes
    ----------
    columns_ : tuple of Column
        Descriptions of the columns, in the order of the fitted table.
    schema_ : Schema
        What is known of them, in the user's units.
    found_identifiers_ : list
        Names of columns that were found to identify the rows, without being declared.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where all are strings.

    Notes
    -----
    In the matrix, NaN is a missing cell. The kinds of columns are encoded as follows:

    - *continuous*: whole steps if all numbers are on a grid: 0.01 for prices in cents,
      0.25, or any other step that chance does not explain. Sums and products that are
      off the grid by rounding errors count as being on it. Other numbers are encoded in
      the user's units.
    - *integer*: whole steps, too; the step is 1 unless the numbers are all multiples of
      another one, such as 100. If numbers exceed 2**53, the smallest is subtracted.
      Floats that are all whole at fit are of this kind, too, and come back as floats.
      A number between two of the grid is encoded as a fraction, which `decode` rounds.
    - *categorical* and *boolean*: ``0, ..., n_categories - 1`` for the values observed
      at fit, sorted or in their declared order.
    - *datetime* and *timedelta*: positions on the coarsest grid of time that holds all
      cells, 0 for the earliest: steps of any length (7 days, a day, 15 minutes, a
      microsecond), a day of the month (month ends, starts of quarters) or business
      days; in columns with a time zone, also those of its wall clock. A time off the
      grid that is repeated or far away (9999-12-31) may be an exception to it.
    - *missing*, a column without an observed cell: NaN.

    A missing cell comes back as the missing value of its column: null in polars (also
    for NaN in a float column), NA in nullable pandas dtypes, the first missing object
    found at fit in object columns. Object columns return Python numbers, which are
    floats if ints and floats were mixed.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgen.table import TableCodec
    >>> X = pd.DataFrame({"age": [31, 58, 40], "plan": ["basic", "plus", None]})
    >>> codec = TableCodec().fit(X)
    >>> codec.encode(X)
    array([[31.,  0.],
           [58.,  1.],
           [40., nan]])
    >>> codec.decode([[44.6, 1.0]])
       age  plan
    0   45  plus
    """

    _parameter_constraints = {
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
        "schema": [Schema, dict, None],
        "identifiers": [StrOptions({"fresh", "refuse", "learn"})],
        "extrapolate": ["boolean"],
    }

    def __init__(
        self,
        *,
        categorical_features="from_dtype",
        schema=None,
        identifiers="fresh",
        extrapolate=False,
    ):
        self.categorical_features = categorical_features
        self.schema = schema
        self.identifiers = identifiers
        self.extrapolate = extrapolate

    def fit(self, X, y=None):
        """Recognise the kinds of the columns, with their ranges and categories.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            If it has no rows, the dtypes decide the kinds.
        y : ignored

        Returns
        -------
        self : TableCodec

        Raises
        ------
        TypeError
            If `X` is sparse, or if a column holds lists, dicts or several types, or has
            a nested or sparse dtype.
        ValueError
            If `X` is not two-dimensional; if names are duplicated; if a column holds
            infinity, complex numbers, or numbers or dates that float64 cannot hold
            exactly; if a column does not fit the schema; with ``identifiers="refuse"``,
            if a column identifies the rows. One error lists all columns at fault.
        """
        self._validate_params()
        container, X = as_table(X)
        names = container.names(X)
        listed = listed_columns(self.categorical_features, names)
        columns = [container.column(X, position) for position in range(len(names))]
        declared = read_declared(self.schema, names)
        cells, codecs, faults = [], [], Faults()
        for column, *known in zip(columns, names, listed, declared, strict=True):
            with faults:
                cells.append((container.read(column, known[0]), known))
        rows = find_copies([of_column for of_column, _ in cells])
        for (of_column, known), copies in zip(cells, rows, strict=True):
            with faults:
                codecs.append(
                    fit_kind(of_column, Facts(*known, copies, self.identifiers))
                )
        faults.raise_all()
        # attributes are set last: a fit that fails leaves the codec as it was
        validate_data(self, X, skip_check_array=True, reset=True)
        self._container, self._form = container, container.form(X)
        self._codecs = codecs
        self._natives = list(map(container.native, columns))
        self.columns_ = tuple(codec.column for codec in codecs)
        self.found_identifiers_ = [
            codec.column.name
            for codec, known in zip(codecs, declared, strict=True)
            if isinstance(codec, Identifier) and "kind" not in known
        ]
        return self

    def encode(self, X, *, handle_unknown="error", return_unknown=False):
        """Encode a table that has the fitted columns.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Dtypes and container may differ from those at fit if the cells are of the
            same sort. A column without an observed cell may have any dtype.
        handle_unknown : {"error", "missing"} or list of these, default="error"
            Treatment of unknown cells: those with a category that was not seen at fit,
            and those in a column without an observed cell at fit. An error, or NaN; a
            list has one treatment for each column.
        return_unknown : bool, default=False
            Whether to return which cells are unknown, too.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
            float64, NaN where a cell is missing or unknown.
        unknown : ndarray of bool of shape (n_samples, n_features)
            Only if `return_unknown`.

        Raises
        ------
        ValueError
            If columns differ from those at fit, or a cell is unknown and this is an
            error.
        TypeError
            If cells of a column are of another sort than at fit.
        """
        container, X = self._check_table(X)
        treatments = check_treatments(handle_unknown, len(self.columns_))
        Z = np.empty((len(X), len(self.columns_)))
        unknown = np.zeros(Z.shape, dtype=bool)
        faults = Faults()
        for position, codec in enumerate(self._codecs):
            column = container.column(X, position)
            with faults:
                cells = container.read(column, codec.column.name)
                Z[:, position], unknown[:, position] = encode_cells(
                    codec, cells, treatments[position]
                )
        faults.raise_all()
        return (Z, unknown) if return_unknown else Z

    def decode(self, Z, *, rng=None, unclipped=()):
        """Decode a matrix to a table of the fitted container, columns and dtypes.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_features)
            Numbers as `encode` returns them. Those of columns on a grid are rounded to
            whole ones.
        rng : numpy.random.Generator, default=None
            Draws fresh values of the columns that identify rows. With None, they are
            the same in every call.
        unclipped : collection of int, default=()
            Positions of columns whose numbers may lie outside the fitted range.

        Returns
        -------
        X : table of shape (n_samples, n_features)
            pandas dataframes have a fresh RangeIndex.

        Raises
        ------
        ValueError
            If a cell is infinite, or missing in a column whose dtype cannot hold
            missing cells.
        """
        check_is_fitted(self)
        Z = self._check_shape(Z)
        self._check_finite(Z)
        columns = [
            self._container.write(
                self._decoder(codec, rng, position in unclipped)(Z[:, position]),
                self._natives[position],
                codec.column.name,
            )
            for position, codec in enumerate(self._codecs)
        ]
        return self._container.build(columns, self._form, len(Z))

    def replace(self, X, Z, cells, *, rng=None, unclipped=()):
        """Copy a table with some cells replaced.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Left unchanged.
        Z : array-like of shape (n_samples, n_features)
            Only the numbers at `cells` are used.
        cells : array-like of bool of shape (n_samples, n_features)
            Mask of the cells to replace by the decoded `Z`.
        rng : numpy.random.Generator, default=None
            As in `decode`.
        unclipped : collection of int, default=()
            As in `decode`.

        Returns
        -------
        X_new : table of shape (n_samples, n_features)
            With the container, index and dtypes of `X`; other cells are bit-identical.
            Two kinds of columns with a replaced cell get the dtype that they had at
            fit: those without an observed cell in `X`; and integers and booleans that
            pandas had cast to hold missing cells, once none is missing any more.

        Raises
        ------
        ValueError
            If shapes differ, or a dtype of `X` cannot hold a new cell.
        """
        container, X = self._check_table(X)
        cells = np.asarray(cells)
        shape = (len(X), len(self.columns_))
        if cells.shape != shape or cells.dtype != bool:
            raise ValueError(
                f"cells must be a boolean array of the shape of X, {shape}; got shape "
                f"{cells.shape} and dtype {cells.dtype}."
            )
        Z = np.where(cells, self._check_shape(Z, len(X)), np.nan)
        self._check_finite(Z)
        same = container is self._container
        fitted = self._natives if same else [None] * len(self._natives)
        codecs = [
            (self._decoder(codec, rng, position in unclipped), codec.column.name)
            for position, codec in enumerate(self._codecs)
        ]
        return fill(container, X, Z, cells, codecs, fitted)

    def __getstate__(self):
        state = super().__getstate__()
        if "_form" in state:
            natives = [Native(*map(to_plain, native)) for native in state["_natives"]]
            form = to_plain(state["_form"])
            state = {**state, "_form": form, "_natives": natives}
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if "_form" in state:
            self._form = from_plain(self._form)
            self._natives = [Native(*map(from_plain, n)) for n in self._natives]

    def _decoder(self, codec, rng, unclipped):
        draws = {"rng": rng} if isinstance(codec, Identifier) else {}
        return partial(codec.decode, extrapolate=self.extrapolate or unclipped, **draws)

    def _check_table(self, X):
        check_is_fitted(self)
        container, X = as_table(X)
        validate_data(self, X, skip_check_array=True, reset=False)
        names, fitted = container.names(X), [column.name for column in self.columns_]
        # scikit-learn compares names that are strings
        framed = container is not NumpyTables and self._container is not NumpyTables
        if framed and names != fitted:
            raise ValueError(
                "The names of the columns should match those that were passed during "
                f"fit, in the same order: {fitted[:10]}; got {names[:10]}."
            )
        return container, X

    def _check_shape(self, Z, n_samples=None):
        Z = float_array(Z, "Z")
        rows = len(Z) if n_samples is None and Z.ndim else n_samples
        if Z.shape != (rows, len(self.columns_)):
            raise ValueError(
                f"Z must be of shape ({rows}, {len(self.columns_)}), one column for "
                f"each of the fitted table; got {Z.shape}."
            )
        return Z

    def _check_finite(self, Z):
        infinite = np.isinf(Z).any(axis=0)
        if infinite.any():
            name = self.columns_[infinite.argmax()].name
            raise column_error(name, "is infinite in Z: give finite numbers or NaN.")


def codec_for(generator, schema=None):
    """Codec, to be fitted, that reads tables as a generator does.

    Parameters
    ----------
    generator : object
    schema : Schema or dict, default=None
        Declared in place of what the generator declares.
    """
    declared = getattr(generator, "schema", None) if schema is None else schema
    return TableCodec(
        categorical_features=getattr(generator, "categorical_features", "from_dtype"),
        schema=declared,
        identifiers=getattr(generator, "identifiers", "fresh"),
    )
