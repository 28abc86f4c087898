"""What a form may keep of texts: only what enough of them share."""

import numpy as np

#: texts that share what a form keeps of them
FEWEST = 5
MAX_GROUPS = 40


def group_texts(keys, texts):
    """Divide texts by their keys, the most frequent first.

    Parameters
    ----------
    keys : iterable
    texts : list

    Returns
    -------
    groups : list of (float, list)
        Share of all texts, and the texts. Those with rare keys are left out; in tables
        of fewer than a hundred rows, fewer texts are enough.
    """
    groups = {}
    for key, text in zip(keys, texts, strict=True):
        groups.setdefault(key, []).append(text)
    least = max(1, min(FEWEST, len(texts) // 20))
    large = sorted(groups.values(), key=len, reverse=True)[:MAX_GROUPS]
    return [(len(g) / len(texts), g) for g in large if len(g) >= least]


def shares_of(counts):
    """Shares of counted keys, which become texts as in JSON, in their order."""
    total = sum(counts.values())
    return {str(key): round(n / total, 4) for key, n in sorted(counts.items())}


def draw_keys(shares, n, rng):
    """Array of `n` keys of a dict of shares."""
    p = np.array(list(shares.values()))
    return np.array(list(shares))[rng.choice(len(p), size=n, p=p / p.sum())]
