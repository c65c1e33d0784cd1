"""Numbers that a request names."""

import pytest

from frontdesk.core.numbers import whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("050", 50), ("100", 100)])
def test_plain_digits_are_a_number(text: str, number: int) -> None:
    assert whole(text, most=100) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", " 7", "1e2", "101", "0100", "²", "７", "٣", "9" * 5000, "0" * 5000, "x"]
)
def test_anything_else_is_none(text: str) -> None:
    assert whole(text, most=100) is None
