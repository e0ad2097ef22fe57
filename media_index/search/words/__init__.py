"""Words: full text, translation."""
