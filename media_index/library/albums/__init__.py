"""Albums: media and notes in an order of somebody's own, or whatever a search finds."""
