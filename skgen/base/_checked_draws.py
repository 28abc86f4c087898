"""Rows that are drawn again until they keep the orders that no step guarantees."""

import numpy as np

#: attempts for each row
_ATTEMPTS = 200
#: attempts without a row that passes, after which known cells are to blame
_HOPELESS = 10
#: rows from which the share of rows that pass is estimated
_ROWS = 2_000


def draw_checked(plan, draw, known):
    """Draw rows until they pass the checks of a plan.

    A row whose known cells break a check already is drawn once.

    Parameters
    ----------
    plan : Plan or None
    draw : callable
        From known cells of shape (n_rows, n_wide) to a tuple of arrays, of which the
        first has the rows.
    known : ndarray of shape (n_rows, n_wide)
        NaN is an unknown cell.

    Returns
    -------
    drawn : tuple of ndarray
        As `draw` returns them.
    """
    drawn = draw(known)
    if plan is None or not plan.checks:
        return drawn
    drawn = tuple(np.array(part) for part in drawn)
    left = np.flatnonzero(~plan.passes(drawn[0]) & plan.passes(known))
    is_free, n_without = np.isnan(known).all(axis=1), 0
    for _ in range(_ATTEMPTS):
        if n_without >= _HOPELESS:
            left = left[is_free[left]]
        if not len(left):
            break
        again = draw(known[left])
        passes = plan.passes(again[0])
        for part, new in zip(drawn, again, strict=True):
            part[left[passes]] = new[passes]
        n_without = 0 if passes.any() else n_without + 1
        left = left[~passes]
    return drawn


def log_share_of_passing(plan, draw, n_wide):
    """Logarithm of the share of rows that pass at the first attempt.

    Parameters
    ----------
    plan : Plan or None
    draw : callable
        As in `draw_checked`.
    n_wide : int
    """
    if plan is None or not plan.checks:
        return 0.0
    rows, *_ = draw(np.full((_ROWS, n_wide), np.nan))
    return float(np.log((plan.passes(rows).sum() + 0.5) / (_ROWS + 1)))
