"""Dates, times and durations in a written form, such as "31/01/2018"."""
