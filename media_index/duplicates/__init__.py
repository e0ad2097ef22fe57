"""Which files are one picture to people: copies of it, raw and developed, bursts; and how they lie on each other."""
