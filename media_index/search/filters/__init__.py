"""The filters: ``key:value`` as a condition on media."""
