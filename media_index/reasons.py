"""Why a file yielded no facts: a code for machines, a sentence and a next step for people."""

from __future__ import annotations

from dataclasses import dataclass

from media_index.telling import gettext
from media_index.telling import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    what: str
    then: str
    passing: bool = False
    """Whether the same file may well succeed when it is tried again."""

    @property
    def title(self) -> str:
        """What is wrong, in the language of who asks."""
        return gettext(self.what)

    @property
    def advice(self) -> str:
        """What to do about it."""
        return gettext(self.then)


_ALL = (
    Reason("empty", _("The file is empty"), _("Copy it again from where it came from, or delete it.")),
    Reason("truncated", _("The file ends too early"), _("It was copied or downloaded only in part: copy it again.")),
    Reason("corrupt", _("The file is damaged"), _("Try another program; if that fails too, restore it from a backup.")),
    Reason(
        "not_image", _("The file is not the picture its name promises"), _("Rename it to what it is, or delete it.")
    ),
    Reason("unsupported", _("scanpix cannot open this kind of file yet"), _("Convert it to JPEG, PNG or HEIC.")),
    Reason("too_large", _("The picture has too many pixels"), _("Raise SCANPIX_MAX_PIXELS, or make a smaller copy.")),
    Reason(
        "bomb", _("The file unfolds to far more than it should hold"), _("Delete it, unless you know where it is from.")
    ),
    Reason(
        "too_slow", _("Opening the file took too long"), _("Raise SCANPIX_DECODE_SECONDS, or convert the file."), True
    ),
    Reason("out_of_memory", _("Opening the file took too much memory"), _("Raise SCANPIX_DECODE_MEMORY_MB."), True),
    Reason("crashed", _("Opening the file crashed the decoder"), _("Convert it with another program."), True),
    Reason(
        "unreadable", _("The file cannot be read"), _("Let the user that runs scanpix read it (permissions)."), True
    ),
    Reason("disk_error", _("The disk fails to read the file"), _("Check disk and cable; copy it from a backup."), True),
    Reason("offline", _("The disk with this file is not connected"), _("Connect it: scanpix goes on by itself."), True),
    Reason("vanished", _("The file is gone"), _("Nothing to do: the next scan will notice."), True),
    Reason("no_preview", _("There is no preview to look at"), _("Mend why there is none, then try again."), True),
    Reason(
        "model_failed", _("The model failed on this picture"), _("Try again; if it stays, look into the log."), True
    ),
    Reason(
        "worker_died", _("The worker died or hung over the file"), _("Keep it out of the folder, or try again."), True
    ),
    Reason(
        "not_stored",
        _("The database did not take what was found"),
        _("Try again; if it stays, look into the log."),
        True,
    ),
    Reason("unknown", _("Something unexpected happened"), _("Try again; if it stays, look into the log."), True),
)

REASONS = {reason.code: reason for reason in _ALL}


def explain(code: str) -> Reason:
    """The reason for ``code``; a code that no installed version knows explains itself as unknown."""
    return REASONS.get(code, REASONS["unknown"])
