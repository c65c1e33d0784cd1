"""The SDK stands alone."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import frontdesk_client

PROJECT = Path(__file__).parents[1]
IMPORT_ALL = """
import importlib, json, pkgutil, sys
import frontdesk_client
for module in pkgutil.walk_packages(frontdesk_client.__path__, "frontdesk_client."):
    importlib.import_module(module.name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names)))
"""


def test_it_needs_cryptography_and_a_machine_id_and_nothing_else() -> None:
    environ = {**os.environ, "PYTHONPATH": str(PROJECT / "src")}
    shown = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(PROJECT / 'src')!r})\n{IMPORT_ALL}"],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name for name in json.loads(shown.stdout) if not name.startswith("_")}
    assert not loaded & {"django", "frontdesk", "litestar", "psycopg", "msgspec"}
    assert {"cryptography", "frontdesk_client", "machineid"} <= loaded
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert [name.split(">")[0] for name in declared["dependencies"]] == ["cryptography", "py-machineid"]


def test_what_is_public_is_there() -> None:
    assert all(hasattr(frontdesk_client, name) for name in frontdesk_client.__all__)
    assert (PROJECT / "src/frontdesk_client/py.typed").exists()
