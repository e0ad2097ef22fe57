"""What somebody typed, as a tree."""
