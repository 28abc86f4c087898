"""Forms of texts: how they are spelled, without any of them.

A form has a ``mask`` to show, draws texts (``draw``), and is stored as numbers, texts,
lists and dicts.
"""

from dataclasses import dataclass, fields

import numpy as np

from skgen._table.identifiers.fresh.codes import Code
from skgen._table.identifiers.fresh.words import FreeText, Words, hold_words

#: forms that fit a smaller share of the texts are too special
COVERED = 0.5
#: forms that a mask shows
SHOWN = 3


@dataclass(frozen=True)
class FormMixture:
    """Forms with their shares.

    Parameters
    ----------
    shares : list of float
    forms : list
    """

    shares: list
    forms: list

    @classmethod
    def fit(cls, texts):
        """Fit forms of codes, of words, or of free text, whatever fits most texts."""
        kinds = (Words,) if hold_words(texts) else (Code, Words)
        for kind in kinds:
            found = kind.fit_all(texts)
            if sum(share for share, _ in found) >= COVERED:
                return cls(*map(list, zip(*found, strict=True)))
        return cls([1.0], [FreeText.fit(texts)])

    @property
    def mask(self):
        masks = list(dict.fromkeys(form.mask for form in self.forms))
        return " or ".join(masks[:SHOWN]) + (", ..." if len(masks) > SHOWN else "")

    def draw(self, n, extra, rng):
        """List of `n` texts, longer by `extra` than they should be."""
        shares = np.array(self.shares) / sum(self.shares)
        chosen = rng.choice(len(shares), size=n, p=shares)
        texts = np.empty(n, dtype=object)
        for number, form in enumerate(self.forms):
            at = np.flatnonzero(chosen == number)
            texts[at] = form.draw(len(at), extra, rng)
        return texts.tolist()


@dataclass(frozen=True)
class Enclosed:
    """A form between other texts, such as the name before "@example.com".

    Parameters
    ----------
    before, after : list of str
        What stands there, equally often.
    inner : form
    """

    before: list
    inner: object
    after: list

    @property
    def mask(self):
        return f"{self.before[0]}{self.inner.mask}{self.after[0]}"

    def draw(self, n, extra, rng):
        """List of `n` texts, longer by `extra` than they should be."""
        before, after = (
            np.array(some, dtype=object)[rng.integers(len(some), size=n)]
            for some in (self.before, self.after)
        )
        inner = np.array(self.inner.draw(n, extra, rng), dtype=object)
        return (before + inner + after).tolist()


@dataclass(frozen=True)
class Octets:
    """Three numbers below 256 with dots between them, part of a network address."""

    mask = "##.##.##"

    def draw(self, n, extra, rng):
        """List of `n` texts."""
        columns = rng.integers(256, size=(3, n)).astype(str).tolist()
        return list(map(".".join, zip(*columns, strict=True)))


_ALL = (Code, Words, FreeText, FormMixture, Enclosed, Octets)
FORMS = {form.__name__: form for form in _ALL}


def form_to_plain(form):
    """A form, or a list of them, as numbers, texts, lists and dicts."""
    if isinstance(form, list):
        return [form_to_plain(part) for part in form]
    if type(form) not in FORMS.values():
        return form
    known = {f.name: form_to_plain(getattr(form, f.name)) for f in fields(form)}
    return {"form": type(form).__name__} | known


def form_from_plain(known):
    """Undo `form_to_plain`."""
    if isinstance(known, list):
        return [form_from_plain(part) for part in known]
    if not isinstance(known, dict) or "form" not in known:
        return known
    parts = {
        name: form_from_plain(part) for name, part in known.items() if name != "form"
    }
    return FORMS[known["form"]](**parts)
