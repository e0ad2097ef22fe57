"""Photos on a map: where they lie, and how many lie together at a scale."""
