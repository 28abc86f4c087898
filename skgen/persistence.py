"""Types to trust when estimators of skgen are loaded by skops instead of pickle.

skops stores estimators as plain files. It loads only types that the user trusts, so
that a file from elsewhere cannot run its own code.
"""

import skgen

__all__ = ["TRUSTED_TYPES"]


def _estimators():
    """Dotted names of the public estimators."""
    for found in (getattr(skgen, name) for name in skgen.__all__):
        if hasattr(found, "get_params") and not getattr(
            found, "__abstractmethods__", ()
        ):
            yield f"{found.__module__}.{found.__qualname__}"


#: Types in fitted estimators of skgen that skops does not trust by itself: those of
#: skgen and some of scikit-learn. Pass it as ``trusted`` to ``skops.io.load``. Models
#: fitted to polars dataframes also contain dtypes of polars.
TRUSTED_TYPES = (
    *_estimators(),
    "skgen._discriminators.DensityRatio",
    "skgen._math.columns.flow_columns.FlowColumns",
    "skgen._math.columns.marginals.BinnedMarginal",
    "skgen._math.columns.marginals.FloorDensity",
    "skgen._math.columns.mixed.Mixed",
    "skgen._math.columns.numeric_features.FeatureLayout",
    "skgen._math.columns.score_transform.ScoreTransform",
    "skgen._math.factor_analysis.model.FactorModel",
    "skgen._math.flow_matching.Digits",
    "skgen._math.flow_matching.Layout",
    "skgen._math.mixture.density.Mixture",
    "skgen._math.mixture.density.Prior",
    "skgen._math.probabilities.calibration.Calibration",
    "skgen._math.trees.bin_tree.Level",
    "skgen._math.trees.leaves.Leaves",
    "skgen._table.calendars.BusinessDays",
    "skgen._table.calendars.Months",
    "skgen._table.calendars.Steps",
    "skgen._table.categories.Boolean",
    "skgen._table.categories.Categorical",
    "skgen._table.categories.LabelCells",
    "skgen._table.cells.Column",
    "skgen._table.cells.Missing",
    "skgen._table.cells.Native",
    "skgen._table.composed_grids.LocalTime",
    "skgen._table.composed_grids.WithExceptions",
    "skgen._table.containers.NumpyTables",
    "skgen._table.containers.PandasTables",
    "skgen._table.date_formats.Field",
    "skgen._table.fresh.codes.Code",
    "skgen._table.fresh.forms.Enclosed",
    "skgen._table.fresh.forms.Mixture",
    "skgen._table.fresh.patterns.DigitPattern",
    "skgen._table.fresh.patterns.NumberPattern",
    "skgen._table.fresh.patterns.TextPattern",
    "skgen._table.fresh.seen.SeenValues",
    "skgen._table.fresh.words.Words",
    "skgen._table.identifier_columns.Identifier",
    "skgen._table.number_grids.NumberGrid",
    "skgen._table.numbers.BooleanCells",
    "skgen._table.numbers.Continuous",
    "skgen._table.numbers.Integer",
    "skgen._table.numbers.NumberCells",
    "skgen._table.polars_tables.PolarsTables",
    "skgen._table.schema.ColumnSchema",
    "skgen._table.schema.Schema",
    "skgen._table.times.Datetime",
    "skgen._table.times.Timedelta",
    "skgen._table.written_columns.Written",
    "skgen._table.written_dates.DateForm",
    "skgen._table.written_digits.Decimals",
    "skgen._table.written_digits.Unit",
    "skgen._table.written_numbers.NumberForm",
    "skgen._table.zones.Clock",
    "skgen.base._missing_indicators.MissingPattern",
    "skgen.conditionals._column_models.BinModel",
    "skgen.conditionals._column_models.NumberModel",
    "skgen.conditionals._gradient_boosting.EarlyStoppedBoosting",
    "skgen.conditionals._label_model.LabelModel",
    "skgen.conditionals._quantile_models.ResidualShape",
    "skgen.masking._draws.ColumnGroup",
    "datetime.date",
    "datetime.datetime",
    "datetime.timedelta",
    "functools.partial",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils.validation.check_array",
)
