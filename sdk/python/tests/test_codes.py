"""Activation codes: every vector of the contract, and every typo there can be."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdk.python.tests.vectors import CODES

from frontdesk_client import read_code
from frontdesk_client.codes import ALPHABET, _best_candidate, check_symbol, is_group
from frontdesk_client.errors import CodeMalformed

groups = st.text(ALPHABET, min_size=4, max_size=4).map(lambda symbols: symbols + check_symbol(symbols))
codes = st.lists(groups, min_size=4, max_size=4)


def test_the_alphabet_is_the_contracts() -> None:
    assert CODES["alphabet"] == ALPHABET


@pytest.mark.parametrize("case", CODES["check_symbols"], ids=lambda case: case["symbols"])
def test_check_symbol(case: dict[str, str]) -> None:
    assert check_symbol(case["symbols"]) == case["check"]


@pytest.mark.parametrize("case", CODES["valid"], ids=lambda case: case["code"])
def test_valid_code(case: dict[str, str]) -> None:
    assert read_code(case["code"]) == case["code"]
    assert case["code"].endswith(case["last_group"])


@pytest.mark.parametrize("case", CODES["readings"], ids=lambda case: case["name"])
def test_forgiving_reading(case: dict[str, str]) -> None:
    assert read_code(case["text"]) == case["code"]


@pytest.mark.parametrize("case", CODES["malformed"], ids=lambda case: case["name"])
def test_malformed(case: dict[str, Any]) -> None:
    with pytest.raises(CodeMalformed) as refused:
        read_code(case["text"])
    assert list(refused.value.wrong_groups) == case["wrong_groups"]
    assert refused.value.status == 422
    assert refused.value.detail


def test_a_text_longer_than_the_limit_holds_no_code() -> None:
    with pytest.raises(CodeMalformed) as refused:
        read_code("x" * 4090 + " " + CODES["valid"][0]["code"])
    assert refused.value.wrong_groups == ()


@given(groups)
def test_every_wrong_symbol_and_every_swap_within_a_group_is_noticed(group: str) -> None:
    for place, symbol in itertools.product(range(5), ALPHABET):
        assert is_group(group[:place] + symbol + group[place + 1 :]) == (symbol == group[place])
    for one, other in itertools.combinations(range(5), 2):
        swapped = list(group)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        assert is_group("".join(swapped)) == (group[one] == group[other])


@given(codes, st.integers(0, 3), st.integers(0, 4), st.sampled_from(ALPHABET))
def test_the_wrong_group_is_named(code: list[str], number: int, place: int, symbol: str) -> None:
    right = "-".join(code)
    changed = [*code]
    changed[number] = code[number][:place] + symbol + code[number][place + 1 :]
    if changed == code:
        assert read_code("-".join(changed)) == right
        return
    with pytest.raises(CodeMalformed) as refused:
        read_code("-".join(changed))
    assert refused.value.wrong_groups == (number + 1,)
    assert f"group {number + 1}" in refused.value.detail


@given(codes, st.sampled_from([str.lower, str.upper]), st.sampled_from(["", " ", "-", " - ", "\n", "\u2013"]))
def test_case_and_separators_do_not_matter(code: list[str], case: Any, separator: str) -> None:
    assert read_code(case(separator.join(code))) == "-".join(code)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    candidate = _best_candidate(text)
    if candidate is None or candidate.wrong_groups:
        with pytest.raises(CodeMalformed):
            read_code(text)
    else:
        assert all(is_group(group) for group in read_code(text).split("-"))
