"""Containers of tables: what each gives and takes as cells."""
