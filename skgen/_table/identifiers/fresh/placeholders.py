"""Made-up words and masks: what stands in new rows for names and codes."""

import numpy as np

# No name and hardly a word is spelled with these, and yet they can be read aloud.
VOWELS, CONSONANTS, FIRST = "aeiou", "qxzwj", "qx"
#: for letters of scripts without upper and lower case
SIGNS = "○△□◇☆"
DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
HEX, UPPER_HEX = DIGITS + LOWER[:6], DIGITS + UPPER[:6]
#: alphabets of the characters of codes, with the sign that stands for each in a mask
ALPHABETS = {
    DIGITS: "#",
    LOWER: "a",
    UPPER: "A",
    HEX: "h",
    UPPER_HEX: "H",
    DIGITS + LOWER: "x",
    DIGITS + UPPER: "X",
    LOWER + UPPER: "l",
    DIGITS + LOWER + UPPER: "c",
}
#: how words are spelled, with the first and the next sign of a mask
CASES = {
    "lower": "aa",
    "title": "Aa",
    "upper": "AA",
    "signs": "○○",
    "digits": "##",
}


def alphabet_of(characters):
    """The smallest of `ALPHABETS` that holds all characters; themselves if none does.

    Parameters
    ----------
    characters : set of str
    """
    for alphabet in ALPHABETS:
        if characters <= set(alphabet):
            return alphabet
    return "".join(sorted(characters))


def draw_characters(alphabet, shape, rng, shares=None):
    """Array of single characters, drawn with replacement."""
    letters = np.array(list(alphabet))
    if shares is None:
        return letters[rng.integers(len(letters), size=shape)]
    shares = np.asarray(shares) / np.sum(shares)
    return letters[rng.choice(len(letters), size=shape, p=shares)]


def join_characters(matrix):
    """Texts of the rows of a matrix of characters, as a list."""
    n, width = matrix.shape
    if width == 0:
        return [""] * n
    joined = np.ascontiguousarray(matrix, dtype="U1").view(f"U{width}")
    return joined.ravel().tolist()


def draw_words(lengths, case, rng, *, zero_first=False):
    """Words of given lengths that are evidently made up, or numbers.

    Parameters
    ----------
    lengths : ndarray of int of shape (n,)
    case : str
        One of `CASES`.
    rng : numpy.random.Generator
    zero_first : bool, default=False
        Whether a number of several digits may begin with 0.

    Returns
    -------
    words : list of str

    Examples
    --------
    >>> import numpy as np
    >>> from skgen._table.identifiers.fresh.placeholders import draw_words
    >>> draw_words(np.array([6, 4]), "title", np.random.default_rng(0))
    ['Xojujo', 'Qeza']
    """
    words = np.empty(len(lengths), dtype=object)
    for length in np.unique(lengths).tolist():
        of_length = np.flatnonzero(lengths == length)
        shape = (len(of_length), length)
        words[of_length] = join_characters(_letters(case, shape, rng, zero_first))
    return words.tolist()


def _letters(case, shape, rng, zero_first):
    if case == "signs":
        return draw_characters(SIGNS, shape, rng)
    if case == "digits":
        letters = draw_characters(DIGITS, shape, rng)
        if shape[1] > 1 and not zero_first:
            letters[:, 0] = draw_characters(DIGITS[1:], shape[0], rng)
        return letters
    letters = draw_characters(CONSONANTS, shape, rng)
    letters[:, 1::2] = draw_characters(VOWELS, letters[:, 1::2].shape, rng)
    letters[:, :1] = draw_characters(FIRST, letters[:, :1].shape, rng)
    upper = {"lower": 0, "title": 1, "upper": shape[1]}[case]
    letters[:, :upper] = np.char.upper(letters[:, :upper])
    return letters
