"""How well faces are found, grouped and named. Figures: ``docs/people.md``."""
