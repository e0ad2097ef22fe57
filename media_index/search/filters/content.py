"""The filters over what a media is, what it shows, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, Value, When
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from media_index import plugins
from media_index.duplicates.copies import has_copy
from media_index.formats import RAW
from media_index.models import Favourite, Label, Media, Palette
from media_index.search.filters import spoken
from media_index.search.filters.base import Filter, Scope, either, says
from media_index.search.filters.camera import captured
from media_index.search.filters.picture import panorama
from media_index.search.query import values
from media_index.search.words.label_names import Labelled
from media_index.search.words.translation import translate

SHORTEST_STEM = 3
"""Letters that must be left of a word when the ending of its plural is taken off."""
NOBODY = 0
"""Asks where a command of this machine does: it has no favourites."""
MOVING = (
    "image/gif",
    "image/png",
    "image/webp",
    "image/avif",
    "image/heic-sequence",
    "image/heif-sequence",
)
"""Formats whose several pictures are shown one after the other. Those of a TIFF are pages, of an MPO two views."""
SCREENSHOT = (
    r"(^|/)(screen[ _-]?(shot|grab)|bildschirmfoto|capture d.écran|captura de (pantalla|ecrã|tela)|schermata|"
    r"schermafbeelding)s?([^[:alpha:]]|$)"
)
"""How phones and computers name a picture of their screen, or the folder of them: Android, Windows, GNOME and macOS in
English, German, French, Spanish, Portuguese, Italian, Dutch."""

SCREENSHOT_HINTS = ("screen", "bildschirmf", "captur", "scherm")
"""One of these is in every such name."""
FRONT_LENS = r"\mfront\M"
"""How phones name the lens above their screen, where they name it: "iPhone 12 front camera 2.71mm f/2.2", "iPhone 15
Pro front TrueDepth camera 2.69mm f/1.9", "Pixel 7 front camera 2.74mm f/2.2"."""
SELFIE = r"(^|[^[:alpha:]])selfies?([^[:alpha:]]|$)"
"""What some phones write into the name of a file, and people into that of a folder."""
MANY = {
    "favorite": _("favourites"),
    "animation": _("animations"),
    "duplicate": _("pictures with copies"),
    "monochrome": _("black-and-white pictures"),
    "panorama": _("panoramas"),
    "raw": _("raw files"),
    "screenshot": _("screenshots"),
    "selfie": _("selfies"),
}
"""What may follow ``is:``, as it is said of several."""
KINDS = {
    "photo": _("photos"),
    "image": _("images"),
    "video": _("videos"),
    "file": _("files"),
    "other": _("others"),
}
"""What may follow ``type:``, in the same way."""
KNOWN = (
    gettext_noop("camera"), gettext_noop("date"), gettext_noop("gps"), gettext_noop("labels"), gettext_noop("lens"),
    gettext_noop("place"),
)  # fmt: skip
"""What the index itself lets follow ``has:``."""


def _type(value: str, scope: Scope) -> Q:
    return Q(kind__in=values.kinds(value))


def _kinds(value: str) -> str:
    return spoken.all_of([str(KINDS[part.strip().lower()]) for part in value.split("|")])


def _label(value: str, scope: Scope) -> Q:
    return Q(labelled(value))


def labelled(value: str, at_least: float = 0.0) -> Labelled:
    """Media of which a label, at least so sure, has these whole words, in the singular or the plural on either side, as
    they are typed or in English."""
    said = values.parts(value, "|") or (value,)
    words = [_forms(word) for word in dict.fromkeys((*said, *(translate(one) for one in said)))]
    forms = "|".join(_escaped(form) for word in words for form in word)
    # Not \m and \M: these want a letter beside them, and a label may end in a bracket.
    return Labelled(rf"(?<!\w)({forms})(s|es)?(?!\w)", at_least)


