"""Speed does not depend on how many licences there are."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.server import ROOT

SIZES = (1_000, 1_000_000)


def measured(licenses: int) -> dict[str, dict[str, Any]]:
    """What the benchmark says of an installation of this size, by endpoint."""
    command = [sys.executable, "-m", "benchmarks", "--json", "--seconds", "10", "--licenses", str(licenses)]
    path = os.pathsep.join(str(ROOT / part) for part in ("src", "sdk/python/src", ""))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    environment |= {"PYTHONPATH": path}
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    (report,) = json.loads(done.stdout.splitlines()[-1])
    return {each["what"]: each for each in report["measured"]}


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_million_licences_are_as_quick_as_a_thousand() -> None:
    few, many = (measured(size) for size in SIZES)
    for what in ("activations", "leases"):
        assert few[what]["errors"] == many[what]["errors"] == 0
        assert many[what]["rate"] > few[what]["rate"] * 0.6, (few, many)
