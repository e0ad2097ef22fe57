"""Finds text in a template that a person sees and that is not marked for translation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

VISIBLE = {"aria-label", "aria-description", "aria-valuetext", "alt", "title", "placeholder", "label"}
"""Attributes whose text is seen or read out."""
SILENT = {"script", "style", "code", "kbd", "samp"}
"""Elements whose text is for machines, or typed as it stands in every language."""
UNTRANSLATED = {
    "scanpix",
    "scanpix_",
    "_…",
    "GeoNames",
    "CC BY 4.0",
    "EXIF",
    "GPS",
    "ISO",
    "RAW",
    "JPEG",
    "PNG",
    "WebP",
    "km",
    "MB",
}
"""Names and signs that are the same in every language."""
MARKED = re.compile(
    r"{%\s*block\s+body_class\b.*?{%\s*endblock\s*%}"
    r"|{%\s*comment\b.*?{%\s*endcomment\s*%}|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%.*?%}|{{.*?}}|{#.*?#}",
    re.DOTALL,
)
ATTRIBUTES_ONLY = re.compile(r"\s*[a-z-]+=\"")
LETTER = re.compile(r"[^\W\d_]{2,}")
FILTER_KEY = re.compile(r"[a-z]+:")
WORDS_IN_TAGS = re.compile(
    r"""\|\s*(?:pluralize|yesno|default|default_if_none|add):["'](?!true,false)[^"']*[^\W\d_]{2,}"""
    r"""|\|\s*pluralize\b"""
    r"""|\b(?!classes)\w+=["'][^"']*[^\W\d_]\s+[^\W\d_][^"']*["']"""
)
"""Words that a filter or an argument brings: they need ``_("…")``, or a plural form of a whole sentence."""
OWN_DATES = re.compile(r"""\|\s*date:["'](?!c["']|Y-m-d|Y["']|[A-Z_]{4,}["'])[^"']*["']""")
"""Dates that are laid out by hand are laid out for one language."""
ESCAPED = re.compile(r"""{%\s*trans(?:late)?\s+["'][^%]*\\["']""")
"""An escaped quotation mark: Django's finder of texts ends there, and the text would never be translated."""


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A text, with where it begins and ends in the template."""

    text: str
    begin: int
    end: int

    def line(self, template: str) -> int:
        return template.count("\n", 0, self.begin) + 1


class _Texts(HTMLParser):
    def __init__(self, template: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Unmarked] = []
        self.inside: list[str] = []
        self.lines = [0]
        for line in template.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.feed(template)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.inside.append(tag)
        self.handle_startendtag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        whole = self.get_starttag_text() or ""
        for name, value in attrs:
            if name in VISIBLE and value and LETTER.search(value):
                begin = self._here() + whole.index(value, whole.index(name))
                self._add(value, begin)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.inside and LETTER.search(data):
            self._add(data, self._here())

    def _here(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def _add(self, text: str, begin: int) -> None:
        """A run of words between two tags of the template is one by itself."""
        for run in re.finditer(r"[^\x00]+", text):
            bare = run.group().strip()
            if LETTER.search(bare) and bare.strip(" ·") not in UNTRANSLATED and not FILTER_KEY.fullmatch(bare):
                start = begin + run.start() + run.group().index(bare)
                self.found.append(Unmarked(bare, start, start + len(bare)))


def unmarked(template: str) -> list[Unmarked]:
    """What a person would see in English whatever the language. A template may be attributes alone, for a tag that
    includes it."""
    if ATTRIBUTES_ONLY.match(MARKED.sub("", template)):
        return [Unmarked(one.text, one.begin - 3, one.end - 3) for one in unmarked(f"<i {template}>")]
    blanked = MARKED.sub(lambda tag: re.sub(r"[^\n]", "\x00", tag.group()), template)
    # Between the tags of HTML nothing stands for a tag of the template but a space.
    blanked = re.sub(r"<[^<>]*>", lambda tag: _readable(tag.group()), blanked)
    return _Texts(blanked).found


def _readable(tag: str) -> str:
    """The HTML tag with spaces for what the template writes among its attributes."""
    parts = re.split(r'("[^"]*"|\'[^\']*\')', tag)
    return "".join(part if part[:1] in {'"', "'"} else part.replace("\x00", " ") for part in parts)


def badly_worded(template: str) -> list[str]:
    """Filters that write English words, or dates for one language."""
    bare = re.sub(r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}", "", template, flags=re.DOTALL)
    return [
        found.group()
        for tag in re.findall(r"{%.*?%}|{{.*?}}", bare, re.DOTALL)
        if not re.match(r"{%\s*(?:trans|translate|blocktrans|blocktranslate|url|static|if|elif|load|extends)\b", tag)
        for found in (*WORDS_IN_TAGS.finditer(tag), *OWN_DATES.finditer(tag))
    ] + [found.group() for found in ESCAPED.finditer(bare)]
