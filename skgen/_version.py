"""The version of skgen, for those below the package's own module."""

__version__ = "0.1.0"
