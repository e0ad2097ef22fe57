"""Tags: words that people put to media, in levels (``travel/Portugal/Lisbon``)."""
