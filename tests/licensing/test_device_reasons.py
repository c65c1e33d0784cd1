"""Every problem a product can show has an entry in the catalogue, and so a help page."""

import json
from pathlib import Path

import pytest

from frontdesk.core import reasons

PROBLEMS = json.loads((Path(__file__).parents[2] / "contract" / "problems.json").read_text())
CODES = [problem["code"] for problem in PROBLEMS["local"]]


@pytest.mark.parametrize("code", CODES)
def test_what_a_product_finds_by_itself_is_explained(code: str) -> None:
    reason = reasons.find(code)
    assert reason is not None
    assert str(reason.remedy)
