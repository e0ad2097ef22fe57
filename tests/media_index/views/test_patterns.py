from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse

from media_index.views.patterns import PATTERNS
from media_index.views.tokens import icon_names, token_groups, tokens
from tests.media_index.views.conftest import Household


def test_each_pattern_is_shown_with_its_markup(household: Household, administrator_client: Client) -> None:
    page = administrator_client.get(reverse("patterns")).content.decode()
    assert page.count('<section class="pattern"') == len(PATTERNS) + 2
    assert "{% translate &quot;Save&quot; %}" in page
    for token in ("--paper", "--above-all", "--quick"):
        assert f"<code>{token}</code>" in page


def test_each_template_of_patterns_is_on_the_page() -> None:
    there = {path.stem for path in (Path(settings.BASE_DIR) / "templates" / "patterns").glob("*.html")}
    assert there == set(PATTERNS)


def test_members_do_not_see_it(household: Household, member_client: Client) -> None:
    assert member_client.get(reverse("patterns")).status_code == 404


def test_each_token_is_in_one_group() -> None:
    assert sorted(token.name for _title, group in token_groups() for token in group) == sorted(tokens())


def test_each_icon_that_a_page_asks_for_is_drawn() -> None:
    import re

    asked = set()
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        asked |= set(re.findall(r'{%\s*icon "([\w-]+)"', path.read_text()))
    assert asked
    assert asked <= set(icon_names())
