"""Where in the world a point lies, and where a place of that name is. Pure, offline."""
