"""What holds for all style sheets: no side of the screen is named, tokens exist and have contrast, nothing is dead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
PHYSICAL = re.compile(
    r"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b"
    r"|(?:^|[\s{;])(?:left|right)\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
FOUR_SIDES = re.compile(r"(?:^|[\s{;])(margin|padding|inset|border-radius|scroll-padding)\s*:\s*([^;{}]+)")
ON_A_PICTURE = {("viewer.css", "left:")}
"""What lies on a picture is placed by its own left, which no language changes."""
FOREIGN = ("leaflet-", "pswp", "sortable-")
"""Classes that scripts of others give."""
PUT_TOGETHER = re.compile(r"([a-zA-Z][\w-]*-)\{\{")
"""How the names of classes begin that templates put together, of a value, a state or a level."""
SHAPES = re.compile(r"^r-\d+$")
"""What media_index.views.ratios writes."""


def bare(sheet: Path) -> str:
    return COMMENT.sub("", sheet.read_text())


def sides(value: str) -> list[str]:
    """The values of a shorthand; blanks within brackets do not part them."""
    parts, depth = [""], 0
    for sign in value.strip():
        depth += (sign == "(") - (sign == ")")
        if sign.isspace() and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [part for part in parts if part]


def physical(sheet: str) -> list[str]:
    """Where a sheet names the left or the right, so that a language read from right to left comes out wrong."""
    found = [match[0].strip() for match in PHYSICAL.finditer(sheet)]
    for name, value in FOUR_SIDES.findall(sheet):
        parts = sides(value)
        if name == "border-radius":
            uneven = (len(parts) == 4 and (parts[0] != parts[1] or parts[2] != parts[3])) or len(parts) in {2, 3}
        else:
            uneven = len(parts) == 4 and parts[1] != parts[3]
        if uneven:
            found.append(f"{name}: {value.strip()}")
    return found


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_sheet_names_the_left_or_the_right(sheet: Path) -> None:
    assert [one for one in physical(bare(sheet)) if (sheet.name, one) not in ON_A_PICTURE] == []


@pytest.mark.parametrize(
    "rule",
    [
        "a { margin-left: 1px; }",
        "a { left: 0; }",
        "a { text-align: right; }",
        "a { padding: 1px 2px 3px 4px; }",
        "a { inset: auto 0 0 auto; }",
        "a { padding: 0 max(1px, env(x)) 0 max(2px, env(y)); }",
        "a { border-radius: 0 1rem 0 0; }",
    ],
)
def test_what_names_a_side_is_found(rule: str) -> None:
    assert physical(rule)


@pytest.mark.parametrize(
    "rule", ["a { margin: 1px 2px; }", "a { inset: auto 0 0; }", "a { border-radius: 1rem 1rem 0 0; }", "a { top: 0; }"]
)
def test_what_is_the_same_from_both_sides_is_not(rule: str) -> None:
    assert physical(rule) == []


def test_each_token_that_is_used_is_there() -> None:
    sheets = {sheet.name: bare(sheet) for sheet in SHEETS}
    known = {name for text in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", text)}
    scripts = "".join(path.read_text() for path in (ROOT / "static" / "js").rglob("*.js"))
    known |= set(re.findall(r"--[\w-]+", scripts))
    used = {(name, token) for name, text in sheets.items() for token in re.findall(r"var\((--[\w-]+)", text)}
    assert {pair for pair in used if pair[1] not in known} == set()


def classes(sheet: str) -> set[str]:
    selectors = re.sub(r"\{[^{}]*\}", "{}", sheet)
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))


def sources() -> Iterator[str]:
    for pattern in ("templates/**/*.html", "static/js/**/*.js", "*/**/*.py"):
        for path in ROOT.glob(pattern):
            if path.parts[len(ROOT.parts)] not in {"tests", "data", ".venv", "node_modules"}:
                yield path.read_text()


def test_no_class_is_dead() -> None:
    """Each class of the sheets stands in a template, a script or a view."""
    text = "\n".join(sources())
    used, begun = set(re.findall(r"[a-zA-Z][\w-]*", text)), tuple(PUT_TOGETHER.findall(text))
    dead = {
        f"{sheet.name}: .{name}"
        for sheet in SHEETS
        if sheet.name != "admin.css"  # dresses Django's own pages
        for name in classes(bare(sheet))
        if name not in used and not SHAPES.match(name) and not name.startswith((*FOREIGN, *begun))
    }
    assert dead == set()


def colours(*, dark: bool) -> dict[str, tuple[float, float, float]]:
    """The colours of the tokens in light, or what dark makes of them: red, green and blue, 0 to 1."""
    found: dict[str, str] = {}
    for name in ("tokens.css", "tokens-dark.css") if dark else ("tokens.css",):
        sheet = (ROOT / "static" / "css" / name).read_text()
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", sheet))
    return {
        name: (int(value[1:3], 16) / 255, int(value[3:5], 16) / 255, int(value[5:7], 16) / 255)
        for name, value in found.items()
    }


def luminance(colour: tuple[float, float, float]) -> float:
    """WCAG 2.2, relative luminance."""
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT = 4.5
"""WCAG 2.2, 1.4.3."""
EDGE = 3.0
"""WCAG 2.2, 1.4.11: what shows where a control is."""
GROUNDS = ("paper", "surface", "sunken", "accent-soft", "good-soft", "warn-soft", "bad-soft", "info-soft")
PAIRS = [
    *(("ink", ground, TEXT) for ground in GROUNDS),
    *(("ink-soft", ground, TEXT) for ground in ("paper", "surface", "sunken")),
    *(("accent", ground, TEXT) for ground in ("paper", "surface", "accent-soft")),
    *(("accent-strong", ground, TEXT) for ground in ("paper", "surface")),
    *(("accent-ink", ground, TEXT) for ground in ("accent", "accent-strong")),
    *((name, f"{name}-soft", TEXT) for name in ("good", "warn", "bad", "info")),
    *((name, ground, TEXT) for name in ("good", "warn", "bad", "info") for ground in ("paper", "surface")),
    ("paper", "bad", TEXT),
    ("stage-ink", "stage", TEXT),
    *(("line-strong", ground, EDGE) for ground in ("paper", "surface", "sunken")),
    *(("focus", ground, EDGE) for ground in ("paper", "surface", "sunken")),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tokens_have_contrast(scheme: str) -> None:
    found = colours(dark=scheme == "dark")
    weak = {
        f"{ink} on {ground}": round(contrast(found[ink], found[ground]), 2)
        for ink, ground, least in PAIRS
        if contrast(found[ink], found[ground]) < least
    }
    assert weak == {}


def test_contrast_is_as_the_standard_counts_it() -> None:
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast((0.4667,) * 3, (1, 1, 1)) == pytest.approx(4.48, abs=0.01)
