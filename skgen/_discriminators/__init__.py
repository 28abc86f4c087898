"""Classifiers that compare two samples of rows."""
