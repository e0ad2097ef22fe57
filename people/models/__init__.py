"""Who looks at the pictures (members), and who is in them (faces, persons)."""

from people.models.access_token import AccessToken
from people.models.face import Cluster, Engine, Face, FaceCount, FaceVector
from people.models.judgement import Decision, Rejection, Suggestion
from people.models.member import Member
from people.models.person import Alias, Person, PersonTag, folded
from people.models.wrong_sign_in import WrongSignIn

__all__ = [
    "AccessToken",
    "Alias",
    "Cluster",
    "Decision",
    "Engine",
    "Face",
    "FaceCount",
    "FaceVector",
    "Member",
    "Person",
    "PersonTag",
    "Rejection",
    "Suggestion",
    "WrongSignIn",
    "folded",
]
