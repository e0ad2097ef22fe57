"""Who looks at the pictures (members); who is in them comes with the faces."""

from people.models.member import Member
from people.models.wrong_sign_in import WrongSignIn

__all__ = ["Member", "WrongSignIn"]
