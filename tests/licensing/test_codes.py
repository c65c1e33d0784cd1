"""Activation codes: the contract's golden vectors, and what no list of examples can show."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.licensing import codes
from frontdesk.licensing.errors import CodeMalformed

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "contract" / "codes.json").read_text("utf-8"))
SYMBOLS = st.sampled_from(codes.ALPHABET)


@pytest.mark.parametrize("row", VECTORS["check_symbols"], ids=lambda row: row["symbols"])
def test_check_symbols_agree_with_the_contract(row: dict[str, str]) -> None:
    assert codes.check_symbol(row["symbols"]) == row["check"]


@pytest.mark.parametrize("row", VECTORS["valid"], ids=lambda row: row["code"])
def test_valid_codes_are_read_as_they_are(row: dict[str, str]) -> None:
    parsed = codes.parse(row["code"])
    assert (parsed.text, parsed.tail) == (row["code"], row["last_group"])


@pytest.mark.parametrize("row", VECTORS["readings"], ids=lambda row: row["name"])
def test_reading_forgives(row: dict[str, str]) -> None:
    assert codes.parse(row["text"]).text == row["code"]


@pytest.mark.parametrize("row", VECTORS["malformed"], ids=lambda row: row["name"])
def test_a_typo_names_its_group(row: dict[str, Any]) -> None:
    with pytest.raises(CodeMalformed) as refused:
        codes.parse(row["text"])
    assert refused.value.members["wrong_groups"] == row["wrong_groups"]


def test_a_text_that_is_too_long_is_not_searched() -> None:
    with pytest.raises(CodeMalformed):
        codes.parse("x" * codes.LONGEST_TEXT + VECTORS["valid"][0]["code"])


@given(st.text(SYMBOLS, min_size=4, max_size=4), st.integers(0, 4), SYMBOLS)
def test_every_wrong_symbol_is_caught(symbols: str, position: int, instead: str) -> None:
    group = symbols + codes.check_symbol(symbols)
    changed = group[:position] + instead + group[position + 1 :]
    assert codes.wrong_groups(changed + group * 3) == ([1] if changed != group else [])


@given(st.text(SYMBOLS, min_size=4, max_size=4))
def test_every_swap_of_two_symbols_is_caught(symbols: str) -> None:
    group = symbols + codes.check_symbol(symbols)
    for one, other in combinations(range(5), 2):
        swapped = list(group)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        assert codes.wrong_groups("".join(swapped) + group * 3) == ([1] if group[one] != group[other] else [])


def test_made_codes_are_good_and_differ() -> None:
    made = {codes.generate().text for _ in range(200)}
    assert len(made) == 200
    assert all(codes.parse(code.lower()).text == code for code in made)


def test_the_hash_needs_the_pepper_and_the_code_stays_out_of_logs() -> None:
    code, other = codes.generate(), codes.generate()
    assert len(codes.digest(code)) == 32
    assert codes.digest(code) != codes.digest(other)
    assert code.text[:5] not in repr(code)


def test_new_codes_are_right_and_different() -> None:
    made = [codes.generate() for _ in range(2000)]
    assert len({code.text for code in made}) == 2000
    assert all(codes.parse(code.text) == code for code in made)
