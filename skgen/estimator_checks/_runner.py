"""Run the checks of the contract, directly or by pytest."""

import inspect
import warnings
from functools import partial
from unittest import SkipTest

from sklearn.exceptions import SkipTestWarning

import skgen.estimator_checks._data as data
import skgen.estimator_checks._density as density
import skgen.estimator_checks._given as given
import skgen.estimator_checks._interface as interface
import skgen.estimator_checks._rules as rules
import skgen.estimator_checks._state as state

#: All checks. Each is a function of the generator's name and an instance.
CHECKS = tuple(
    getattr(module, name)
    for module in (interface, state, density, given, data, rules)
    for name in module.__all__
)


def check_generator(
    generator, *, expected_failed_checks=None, on_skip="warn", on_fail="raise"
):
    """Run all checks of the contract on a generator.

    Statistical checks use fixed seeds. Each of their assertions has a false-alarm rate
    of at most one in a million; tolerances are stated in the docstrings of the checks.

    Parameters
    ----------
    generator : object
        Instance of a generator; clones of it are fitted. Their ``random_state``, if
        any, is set to integers.
    expected_failed_checks : dict of str to str, default=None
        Maps names of checks that are known to fail to the reasons.
    on_skip : {"warn"} or None, default="warn"
        Whether to warn about skipped checks.
    on_fail : {"raise"} or None, default="raise"
        Whether to raise the first unexpected failure. If None, go on.

    Returns
    -------
    results : list of dict
        One dict per check with the keys "generator", "check_name", "status" ("passed",
        "failed", "xfail" or "skipped"), "exception" (or None), "expected_to_fail" and
        "expected_to_fail_reason".

    Raises
    ------
    TypeError
        If `generator` is a class.
    ValueError
        If `expected_failed_checks` names an unknown check, or `on_skip` or `on_fail`
        has another value.

    See Also
    --------
    parametrize_with_checks : Run each check as a test of pytest.

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
            "on_fail must be 'raise' or None and on_skip must be 'warn' or None; got "
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
        Takes a generator and returns a dict as that of `check_generator`. These tests
        are expected to fail (``pytest.mark.xfail``).

    Returns
    -------
    decorator : pytest.MarkDecorator
        Decorates a test with the arguments ``generator`` and ``check``.

    Raises
    ------
    TypeError
        If a class is passed instead of an instance.
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
    """Run one check; return its status and exception."""
    try:
        check(name, generator)
    except SkipTest as exception:
        return "skipped", exception
    # a third-party model may raise any exception, which is reported as a failure
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
            f"expected_failed_checks: there is no check {sorted(unknown)[0]!r}. Use "
            "names of the functions in skgen.estimator_checks.CHECKS."
        )
    return reasons
