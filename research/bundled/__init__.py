"""How the head of the bundled encoder is made: features, captions, training, evaluation. See ``docs/encoders.md``."""
