"""The contracts of scikit-learn, imbalanced-learn and skgen over all public classes."""

import inspect

import pytest
from imblearn.base import SamplerMixin
from imblearn.utils import estimator_checks as imblearn_checks
from imblearn.utils.estimator_checks import (
    parametrize_with_checks as parametrize_with_imblearn_checks,
)
from sklearn.linear_model import LogisticRegression
from sklearn.utils import estimator_checks as sklearn_checks
from sklearn.utils.estimator_checks import (
    parametrize_with_checks as parametrize_with_sklearn_checks,
)

import skgen
from skgen import (
    AutoregressiveGenerator,
    BaseGenerator,
    BoostedConditional,
    EstimatorConditional,
    TreeConditional,
)
from skgen import estimator_checks as contract
from skgen.estimator_checks import parametrize_with_checks


def public(base):
    """Default instances of the public classes that can be instantiated."""
    found = [getattr(skgen, name) for name in skgen.__all__]
    classes = [cls for cls in found if inspect.isclass(cls) and issubclass(cls, base)]
    return [cls() for cls in classes if not inspect.isabstract(cls)]


VARIANTS = [
    AutoregressiveGenerator(
        TreeConditional(1, min_samples_leaf=20), max_predictors=1, n_particles=64
    ),
    AutoregressiveGenerator(TreeConditional(smoothing=2.0, max_bins=20), given=[0]),
    AutoregressiveGenerator(BoostedConditional(32, max_iter=20)),
    AutoregressiveGenerator(EstimatorConditional()),
    AutoregressiveGenerator(EstimatorConditional(LogisticRegression(max_iter=1000))),
]
GENERATORS = [*public(BaseGenerator), *VARIANTS]
PREDICTORS = [
    skgen.GenerativeClassifier(),
    skgen.GenerativeRegressor(),
    skgen.ResampledClassifier(random_state=0),
    skgen.ResampledRegressor(random_state=0),
]
SAMPLERS = public(SamplerMixin)
for sampler in SAMPLERS:
    # imbalanced-learn compares calls with each other and leaves the seed to us
    sampler.set_params(random_state=0)

# Checks that are known to fail: class, check, reason.
EXPECTED_FAILURES = {
    "IndependentGenerator": {
        "check_missing_cells_depend_on_other_columns": "its columns are independent",
    },
    "GenerativeAugmenter": {
        "check_target_type": "numbers are targets too: y is one more column",
        "check_samplers_pandas_sparse": "drawn rows are dense: sparse X is refused",
    },
    "GenerativeOverSampler": {
        "check_target_type": "numbers are targets too: rare values of y get more rows",
        "check_samplers_pandas_sparse": "drawn rows are dense: sparse X is refused",
    },
    "GenerativeReplacer": {
        "check_target_type": "numbers are targets too: y is one more column",
        "check_samplers_pandas_sparse": "drawn rows are dense: sparse X is refused",
    },
}

RESAMPLED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": (
        "its sampler draws other rows where rows stand twice"
    ),
}
EXPECTED_SKLEARN_FAILURES = {
    "ResampledClassifier": RESAMPLED_FAILURES,
    "ResampledRegressor": RESAMPLED_FAILURES,
}

# Checks on tables of three columns, for models that take an order of these.
CHECKS_OF_THREE_COLUMNS = [
    contract.check_density_of_a_mixed_table_integrates_to_one,
    contract.check_samples_of_a_mixed_table_follow_the_density,
    contract.check_missing_cell_is_summed_out,
    contract.check_impute_fills_all_and_only_missing_cells,
    contract.check_impute_of_a_category_follows_the_density,
    contract.check_impute_of_a_number_follows_the_density,
    contract.check_sample_given_cells_is_impute,
    contract.check_missing_number_is_integrated_out,
    contract.check_rows_within_a_range_follow_the_model,
    contract.check_columns_follow_the_training_rows,
    contract.check_missing_cells_depend_on_other_columns,
    contract.check_weights_equal_repetition,
]


