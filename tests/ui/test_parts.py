"""What the drawn components are computed from."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from frontdesk.ui.parts import Bar, TimelinePiece, draw_bars, draw_timeline, position_of, relative

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def two_pieces() -> list[TimelinePiece]:
    middle = NOW + 50 * DAY
    return [TimelinePiece(NOW - 50 * DAY, middle, "first"), TimelinePiece(middle, middle + 300 * DAY, "second")]


def test_pieces_share_the_bar_by_their_length() -> None:
    first, second = draw_timeline(two_pieces(), NOW)
    assert (first.x, first.width, first.used_width) == ("0.000", "25.000", "12.500")
    assert (second.x, second.width, second.used_width) == ("25.000", "75.000", "0.000")
    assert (first.state, second.state) == ("running", "ahead")
    assert (first.days_left, second.days_left) == (50, 300)
    assert (first.series, second.series) == (1, 2)
    assert position_of(two_pieces(), NOW) == "12.500"


def test_a_revoked_piece_counts_for_nothing() -> None:
    gift = TimelinePiece(NOW, NOW + 90 * DAY, "gift", revoked=True)
    drawn = draw_timeline([*two_pieces(), gift], NOW)
    assert [item.width for item in drawn] == ["25.000", "75.000", "0.000"]
    assert (drawn[2].state, drawn[2].days_left) == ("revoked", 0)


def test_a_piece_in_the_past_is_used_up_and_today_is_off_the_bar() -> None:
    old = TimelinePiece(NOW - 90 * DAY, NOW - DAY, "old")
    (drawn,) = draw_timeline([old], NOW)
    assert (drawn.state, drawn.days_left, drawn.used_width) == ("used", 0, "100.000")
    assert position_of([old], NOW) == ""
    assert position_of([], NOW) == ""


def test_the_last_hours_are_still_a_day() -> None:
    (drawn,) = draw_timeline([TimelinePiece(NOW - DAY, NOW + timedelta(hours=3), "ending")], NOW)
    assert drawn.days_left == 1


@pytest.mark.parametrize(
    ("delta", "english", "german"),
    [
        (timedelta(seconds=-20), "just now", None),
        (timedelta(hours=-2), "2 hours ago", "vor 2 Stunden"),
        (timedelta(days=3), "in 3 days", "in 3 Tagen"),
        (timedelta(days=-96), "3 months ago", "vor 3 Monaten"),
    ],
)
def test_relative_times_in_words(delta: timedelta, english: str, german: str | None) -> None:
    with translation.override("en"):
        assert relative(NOW + delta, NOW) == english
    if german:
        with translation.override("de"):
            assert relative(NOW + delta, NOW) == german


def test_bars_share_the_width_and_the_longest_is_as_high_as_the_chart() -> None:
    drawn = draw_bars([Bar("Jan", 50, "50"), Bar("Feb", 100, "100"), Bar("Mar", 0, "0"), Bar("Apr", 1, "1")])
    assert [bar.height for bar in drawn] == [82, 164, 0, 2]  # what is more than nothing is seen
    assert [bar.y + bar.height for bar in drawn] == [164] * 4
    assert [bar.middle for bar in drawn] == ["12.500", "37.500", "62.500", "87.500"]


def test_a_chart_of_nothing_is_no_error() -> None:
    assert draw_bars([]) == []
    assert [bar.height for bar in draw_bars([Bar("Jan", 0, "0")])] == [0]
