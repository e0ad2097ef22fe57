"""Who looks at the pictures (members); who is in them comes with the faces."""

from people.models.member import Member

__all__ = ["Member"]
