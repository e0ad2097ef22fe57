"""Vectors near to a text or a picture."""
