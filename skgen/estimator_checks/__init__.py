"""The contract of generators, as checks that any model can run.

A generator that passes them can be used by every wrapper of this package. The checks
need no base class: ``fit`` and ``sample`` are enough, and those that need ``impute``,
``score_samples``, ``sample_weight`` or a dataframe library are skipped without it.
"""

import inspect
import warnings
from functools import partial
from unittest import SkipTest

from sklearn.exceptions import SkipTestWarning

from skgen.estimator_checks._data import (
    check_any_single_kind_of_column_suffices,
    check_column_without_observed_cells_stays_missing,
    check_columns_follow_the_training_rows,
    check_constant_columns_stay_constant,
    check_continuous_rows_are_not_copied,
    check_decimals_are_kept,
    check_discrete_rows_are_copied_no_more_than_by_chance,
    check_doubled_columns_and_wide_tables_suffice,
    check_few_rows_suffice,
    check_impossible_weights_are_refused,
    check_missing_cells_depend_on_other_columns,
    check_missing_rates_are_reproduced,
    check_numbers_of_any_scale_suffice,
    check_order_of_training_rows_does_not_matter,
    check_values_stay_within_those_observed,
    check_weights_equal_repetition,
    check_zero_weight_removes_a_row,
)
from skgen.estimator_checks._density import (
    check_density_of_a_mixed_table_integrates_to_one,
    check_density_of_a_number_integrates_to_one,
    check_density_of_categories_sums_to_one,
    check_density_of_dates_sums_to_one,
    check_density_of_two_numbers_integrates_to_one,
    check_density_of_whole_numbers_sums_to_one,
    check_density_with_a_point_mass_sums_to_one,
    check_impute_fills_all_and_only_missing_cells,
    check_impute_of_a_category_follows_the_density,
    check_impute_of_a_number_follows_the_density,
    check_impute_of_an_array_fills_all_and_only_missing_cells,
    check_missing_cell_is_summed_out,
    check_missing_number_is_integrated_out,
    check_row_without_observed_cells_scores_zero,
    check_samples_of_a_mixed_table_follow_the_density,
    check_samples_of_a_number_follow_the_density,
    check_score_of_own_samples_is_the_negative_entropy,
)
from skgen.estimator_checks._given import (
    check_effective_sample_sizes_come_with_the_rows,
    check_given_cells_are_kept,
    check_impossible_conditions_are_refused,
    check_many_draws_of_impute_differ,
    check_ranges_and_sets_are_kept,
    check_rows_within_a_range_follow_the_model,
    check_sample_given_cells_is_impute,
)
from skgen.estimator_checks._interface import (
    check_array_in_array_out,
    check_infinity_is_refused,
    check_other_columns_are_refused,
    check_pandas_in_pandas_out,
    check_polars_in_polars_out,
    check_rows_come_in_random_order,
    check_sample_gives_exactly_n_rows,
    check_score_is_the_mean_log_density,
    check_table_without_rows_is_refused,
    check_unseen_category_is_refused,
)
from skgen.estimator_checks._state import (
    check_calls_without_seed_differ,
    check_clone_is_unfitted,
    check_densities_do_not_shift_draws,
    check_failed_fit_changes_nothing,
    check_fit_keeps_parameters,
    check_global_random_state_is_untouched,
    check_input_is_not_changed,
    check_n_jobs_changes_nothing,
    check_pickle_keeps_draws_and_densities,
    check_refit_forgets,
    check_repr_hides_cells,
    check_seed_of_a_call_repeats_it,
    check_seeded_fit_reproduces_all_draws,
)

