"""What people do with media: marks, edits, and the history by which each is undone."""
