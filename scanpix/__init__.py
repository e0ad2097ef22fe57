"""The Django project: settings, addresses, the supervisor, and operations."""

__version__ = "0.1.0"
