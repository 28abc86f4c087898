"""Objects of pandas that a codec keeps, as plain Python objects and back.

A stored codec can then be loaded with another version of pandas, and by tools that
trust only numbers, texts, lists and dicts.
"""

from importlib import import_module


def to_plain(value):
    """Convert a column index, dtype or missing cell of pandas to a dict."""
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
    """Name of a dtype if pandas can restore the dtype from it; else the dtype."""
    try:
        exact = pd.api.types.pandas_dtype(str(dtype)) == dtype
    except (TypeError, NotImplementedError):
        exact = False
    return {"pandas": "dtype", "name": str(dtype)} if exact else dtype


def from_plain(value):
    """Undo `to_plain`."""
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