#: All checks. Each is a function of the generator's name and an instance.
CHECKS = (
    # tables in and out
    check_pandas_in_pandas_out,
    check_polars_in_polars_out,
    check_array_in_array_out,
    check_sample_gives_exactly_n_rows,
    check_rows_come_in_random_order,
    check_other_columns_are_refused,
    check_score_is_the_mean_log_density,
    check_unseen_category_is_refused,
    check_infinity_is_refused,
    check_table_without_rows_is_refused,
    # seeds and state
    check_seeded_fit_reproduces_all_draws,
    check_calls_without_seed_differ,
    check_seed_of_a_call_repeats_it,
    check_densities_do_not_shift_draws,
    check_global_random_state_is_untouched,
    check_input_is_not_changed,
    check_fit_keeps_parameters,
    check_failed_fit_changes_nothing,
    check_refit_forgets,
    check_repr_hides_cells,
    check_pickle_keeps_draws_and_densities,
    check_clone_is_unfitted,
    check_n_jobs_changes_nothing,
    # densities and draws
    check_density_of_a_number_integrates_to_one,
    check_density_with_a_point_mass_sums_to_one,
    check_density_of_two_numbers_integrates_to_one,
    check_density_of_categories_sums_to_one,
    check_density_of_whole_numbers_sums_to_one,
    check_density_of_dates_sums_to_one,
    check_density_of_a_mixed_table_integrates_to_one,
    check_samples_of_a_mixed_table_follow_the_density,
    check_samples_of_a_number_follow_the_density,
    check_score_of_own_samples_is_the_negative_entropy,
    check_missing_cell_is_summed_out,
    check_missing_number_is_integrated_out,
    check_row_without_observed_cells_scores_zero,
    check_impute_fills_all_and_only_missing_cells,
    check_impute_of_an_array_fills_all_and_only_missing_cells,
    check_impute_of_a_category_follows_the_density,
    check_impute_of_a_number_follows_the_density,
    check_given_cells_are_kept,
    check_sample_given_cells_is_impute,
    check_ranges_and_sets_are_kept,
    check_rows_within_a_range_follow_the_model,
    check_impossible_conditions_are_refused,
    check_effective_sample_sizes_come_with_the_rows,
    check_many_draws_of_impute_differ,
    # what is learnt
    check_columns_follow_the_training_rows,
    check_values_stay_within_those_observed,
    check_decimals_are_kept,
    check_order_of_training_rows_does_not_matter,
    check_continuous_rows_are_not_copied,
    check_discrete_rows_are_copied_no_more_than_by_chance,
    check_missing_rates_are_reproduced,
    check_missing_cells_depend_on_other_columns,
    check_column_without_observed_cells_stays_missing,
    check_weights_equal_repetition,
    check_zero_weight_removes_a_row,
    check_impossible_weights_are_refused,
    check_few_rows_suffice,
    check_any_single_kind_of_column_suffices,
    check_constant_columns_stay_constant,
    check_doubled_columns_and_wide_tables_suffice,
    check_numbers_of_any_scale_suffice,
)

__all__ = [
    "CHECKS",
    "check_generator",
    "parametrize_with_checks",
    *(check.__name__ for check in CHECKS),
]


