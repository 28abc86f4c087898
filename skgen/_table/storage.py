"""What a codec keeps of pandas, as plain Python objects and back.

A stored codec then needs neither the pandas that stored it nor, to be loaded by tools
that trust no foreign types, anything but numbers, texts, lists and dicts.
"""

from importlib import import_module


def to_plain(value):
    """A column index, dtype or missing cell of pandas as a dict; others as they are."""
    if type(value).__module__.split(".")[0] != "pandas":
        return value
    pd = import_module("pandas")
    if value is pd.NA or value is pd.NaT:
        return {"pandas": "missing", "is": "NA" if value is pd.NA else "NaT"}
    if isinstance(value, pd.RangeIndex):
        ends = [value.start, value.stop, value.step]
        return {"pandas": "range", "ends": ends, "name": value.name}
    if type(value) is pd.Index:
        return {
            "pandas": "index",
            "values": value.tolist(),
            "dtype": to_plain(value.dtype),
            "name": value.name,
        }
    if isinstance(value, pd.CategoricalDtype):
        return {
            "pandas": "category",
            "categories": to_plain(value.categories),
            "ordered": bool(value.ordered),
        }
    if isinstance(value, pd.api.extensions.ExtensionDtype):
        return _named_dtype(pd, value)
    return value


def _named_dtype(pd, dtype):
    """The name of a dtype, where it says all."""
    try:
        told = pd.api.types.pandas_dtype(str(dtype)) == dtype
    except (TypeError, NotImplementedError):
        told = False
    return {"pandas": "dtype", "name": str(dtype)} if told else dtype


def from_plain(value):
    """What `to_plain` was given."""
    if not isinstance(value, dict) or "pandas" not in value:
        return value
    pd = import_module("pandas")
    kind = value["pandas"]
    if kind == "missing":
        return getattr(pd, value["is"])
    if kind == "range":
        return pd.RangeIndex(*value["ends"], name=value["name"])
    if kind == "index":
        dtype = from_plain(value["dtype"])
        return pd.Index(value["values"], dtype=dtype, name=value["name"])
    if kind == "category":
        categories = from_plain(value["categories"])
        return pd.CategoricalDtype(categories, ordered=value["ordered"])
    return pd.api.types.pandas_dtype(value["name"])
