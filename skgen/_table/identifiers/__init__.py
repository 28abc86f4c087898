"""Columns that identify rows, recognised and drawn afresh."""
