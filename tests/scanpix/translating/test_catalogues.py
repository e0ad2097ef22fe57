"""The catalogues are whole, and so is what is marked: nobody reads half a page in another language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError
from django.conf import settings

from scanpix.translating.catalogues import catalogues, compile_all, is_translated, read, renew, written
from scanpix.translating.finding import marked
from tests.unmarked import badly_worded, unmarked

PROJECT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%[sd]")
TAG = re.compile(r"</?[a-z][^>]*>")
HEAD = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'

PAGE = """{% load i18n %}
  <h1>{% translate "Photos" %}</h1>
{% blocktranslate trimmed count number=photos %}
    {{ number }} photo
  {% plural %}
    {{ number }} photos
{% endblocktranslate %}
"""
CODE = """from django.utils.translation import pgettext
# Translators: on a compass
said = pgettext("north", "N")
unmarked = "Not marked"
"""


@pytest.fixture(params=list(catalogues(PROJECT)), ids=lambda path: path.parents[1].name)
def path(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


def texts(message: Message) -> list[tuple[str, str]]:
    """Each text with its translation, singular and plural; all forms of a plural stand against the plural."""
    if isinstance(message.id, str):
        assert isinstance(message.string, str)
        return [(message.id, message.string)]
    assert not isinstance(message.string, str)
    singular, plural = message.id
    return [(singular, message.string[0]), *((plural, form) for form in message.string[1:])]


def test_every_language_of_the_portal_but_english_has_a_catalogue() -> None:
    assert {path.parents[1].name for path in catalogues(PROJECT)} == {key for key, _ in settings.LANGUAGES} - {"en"}


def test_the_catalogue_holds_what_is_marked_and_nothing_else(path: Path) -> None:
    """`make messages` puts it right."""
    there = {(message.context, message.id) for message in read(path) if message.id}
    wanted = {(message.context, message.id) for message in marked(PROJECT) if message.id}
    assert sorted(map(str, wanted - there)) == []
    assert sorted(map(str, there - wanted)) == []


def test_every_text_is_translated_and_none_is_a_guess(path: Path) -> None:
    catalogue = read(path)
    assert [message.id for message in catalogue if message.id and not is_translated(message.string)] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_placeholders_and_markup_are_the_same(path: Path) -> None:
    for message in read(path):
        for text, said in texts(message) if message.id else ():
            assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(text)), text
            assert sorted(TAG.findall(said)) == sorted(TAG.findall(text)), text
            assert "%%" not in text or "%%" in said, text


def test_the_catalogue_is_laid_out_as_renewing_does(path: Path) -> None:
    """Whatever editor it was filled in with."""
    assert written(read(path)) == path.read_bytes()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT / "templates")))
def test_templates_show_no_text_that_is_not_marked(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert [f"line {one.line(text)}: {one.text}" for one in unmarked(text)] == []
    assert badly_worded(text) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Plain</p>", ["Plain"]),
        ('<a title="Go on" href="/">{{ name }}</a>', ["Go on"]),
        ("<p>{{ count }} photos</p>", ["photos"]),
        ("{% if a %}one{% else %}two{% endif %}", ["one", "two"]),
        ('<p class="two words">{# a note #}{% translate "Marked" %}</p>', []),
        ("{% blocktranslate %}All <b>of</b> it{% endblocktranslate %}", []),
        ("<script>let words</script><code>manage.py scan</code> · scanpix", []),
        ('<p{% if a %} aria-label="{{ b }} left"{% endif %}>1</p>', ["left"]),
    ],
)
def test_the_checker_sees_what_a_person_would(template: str, found: list[str]) -> None:
    assert [one.text for one in unmarked(template)] == found
    assert all(template[one.begin : one.end] == one.text for one in unmarked(template))


@pytest.mark.parametrize(
    "template",
    [
        "{{ n|pluralize }}",
        '{{ name|default:"Nobody" }}',
        '{{ day|date:"j F Y" }}',
        '{% include "a.html" with title="Two words" %}',
        '{% translate "The \\"best\\" ones" %}',
    ],
)
def test_the_checker_sees_words_in_filters(template: str) -> None:
    assert badly_worded(template)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small one with a page, a module and an empty catalogue."""
    for room, name, text in (("templates", "page.html", PAGE), ("people", "code.py", CODE)):
        (tmp_path / room).mkdir()
        (tmp_path / room / name).write_text(text, encoding="utf-8")
    catalogue = tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(f'{HEAD}msgid "Photos"\nmsgstr "Fotos"\n\nmsgid "Gone"\nmsgstr "Weg"\n', encoding="utf-8")
    return tmp_path


def test_texts_are_found_in_templates_and_code(project: Path) -> None:
    found = {(message.context, message.id) for message in marked(project) if message.id}
    assert found == {(None, "Photos"), (None, ("%(number)s photo", "%(number)s photos")), ("north", "N")}
    north = marked(project).get("N", context="north")
    assert north is not None and north.auto_comments == ["Translators: on a compass"]


def test_renewing_keeps_translations_takes_in_new_texts_and_drops_old_ones(project: Path) -> None:
    (path,) = catalogues(project)
    assert renew(path, project) == 2
    catalogue = read(path)
    assert catalogue["Photos"].string == "Fotos"  # type: ignore[union-attr]
    assert "Gone" not in catalogue
    first = path.read_bytes()
    assert renew(path, project) == 2
    assert path.read_bytes() == first
    assert b"code.py\n" in first and b"POT-Creation-Date" not in first


def test_what_is_compiled_is_read_by_gettext(project: Path) -> None:
    from gettext import GNUTranslations

    (path,) = catalogues(project)
    compile_all(project)
    with path.with_suffix(".mo").open("rb") as file:
        assert GNUTranslations(file).gettext("Photos") == "Fotos"
    assert sorted(one.name for one in path.parent.iterdir()) == ["django.mo", "django.po"]


def test_a_broken_catalogue_is_refused(project: Path) -> None:
    (path,) = catalogues(project)
    path.write_text('msgid "Photos"\nnonsense\n', encoding="utf-8")
    with pytest.raises(PoFileError, match="misformatted"):
        compile_all(project)
