"""How far drawn rows are from the real rows of their class."""

import numpy as np
from scipy.stats import ks_2samp


def shifts(table, real, y, rows, labels, drawn):
    """Return how far the drawn rows are from the real ones of their class.

    Parameters
    ----------
    table : DataFrame
        Real rows.
    real : ndarray of shape (n_rows, n_columns)
        The same, encoded.
    y : ndarray of int of shape (n_rows,)
    rows, labels
        Encoded rows and classes after resampling.
    drawn : DataFrame or None
        All rows before encoding, of a sampler that gets the raw table.

    Returns
    -------
    column, missing : float or None
        Mean over encoded columns of the largest distance of distribution functions, and
        mean over columns with missing cells of the difference of their shares; None if
        real rows do not come first, or if nothing was drawn.
    """
    n = len(y)
    if len(rows) == n or not np.array_equal(rows[:n], real):
        return None, None
    columns, missing = [], []
    for label in np.unique(labels[n:]):
        own, new = real[y == label], rows[n:][labels[n:] == label]
        columns += [
            ks_2samp(*pair, method="asymp")[0]
            for pair in zip(own.T, new.T, strict=True)
        ]
        if drawn is not None:
            was = table[y == label].isna().mean().to_numpy()
            now = drawn.iloc[n:][labels[n:] == label].isna().mean().to_numpy()
            missing += np.abs(was - now)[(was > 0) | (now > 0)].tolist()
    mean = float(np.mean(missing)) if missing else None
    return float(np.mean(columns)), mean
