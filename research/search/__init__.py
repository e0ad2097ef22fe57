"""How well search finds, measured."""
