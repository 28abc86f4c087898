"""Measures of synthetic tables: fidelity, utility and privacy.

Each compares tables of any container, with mixed columns and missing cells.
"""

__all__: list = []
