"""Columns of tables as numbers and back: what `skgen.table` is made of."""
