"""Tokens that say what they grant: nobody makes or changes one, and none passes for one of another kind."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core.errors import NotFound
from frontdesk.core.grants import GrantForm

FORM = struct.Struct(">16sQ")
FILES = GrantForm(b"files 1\0", FORM)


@given(name=st.binary(min_size=16, max_size=16), until=st.integers(0, 2**63))
def test_what_was_granted_comes_back(name: bytes, until: int) -> None:
    assert FILES.open(FILES.seal(name, until)) == (name, until)


@given(place=st.integers(0, 74), sign=st.sampled_from("ABYZabyz0189-_"))
def test_a_changed_token_grants_nothing(place: int, sign: str) -> None:
    token = FILES.seal(b"x" * 16, 1)
    changed = token[:place] + sign + token[place + 1 :]
    if changed != token:
        with pytest.raises(NotFound):
            FILES.open(changed)


def test_a_token_of_another_kind_or_form_grants_nothing() -> None:
    for other in (GrantForm(b"pictures 1\0", FORM), GrantForm(b"files 1\0", struct.Struct(">16sQc"))):
        members = (b"x" * 16, 1, b"p")[: 3 if other.members.size > FORM.size else 2]
        with pytest.raises(NotFound):
            FILES.open(other.seal(*members))


@given(st.text(max_size=200))
def test_whatever_is_written_is_answered(text: str) -> None:
    with pytest.raises(NotFound):
        FILES.open(text)
