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
    "skgen._plan.arithmetic.FormStep",
    "skgen._plan.arithmetic.ProductStep",
    "skgen._plan.auxiliary.Auxiliary",
    "skgen._plan.auxiliary.Group",
    "skgen._plan.checks.ImpliedCheck",
    "skgen._plan.checks.OrderCheck",
    "skgen._plan.checks.SignCheck",
    "skgen._plan.lookup.LookupStep",
    "skgen._plan.plan.MissingRule",
    "skgen._plan.plan.Plan",
    "skgen._plan.shares.LargestPart",
    "skgen._plan.shares.OtherPart",
    "skgen._plan.shares.PartStep",
    "skgen._plan.shares.PartsCheck",
    "skgen._plan.steps.BoundStep",
    "skgen._plan.steps.ImpliedStep",
    "skgen._plan.steps.MemberStep",
    "skgen._plan.units.Units",
    "skgen._table.calendars.composed.LocalTime",
    "skgen._table.calendars.composed.WithExceptions",
    "skgen._table.calendars.grids.BusinessDays",
    "skgen._table.calendars.grids.Months",
    "skgen._table.calendars.grids.Steps",
    "skgen._table.calendars.zones.Clock",
    "skgen._table.categories.Boolean",
    "skgen._table.categories.Categorical",
    "skgen._table.categories.LabelCells",
    "skgen._table.cells.Column",
    "skgen._table.cells.Missing",
    "skgen._table.containers.native.Native",
    "skgen._table.containers.numpy_tables.NumpyTables",
    "skgen._table.containers.pandas_tables.PandasTables",
    "skgen._table.containers.polars_tables.PolarsTables",
    "skgen._table.identifiers.columns.Identifier",
    "skgen._table.identifiers.fresh.codes.Code",
    "skgen._table.identifiers.fresh.forms.Enclosed",
    "skgen._table.identifiers.fresh.forms.FormMixture",
    "skgen._table.identifiers.fresh.patterns.DigitPattern",
    "skgen._table.identifiers.fresh.patterns.NumberPattern",
    "skgen._table.identifiers.fresh.patterns.TextPattern",
    "skgen._table.identifiers.fresh.seen.SeenValues",
    "skgen._table.identifiers.fresh.words.Words",
    "skgen._table.number_grids.NumberGrid",
    "skgen._table.numbers.BooleanCells",
    "skgen._table.numbers.Continuous",
    "skgen._table.numbers.Integer",
    "skgen._table.numbers.NumberCells",
    "skgen._table.schema.description.ColumnSchema",
    "skgen._table.schema.description.Schema",
    "skgen._table.times.Datetime",
    "skgen._table.times.Timedelta",
    "skgen._table.values.ValueColumn",
    "skgen._table.written.columns.Written",
    "skgen._table.written.dates.form.DateForm",
    "skgen._table.written.dates.formats.Field",
    "skgen._table.written.numbers.digits.Decimals",
    "skgen._table.written.numbers.digits.Unit",
    "skgen._table.written.numbers.form.NumberForm",
    "skgen.base._missing_indicators.MissingPattern",
    "skgen.conditionals._column_models.BinModel",
    "skgen.conditionals._column_models.NumberModel",
    "skgen.conditionals._gradient_boosting.EarlyStoppedBoosting",
    "skgen.conditionals._label_model.LabelModel",
    "skgen.conditionals._quantile_models.ResidualShape",
    "skgen.generators._differences.Differences",
    "skgen.masking._groups.ColumnGroup",
    "skgen.rules._copy.Copy",
    "skgen.rules._dependency.Dependency",
    "skgen.rules._implication.Implication",
    "skgen.rules._linear.Absolute",
    "skgen.rules._linear.Linear",
    "skgen.rules._list.FoundRule",
    "skgen.rules._list.RuleList",
    "skgen.rules._one_hot.OneHot",
    "skgen.rules._order.Order",
    "skgen.rules._product.Product",
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
