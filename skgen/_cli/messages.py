"""What the command line says: errors of the user, and advice that names options."""

import re
import shlex


def _declare_form(found):
    forms = found[3].replace("'", '"').split(" or ")
    said = " or ".join(f'{{"{found[1]}": {{"written": {form}}}}}' for form in forms)
    return f"Column {found[1]!r} {found[2]} Declare it by --schema: {said}."


def _list_as_categorical(found):
    return f"--categorical {shlex.quote(found[1])}"


def _as_option(found):
    return "--" + found[1].replace("_", "-") + " " * len(found[2])


#: What the library advises in Python, and the same in options of the command line.
OPTIONS = (
    (r"\bset identifiers='(\w+)'", r"pass --identifiers \1"),
    (r"\bschema=\{'(.*?)': 'categorical'\}", _list_as_categorical),
    (
        r"^Column '(.*?)' (.*?) Declare the form of the column \((.*?)\), or "
        r"convert it to a datetime dtype\.",
        _declare_form,
    ),
    (r"\bCorrect the schema, or cast the column\b", "Correct --schema"),
    (r"\bCorrect the schema\b", "Correct --schema"),
    (r"\bin (its )?schema\b", "in --schema"),
    (r"\bas its schema\b", "in --schema"),
    (r"^schema (names|must)\b", r"--schema: \1"),
    (r"\bcategorical_features\b", "--categorical"),
    (r"\bCast it to str or to a category dtype\b", "Convert it to text in the file"),
    (r"; to str if it is a code\b", "; list it in --categorical if it is a code"),
    (r"\b([Dd])rop (it|them|the column)\b", r"\1rop \2 by --drop"),
    (r"`?\b(condition_on|min_count|sampling_strategy)\b`?(=?)", _as_option),
    (r"`columns`|^columns(?=:)", "--columns"),
    (r"\bX does not have\b", "the file does not have"),
    (r"\bcolumns of X\b", "columns of the file"),
)


class Misuse(Exception):
    """An error of the user; the message says what to do.

    Parameters
    ----------
    message : str
    details : sequence of str, default=()
        What is wrong with each of several things, shown in a line each.
    """

    def __init__(self, message, details=()):
        super().__init__(message)
        self.details = tuple(details)

    def __str__(self):
        return "\n  ".join(map(one_line, [self.args[0], *self.details]))


def one_line(message):
    """A message without line breaks."""
    return " ".join(str(message).split())


def in_options(message):
    """Advice of the library in one line, with options instead of parameters.

    Examples
    --------
    >>> in_options("Drop the column, or set identifiers='fresh'.")
    'Drop the column by --drop, or pass --identifiers fresh.'
    >>> in_options("Lower min_count, or condition_on='none'.")
    "Lower --min-count, or --condition-on 'none'."
    """
    message = one_line(message)
    for pattern, option in OPTIONS:
        message = re.sub(pattern, option, message)
    return message
