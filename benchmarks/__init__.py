"""Benchmarks of skgen: one file per question, ``python -m benchmarks NAME``.

They read public tables from the folder named by the environment variable
``SKGEN_DATA`` and write small JSON records to ``benchmarks/results``.
"""
