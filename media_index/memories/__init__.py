"""Photos to look back on, and what is kept out of them."""
