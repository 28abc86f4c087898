"""Estimators stored without pickle: what a loader has to be told.

skops stores estimators as plain files and loads none of a type that it has not been
told to trust, so that a file from elsewhere cannot run code of its own.
"""

__all__ = ["TRUSTED_TYPES"]

#: Types that fitted estimators of skgen consist of, beside those that skops knows: its
#: own, and parts of scikit-learn. Pass it as ``trusted`` to ``skops.io.load``. Models
#: of polars dataframes hold dtypes of polars besides.
TRUSTED_TYPES = (
    "skgen.conditionals._early_stopping.EarlyStoppedBoosting",
    "skgen.conditionals._label_model.LabelModel",
    "skgen._discriminators.density_ratio.DensityRatio",
    "skgen.conditionals._quantile_models.ResidualShape",
    "skgen.conditionals._column_models.NumberModel",
    "skgen.conditionals._column_models.BinModel",
    "skgen._math.probabilities.calibration.Calibration",
    "skgen._math.factor_analysis.model.FactorModel",
    "skgen._math.columns.features.Features",
    "skgen._math.flow_matching.Digits",
    "skgen._math.flow_matching.Layout",
    "skgen._math.columns.flow_columns.EmpiricalDistribution",
    "skgen._math.trees.leaves.Leaves",
    "skgen._math.columns.marginals.Marginal",
    "skgen._math.columns.mixed.ScoreTransform",
    "skgen._math.columns.mixed.Mixed",
    "skgen._math.mixture.density.Mixture",
    "skgen._math.mixture.density.Prior",
    "skgen._math.trees.bin_tree.Level",
    "skgen._table.cells.Column",
    "skgen._table.codecs.FactorCodec",
    "skgen._table.codecs.MissingCodec",
    "skgen._table.containers.Native",
    "skgen._table.containers.NumpyTables",
    "skgen._table.containers.PandasTables",
    "skgen._table.containers.PolarsTables",
    "skgen._table.scales.NumberCodec",
    "skgen._table.scales.TimeCodec",
    "skgen.compose._generative.GenerativeClassifier",
    "skgen.compose._generative_regressor.GenerativeRegressor",
    "skgen.compose._resampled.ResampledClassifier",
    "skgen.compose._resampled_regressor.ResampledRegressor",
    "skgen.conditionals._boosted.BoostedConditional",
    "skgen.conditionals._estimator.EstimatorConditional",
    "skgen.conditionals._tree.TreeConditional",
    "skgen.generators._autoregressive.AutoregressiveGenerator",
    "skgen.generators._chained.ChainedGenerator",
    "skgen._math.columns.flow_columns.FlowColumns",
    "skgen.generators._flow_matching.FlowMatchingGenerator",
    "skgen.generators._gaussian_mixture.GaussianMixtureGenerator",
    "skgen.generators._independent.IndependentGenerator",
    "skgen.generators._latent_factor.LatentFactorGenerator",
    "skgen.generators._refined.RefinedGenerator",
    "skgen.imputation._imputer.GenerativeImputer",
    "skgen.masking._masker.GenerativeMasker",
    "skgen.masking._parts.Part",
    "skgen.resampling._augmenter.GenerativeAugmenter",
    "skgen.resampling._over_sampler.GenerativeOverSampler",
    "skgen.resampling._replacer.GenerativeReplacer",
    "skgen.table.TableCodec",
    "functools.partial",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils.validation.check_array",
)
