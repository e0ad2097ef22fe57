"""The names that free text may mean."""
