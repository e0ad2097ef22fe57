"""How the names of regions were gathered that the list of the world's places takes in: ``research.places.regions``."""
