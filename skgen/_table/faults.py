"""What is wrong with several columns of a table, raised as one error."""

ERRORS = (TypeError, ValueError)


class Faults:
    """Errors about single columns, collected to be raised together.

    Examples
    --------
    >>> faults = Faults()
    >>> for name in "a", "b":
    ...     with faults:
    ...         raise ValueError(f"Column {name!r} is empty.")
    >>> faults.raise_all()
    Traceback (most recent call last):
    ValueError: 2 columns cannot be taken as they are:
    - Column 'a' is empty.
    - Column 'b' is empty.
    """

    def __init__(self):
        self.errors = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        caught = isinstance(error, ERRORS)
        if caught:
            self.errors.append(error)
        return caught

    def raise_all(self):
        """Raise the error of a single column, or one that lists those of several."""
        if not self.errors:
            return
        if len(self.errors) == 1:
            raise self.errors[0]
        typed = {type(error) for error in self.errors}
        kind = TypeError if typed == {TypeError} else ValueError
        head = f"{len(self.errors)} columns cannot be taken as they are:"
        raise kind("\n- ".join([head, *map(str, self.errors)])) from self.errors[0]


def faults_in(message):
    """The heading and the single faults of a message of `Faults`.

    Examples
    --------
    >>> faults_in("2 columns cannot be taken as they are:\\n- One.\\n- Two.")
    ('2 columns cannot be taken as they are', ['One.', 'Two.'])
    >>> faults_in("One.")
    ('One.', [])
    """
    head, *faults = str(message).split("\n- ")
    return (head.removesuffix(":"), faults) if faults else (str(message), [])