def _screened(likely: Q, exact: Q) -> Q:
    """Both, the first one first. The planner reckons a regular expression the cheaper of them, while over 200,000 paths
    it takes six times as long; only CASE keeps the order."""
    matches = ExpressionWrapper(exact, output_field=BooleanField())
    return likely & Q(Case(When(likely, then=matches), default=Value(False), output_field=BooleanField()))


def _with_any(field: str, parts: Iterable[str]) -> Q:
    return Q(*(Q(**{f"{field}__icontains": part}) for part in parts), _connector=Q.OR)


def _forms(word: str) -> list[str]:
    stems = (word[: -len(end)] for end in ("s", "es") if word.lower().endswith(end))
    return [word, *(stem for stem in stems if len(stem) >= SHORTEST_STEM)]


def _escaped(value: str) -> str:
    """``value`` for a regular expression of PostgreSQL, every special character taken literally."""
    return "".join(char if char.isalnum() or char.isspace() else f"\\{char}" for char in value)


def _screenshot() -> Q:
    return _screened(_with_any("path", SCREENSHOT_HINTS), Q(path__iregex=SCREENSHOT))


def _selfie(scope: Scope) -> Q:
    named = _screened(Q(path__icontains="selfie"), Q(path__iregex=SELFIE))
    return captured(Q(lens__iregex=FRONT_LENS)) | Q(Exists(scope.locations().filter(named)))


def _is(value: str, scope: Scope) -> Q:
    image = Q(kind=Media.Kind.IMAGE)
    return _named(
        value,
        {
            "favorite": Q(Exists(Favourite.objects.filter(media=OuterRef("pk"), member_id=scope.member_id or NOBODY))),
            "duplicate": has_copy(scope),
            "animation": image & Q(frames__gt=1, mime__in=MOVING),
            "monochrome": Q(Exists(Palette.objects.filter(media=OuterRef("pk"), monochrome=True))),
            "panorama": image & panorama(),
            "raw": Q(mime__in=sorted(RAW)),
            "screenshot": image & Q(Exists(scope.locations().filter(_screenshot()))),
            "selfie": image & _selfie(scope),
        },
    )


def _has(value: str, scope: Scope) -> Q:
    of_plugins = {name: known(scope) for facts in plugins.resolved("facts") for name, known in facts.items()}
    return _named(
        value,
        {
            "camera": captured(~Q(camera_model="")),
            "date": ~Q(taken_from=Media.TakenFrom.FILE),
            "gps": captured(Q(latitude__isnull=False, longitude__isnull=False)),
            "labels": Q(Exists(Label.objects.filter(media=OuterRef("pk")))),
            "lens": captured(~Q(lens="")),
            "place": captured(Q(place__isnull=False)),
            **of_plugins,
        },
    )


def _named(value: str, conditions: Mapping[str, Q]) -> Q:
    def one(part: str) -> Q:
        if part.lower() not in conditions:
            raise ValueError(gettext("wants one of %(list)s") % {"list": ", ".join(sorted(conditions))})
        return conditions[part.lower()]

    return either(value, one)


FILTERS = (
    Filter(
        "type",
        "type:video",
        _("Photos, videos or other files."),
        _type,
        says(_("only %(what)s"), _kinds),
        values=("photo", "video", "file"),
    ),
    Filter(
        "label",
        "label:dog",
        _("A thing the classifier saw."),
        _label,
        says(_("labelled %(what)s"), spoken.alternatives),
    ),
    Filter(
        "is",
        "is:screenshot",
        _("What it is: animation, duplicate, favorite, monochrome, panorama, raw, screenshot, selfie."),
        _is,
        lambda v: spoken.alternatives(v.lower(), lambda part: str(MANY[part])),
        values=tuple(MANY),
    ),
    Filter(
        "has",
        "has:gps",
        _("What is known of it: camera, date, gps, labels, lens, place."),
        _has,
        says(_("with %(what)s"), lambda v: spoken.alternatives(v.lower(), gettext)),
        values=KNOWN,
    ),
)
