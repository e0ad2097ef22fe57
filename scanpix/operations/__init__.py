"""What keeps an installation alive: backups, restores, upgrades of the database, and what is wrong with it.

Knows the database as tables and files, not as models: imports no app.
"""
