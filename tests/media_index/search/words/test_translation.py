"""German words in a description."""

from __future__ import annotations

import re

import pytest

from media_index.encoders import calibrations, imagenet
from media_index.search.query.parser import parse
from media_index.search.words.translation import FILE, forms, translate, translated, words


def asked(query: str) -> str:
    return translated(parse(query, {"label", "year"}))


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("Hund", "dog"),
        ("hund", "dog"),
        ("HUNDE", "dog"),
        ("Katzen", "cat"),
        ("Bäume", "tree"),
        ("Baeume", "tree"),
        ("Häuser", "house"),
        ("Zebra", "Zebra"),
        ("Golden Retriever", "golden retriever"),
        ("Regenschirm", "umbrella"),
        ("Regenschirme", "umbrella"),
        ("Weißer Hai", "great white shark"),
        ("weisser hai", "great white shark"),
        ("E-Gitarre", "electric guitar"),
        ("Hund am Strand", "dog at beach"),
        ("ein Hund auf dem Sofa", "a dog on the Sofa"),
        ("zwei Kinder im Schnee", "two children in snow"),
        ("der rote Regenschirm tropft", "the red umbrella tropft"),
        ("Strand", "beach"),
        ("Kinder am Strand", "children at beach"),
        ("ein Handy auf dem Tisch", "a mobile phone on the table"),
        ("Geburtstagskuchen", "birthday cake"),
        ("Strandurlaub", "beach vacation"),
    ],
)
def test_words_of_the_list(german: str, english: str) -> None:
    assert asked(german) == english


@pytest.mark.parametrize(
    ("german", "english"), [("Kind mit Hut im Boot", "child with hat in boat"), ("alte", "old"), ("Rock", "skirt")]
)
def test_where_the_query_is_german_so_are_its_words(german: str, english: str) -> None:
    assert translate(german, is_german=True) == english


@pytest.mark.parametrize(
    "english",
    ["a man in a hut", "the die is cast", "an old boot on a rock", "see the bar", "was in bed", "better tales",
     "a strand of hair", "a sailor at the helm", "the stern of the ship", "an eagle and a handy man", "weiner dog",
     "a sterner look",
     "a teddy on the grille", "two families", "with a hose", "", "   ", "IKEA", "café", "42"],
)  # fmt: skip
def test_english_stays_as_it_is(english: str) -> None:
    assert translate(english) == english


def test_no_word_of_the_bank_or_the_classes_is_taken_for_german() -> None:
    """Captions of people, and the names of the classes that are of our own wording."""
    captions = calibrations.TEXTS.read_text(encoding="utf-8")
    english = set(re.findall(r"[a-z]+", f"{captions} {' '.join(imagenet.READABLE.values())}".lower()))
    changed = {word: translate(word) for word in english if translate(word) != word}
    assert changed == {"baguettes": "baguette"} or not changed


def test_what_is_quoted_stays() -> None:
    assert asked('"Hund" Katze') == "Hund cat"
    assert asked('"Hund"') == "Hund"
    assert asked("Hund year:2020 Katze") == "dog cat"


def test_words_beside_mean_nothing_alone() -> None:
    assert translate("am in die war") == "am in die war"
    assert translate("klein") == "klein"
    assert translate("kleiner Hund") == "small dog"


def test_the_list_holds_what_it_should() -> None:
    known = words()
    assert len(known.content) >= 900
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[^:,]+: [^:]+", line) for line in lines), [one for one in lines if ": " not in one]
    official = {name.lower() for name in imagenet.READABLE.values()}
    assert len(official & {meaning.lower() for meaning in known.content.values()}) >= 60


def test_forms_of_plurals() -> None:
    assert {"baum", "baeume"} <= set(forms("baeume"))
    assert "katze" in set(forms("katzen"))
