import pytest

from media_index.views.ranges import RangeError, parse_range


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=2-5", (2, 6)),
        ("bytes=2-", (2, 10)),
        ("bytes=2-99", (2, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        (" bytes=1-2 ", (1, 3)),
    ],
)
def test_one_range(header: str, wanted: tuple[int, int]) -> None:
    assert parse_range(header, 10) == wanted


@pytest.mark.parametrize(
    "header", ["", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4"]
)
def test_what_is_no_range_means_the_whole_file(header: str) -> None:
    assert parse_range(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=99-", "bytes=-0"])
def test_a_range_outside_the_file(header: str) -> None:
    with pytest.raises(RangeError):
        parse_range(header, 10)


def test_an_empty_file_has_no_range() -> None:
    with pytest.raises(RangeError):
        parse_range("bytes=0-", 0)
