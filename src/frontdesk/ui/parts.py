"""What the drawn components are computed from: pieces of a licence's time, and relative times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

_SERIES = 4


@dataclass(frozen=True, slots=True)
class TimelinePiece:
    """One dated piece of a licence: what granted it, from when to when; `revoked` pieces count for nothing."""

    start: datetime
    end: datetime
    label: str
    detail: str = ""
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class DrawnPiece:
    """A piece placed on the bar: offsets and widths are percent of the whole, with a point as decimal sign."""

    piece: TimelinePiece
    series: int
    x: str
    width: str
    used_width: str
    days_left: int
    state: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: the word under it, its length, and the value in words."""

    label: str
    value: int
    words: str


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar placed in the chart: percent of its width, pixels of its height."""

    bar: Bar
    x: str
    width: str
    middle: str
    y: int
    height: int


CHART_HEIGHT, CHART_FOOT = 190, 26


def draw_bars(bars: Sequence[Bar]) -> list[DrawnBar]:
    """Place bars side by side, the longest as high as the chart; every value above nothing is at least 2 pixels."""
    room = CHART_HEIGHT - CHART_FOOT
    longest = max((bar.value for bar in bars), default=0)
    step = 100 / len(bars) if bars else 0
    drawn = []
    for index, bar in enumerate(bars):
        height = max(2, round(room * bar.value / longest)) if bar.value > 0 else 0
        x = f"{(index + 0.14) * step:.3f}"
        drawn.append(DrawnBar(bar, x, f"{0.72 * step:.3f}", f"{(index + 0.5) * step:.3f}", room - height, height))
    return drawn


def draw_timeline(pieces: Sequence[TimelinePiece], now: datetime) -> list[DrawnPiece]:
    """Place the pieces side by side; each keeps its share of the whole time, revoked ones get none."""
    whole = sum(_seconds(piece) for piece in pieces)
    drawn, offset, series = [], 0.0, 0
    for piece in pieces:
        share = 100 * _seconds(piece) / whole if whole else 0.0
        series = series if piece.revoked else series % _SERIES + 1
        used = share * _used_share(piece, now)
        left = 0 if piece.revoked else max(0, _days(piece.end - max(now, piece.start)))
        state = _state(piece, now)
        drawn.append(DrawnPiece(piece, series, f"{offset:.3f}", f"{share:.3f}", f"{used:.3f}", left, state))
        offset += share
    return drawn


def position_of(pieces: Sequence[TimelinePiece], now: datetime) -> str:
    """Where "today" stands on the bar, in percent; empty before the first and after the last piece."""
    valid = [piece for piece in pieces if not piece.revoked]
    if not valid or now <= valid[0].start or now >= valid[-1].end:
        return ""
    whole = sum(_seconds(piece) for piece in valid)
    used = sum(_seconds(piece) * _used_share(piece, now) for piece in valid)
    return f"{100 * used / whole:.3f}"


def relative(moment: datetime, now: datetime) -> str:
    """Say how long ago or how far ahead a moment is, in the active language."""
    delta = moment - now
    if abs(delta) < timedelta(seconds=45):
        return _("just now")
    return format_timedelta(delta, add_direction=True, threshold=1.2, locale=_locale())


def _locale() -> Locale:
    return _locale_of(get_language() or "en")


@cache
def _locale_of(language: str) -> Locale:
    """As many as there are languages, which our own settings name."""
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _seconds(piece: TimelinePiece) -> float:
    return 0.0 if piece.revoked else max(0.0, (piece.end - piece.start).total_seconds())


def _used_share(piece: TimelinePiece, now: datetime) -> float:
    length = _seconds(piece)
    return min(1.0, max(0.0, (now - piece.start).total_seconds() / length)) if length else 0.0


def _days(span: timedelta) -> int:
    """Whole days, rounded up: on the last day a person still has one."""
    return -(-int(span.total_seconds()) // 86400)


def _state(piece: TimelinePiece, now: datetime) -> str:
    if piece.revoked:
        return "revoked"
    if now >= piece.end:
        return "used"
    return "running" if now >= piece.start else "ahead"