def check_generator(
    generator, *, expected_failed_checks=None, on_skip="warn", on_fail="raise"
):
    """Run all checks of the contract on a generator.

    Statistical checks use fixed seeds. Each assertion of theirs rejects a generator
    that keeps the law with a probability of at most one in a million; what is granted
    beyond chance is told in the docstring of the check.

    Parameters
    ----------
    generator : object
        Instance of a generator; it is cloned, not fitted. A parameter ``random_state``
        is set to integers.
    expected_failed_checks : dict of str to str, default=None
        Names of checks that are known to fail, and the reasons.
    on_skip : {"warn"} or None, default="warn"
        Whether to warn of checks that are skipped.
    on_fail : {"raise"} or None, default="raise"
        Whether to raise the first unexpected failure, or to go on.

    Returns
    -------
    results : list of dict
        For each check its ``check_name``, the ``status`` ("passed", "failed", "xfail"
        or "skipped"), the ``exception`` or None, whether it was ``expected_to_fail``
        and the ``expected_to_fail_reason``.

    Raises
    ------
    TypeError
        If `generator` is a class.
    ValueError
        If `expected_failed_checks` names an unknown check.

    See Also
    --------
    parametrize_with_checks : The checks as tests of pytest.

    Examples
    --------
    >>> from skgen import IndependentGenerator
    >>> from skgen.estimator_checks import check_generator
    >>> reason = "columns are independent"
    >>> results = check_generator(
    ...     IndependentGenerator(),
    ...     expected_failed_checks={
    ...         "check_missing_cells_depend_on_other_columns": reason
    ...     },
    ...     on_skip=None,
    ... )
    >>> {result["status"] for result in results} <= {"passed", "xfail", "skipped"}
    True
    """
    _check_is_instance(generator)
    if on_fail not in ("raise", None) or on_skip not in ("warn", None):
        raise ValueError(
            "on_fail must be 'raise' or None, on_skip 'warn' or None; got "
            f"on_fail={on_fail!r}, on_skip={on_skip!r}."
        )
    reasons = _check_reasons(expected_failed_checks)
    name = type(generator).__name__
    results = []
    for check in CHECKS:
        expected = check.__name__ in reasons
        status, exception = _run(check, name, generator)
        if status == "failed" and expected:
            status = "xfail"
        if status == "failed" and on_fail == "raise":
            raise exception
        if status == "skipped" and on_skip == "warn":
            message = f"{check.__name__} is skipped for {name}: {exception}"
            warnings.warn(message, SkipTestWarning, stacklevel=2)
        results.append(
            {
                "generator": generator,
                "check_name": check.__name__,
                "exception": exception,
                "status": status,
                "expected_to_fail": expected,
                "expected_to_fail_reason": reasons.get(check.__name__, ""),
            }
        )
    return results


def parametrize_with_checks(generators, *, expected_failed_checks=None):
    """Decorate a test so that pytest runs it once per generator and check.

    Parameters
    ----------
    generators : list of objects
        Instances of generators.
    expected_failed_checks : callable, default=None
        Function of a generator that gives a dict of the names of checks that are known
        to fail and the reasons. These tests are marked as expected failures.

    Returns
    -------
    decorator : pytest.MarkDecorator
        For a test with the arguments ``generator`` and ``check``.

    Raises
    ------
    TypeError
        If a class is passed in place of an instance.
    ValueError
        If `expected_failed_checks` names an unknown check.

    See Also
    --------
    check_generator : Run the checks without pytest.

    Examples
    --------
    >>> from skgen import IndependentGenerator
    >>> from skgen.estimator_checks import parametrize_with_checks
    >>> @parametrize_with_checks([IndependentGenerator()])
    ... def test_contract(generator, check):
    ...     check(generator)
    """
    import pytest

    params = []
    for generator in generators:
        _check_is_instance(generator)
        expected = expected_failed_checks and expected_failed_checks(generator)
        reasons = _check_reasons(expected)
        shown = " ".join(repr(generator).split())
        for check in CHECKS:
            reason = reasons.get(check.__name__)
            marks = [] if reason is None else [pytest.mark.xfail(reason=reason)]
            bound = partial(check, type(generator).__name__)
            identity = f"{shown}-{check.__name__}"
            params.append(pytest.param(generator, bound, marks=marks, id=identity))
    return pytest.mark.parametrize(("generator", "check"), params)


def _run(check, name, generator):
    """Status and exception of a check."""
    try:
        check(name, generator)
    except SkipTest as exception:
        return "skipped", exception
    # what a foreign model may raise is not known, and is reported, not swallowed
    except Exception as exception:
        return "failed", exception
    return "passed", None


def _check_is_instance(generator):
    if inspect.isclass(generator):
        raise TypeError(
            f"generator: expected an instance, got the class {generator.__name__}. "
            f"Pass {generator.__name__}()."
        )


def _check_reasons(reasons):
    reasons = dict(reasons or {})
    unknown = reasons.keys() - {check.__name__ for check in CHECKS}
    if unknown:
        raise ValueError(
            f"expected_failed_checks: there is no check {sorted(unknown)[0]!r}. The "
            "names are those of skgen.estimator_checks.CHECKS."
        )
    return reasons
