"""Why a file yielded no facts: a code for machines, a sentence and a next step for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    title: str
    advice: str
    passing: bool = False
    """Whether the same file may well succeed when it is tried again."""


_ALL = (
    Reason("empty", "The file is empty", "Copy it again from where it came from, or delete it."),
    Reason("truncated", "The file ends too early", "It was copied or downloaded only in part: copy it again."),
    Reason("corrupt", "The file is damaged", "Try another program; if that fails too, restore it from a backup."),
    Reason("not_image", "The file is not the picture its name promises", "Rename it to what it is, or delete it."),
    Reason("unsupported", "scanpix cannot open this kind of file yet", "Convert it to JPEG, PNG or HEIC."),
    Reason("too_large", "The picture has too many pixels", "Raise SCANPIX_MAX_PIXELS, or make a smaller copy."),
    Reason("bomb", "The file unfolds to far more than it should hold", "Delete it, unless you know where it is from."),
    Reason("too_slow", "Opening the file took too long", "Raise SCANPIX_DECODE_SECONDS, or convert the file.", True),
    Reason("out_of_memory", "Opening the file took too much memory", "Raise SCANPIX_DECODE_MEMORY_MB.", True),
    Reason("crashed", "Opening the file crashed the decoder", "Convert it with another program.", True),
    Reason("unreadable", "The file cannot be read", "Let the user that runs scanpix read it (permissions).", True),
    Reason("disk_error", "The disk fails to read the file", "Check disk and cable; copy it from a backup.", True),
    Reason("offline", "The disk with this file is not connected", "Connect it: scanpix goes on by itself.", True),
    Reason("vanished", "The file is gone", "Nothing to do: the next scan will notice.", True),
    Reason("no_preview", "There is no preview to look at", "Mend why there is none, then try again.", True),
    Reason("model_failed", "The model failed on this picture", "Try again; if it stays, look into the log.", True),
    Reason("worker_died", "The worker died or hung over the file", "Keep it out of the folder, or try again.", True),
    Reason(
        "not_stored", "The database did not take what was found", "Try again; if it stays, look into the log.", True
    ),
    Reason("unknown", "Something unexpected happened", "Try again; if it stays, look into the log.", True),
)

REASONS = {reason.code: reason for reason in _ALL}


def explain(code: str) -> Reason:
    """The reason for ``code``; a code that no installed version knows explains itself as unknown."""
    return REASONS.get(code, REASONS["unknown"])
