"""Formulas: pure functions of arrays with an explicit random generator."""
