"""Colours as people name them. Pure."""
