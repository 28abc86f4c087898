"""Texts that hold numbers or dates in a written form."""