# Of these models and wrappers, and of variants of models, all checks but the basic ones
# are marked as slow; what is not named here is fast.
SLOW_MODELS = {"FlowMatchingGenerator", "LatentFactorGenerator", "RefinedGenerator"}
SLOW_PREDICTORS = {"ResampledClassifier"}
SLOW_SAMPLERS = {"GenerativeAugmenter", "GenerativeReplacer"}
# What every user meets, and what takes next to no time.
NAMES = """
density_of_a_number_integrates_to_one density_of_categories_sums_to_one
impossible_weights_are_refused sample_gives_exactly_n_rows
samples_of_a_number_follow_the_density

all_zero_sample_weights_error classifiers_one_label complex_data estimator_cloneable
do_not_raise_errors_in_init_or_set_params estimator_repr estimator_sparse_array
estimator_sparse_matrix estimator_sparse_tag estimator_tags_renamed
estimators_empty_data_messages estimators_unfitted fit1d fit2d_1feature fit2d_1sample
get_params_invariance mixin_order no_attributes_set_in_init requires_y_none
parameters_default_constructible set_params supervised_y_no_nan valid_tag_types

samplers_fit samplers_nan samplers_one_label samplers_pandas_sparse samplers_string
samplers_sampling_strategy_fit_resample target_type
"""
BASIC_CHECKS = {f"check_{name}" for name in NAMES.split()}


def is_slow(estimator, check, slow_classes):
    is_variant = any(estimator is variant for variant in VARIANTS)
    return (
        is_variant or type(estimator).__name__ in slow_classes
    ) and check.func.__name__ not in BASIC_CHECKS


def with_slow(decorator, slow_classes):
    """The same decorator with its cases in a list, the slow ones of them marked."""
    names, cases = decorator.mark.args
    params = []
    for case in cases:
        marks = getattr(case, "marks", ())
        estimator, check = getattr(case, "values", case)
        if is_slow(estimator, check, slow_classes):
            marks = [*marks, pytest.mark.slow]
        identity = getattr(case, "id", None)
        params.append(pytest.param(estimator, check, marks=marks, id=identity))
    return pytest.mark.parametrize(names, params, **decorator.mark.kwargs)


def expected_failures(estimator):
    return EXPECTED_FAILURES.get(type(estimator).__name__, {})


def expected_sklearn_failures(estimator):
    return EXPECTED_SKLEARN_FAILURES.get(type(estimator).__name__, {})


def test_public_classes_are_found():
    found = {type(generator).__name__ for generator in [*GENERATORS, *SAMPLERS]}
    assert found >= {"IndependentGenerator", "AutoregressiveGenerator"}
    assert "GenerativeOverSampler" in found


def test_basic_checks_exist():
    names = {check.__name__ for check in contract.CHECKS}
    for module in (sklearn_checks, imblearn_checks):
        names |= vars(module).keys()
    assert names >= BASIC_CHECKS


@with_slow(
    parametrize_with_checks(GENERATORS, expected_failed_checks=expected_failures),
    SLOW_MODELS,
)
def test_skgen_contract(generator, check):
    check(generator)


@pytest.mark.parametrize(
    "check", CHECKS_OF_THREE_COLUMNS, ids=lambda check: check.__name__
)
def test_skgen_contract_in_reverse_order(check):
    check("AutoregressiveGenerator", AutoregressiveGenerator(order=[2, 1, 0]))


# Some of their tables hold a few rows only.
few_rows = pytest.mark.filterwarnings("ignore:.*rows:UserWarning")


@few_rows
@with_slow(
    parametrize_with_sklearn_checks(
        [*GENERATORS, *SAMPLERS, *PREDICTORS],
        expected_failed_checks=expected_sklearn_failures,
    ),
    SLOW_MODELS | SLOW_PREDICTORS,
)
def test_sklearn_contract(estimator, check):
    check(estimator)


@few_rows
@with_slow(
    parametrize_with_imblearn_checks(
        SAMPLERS, expected_failed_checks=expected_failures
    ),
    SLOW_SAMPLERS,
)
def test_imblearn_contract(estimator, check):
    check(estimator)
