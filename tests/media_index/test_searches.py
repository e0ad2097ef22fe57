from __future__ import annotations

import pytest

from media_index import searches
from media_index.models import RecentSearch, SavedSearch
from people.models import Member
from tests.factories import MemberFactory


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


def remembered(member: Member) -> list[tuple[str, int]]:
    return list(RecentSearch.objects.filter(member=member).order_by("-used_at").values_list("query", "count"))


class TestRemember:
    def test_each_once_the_latest_first(self, member: Member) -> None:
        for query in ("dogs", "cats", " dogs  "):
            searches.search_remember(member_id=member.pk, query=query)
        assert remembered(member) == [("dogs", 2), ("cats", 1)]

    def test_the_oldest_go(self, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(searches, "MOST_RECENT", 3)
        other = MemberFactory()
        searches.search_remember(member_id=other.pk, query="mine")
        for number in range(5):
            searches.search_remember(member_id=member.pk, query=str(number))
        assert [query for query, _ in remembered(member)] == ["4", "3", "2"]
        assert remembered(other) == [("mine", 1)]

    @pytest.mark.parametrize("query", ["", "  ", "x" * 301])
    def test_not_nothing_and_not_a_page_of_text(self, member: Member, query: str) -> None:
        searches.search_remember(member_id=member.pk, query=query)
        assert remembered(member) == []

    def test_the_longest_fits_whatever_its_letters(self, member: Member) -> None:
        searches.search_remember(member_id=member.pk, query="😀" * 300)
        assert remembered(member) == [("😀" * 300, 1)]

    def test_not_where_no_history_is_wanted(self, member: Member) -> None:
        searches.search_remember(member_id=member.pk, query="dogs")
        searches.history_keep(member_id=member.pk, is_kept=False)
        searches.search_remember(member_id=member.pk, query="cats")
        assert remembered(member) == []
        searches.history_keep(member_id=member.pk, is_kept=True)
        searches.search_remember(member_id=member.pk, query="cats")
        assert remembered(member) == [("cats", 1)]


class TestSaved:
    def test_a_name_is_taken_once_by_each_member(self, member: Member) -> None:
        searches.saved_search_add(member_id=member.pk, name="Dogs", query="dogs")
        with pytest.raises(searches.NameTakenError, match="called Dogs already"):
            searches.saved_search_add(member_id=member.pk, name="Dogs", query="more dogs")
        searches.saved_search_add(member_id=MemberFactory().pk, name="Dogs", query="dogs")
        assert SavedSearch.objects.count() == 2

    def test_renamed(self, member: Member) -> None:
        one = searches.saved_search_add(member_id=member.pk, name="Dogs", query="dogs")
        searches.saved_search_add(member_id=member.pk, name="Cats", query="cats")
        with pytest.raises(searches.NameTakenError):
            searches.saved_search_rename(search=one, name="Cats")
        searches.saved_search_rename(search=one, name="Good dogs")
        assert SavedSearch.objects.get(pk=one.pk).name == "Good dogs"


def test_with_the_account_all_of_it_goes(member: Member) -> None:
    searches.search_remember(member_id=member.pk, query="dogs")
    searches.saved_search_add(member_id=member.pk, name="Dogs", query="dogs")
    searches.history_keep(member_id=member.pk, is_kept=True)
    member.delete()
    assert not RecentSearch.objects.exists() and not SavedSearch.objects.exists()
