"""Types to trust when estimators of skgen are loaded by skops instead of pickle.

skops stores estimators as plain files. It loads only types that the user trusts, so
that a file from elsewhere cannot run its own code.
"""

__all__ = ["TRUSTED_TYPES"]

#: Types in fitted estimators of skgen that skops does not trust by itself: those of
#: skgen and some of scikit-learn. Pass it as ``trusted`` to ``skops.io.load``. Models
#: fitted to polars dataframes also contain dtypes of polars.
TRUSTED_TYPES = (
    "skgen.conditionals._early_stopping.EarlyStoppedBoosting",
    "skgen.conditionals._label_model.LabelModel",
    "skgen._discriminators.density_ratio.DensityRatio",
    "skgen.conditionals._quantile_models.ResidualShape",
    "skgen.conditionals._column_models.NumberModel",
    "skgen.conditionals._column_models.BinModel",
    "skgen._math.probabilities.calibration.Calibration",
    "skgen._math.factor_analysis.model.Factors",
    "skgen._math.columns.features.Features",
    "skgen._math.flow_matching.Digits",
    "skgen._math.flow_matching.Layout",
    "skgen._math.flow_matching.Stairs",
    "skgen._math.trees.leaves.Leaves",
    "skgen._math.columns.marginals.Marginal",
    "skgen._math.columns.mixed.Axis",
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
    "skgen.generators._flow_coordinates.Coordinates",
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
