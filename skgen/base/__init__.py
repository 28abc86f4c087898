"""The template that every generator follows."""

from skgen.base._generator import BaseGenerator

__all__ = ["BaseGenerator"]
