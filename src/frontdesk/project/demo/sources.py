"""Reading the vendor's data from `demo/` of the checkout."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[4] / "demo"


def read(name: str) -> dict[str, Any]:
    """A TOML file of the demo. Raises SystemExit with one line outside a checkout."""
    path = FOLDER / f"{name}.toml"
    if not path.exists():
        raise SystemExit("frontdesk: the demo's data come with the source: run it from a checkout")
    return tomllib.loads(path.read_text())
