"""What a backup holds, apart from the database."""

import io
import tarfile
from pathlib import Path

import pytest

from frontdesk.project import archive


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder in which a trust root was forgotten."""
    for name in ("secrets.json", "frontdesk.toml", "trust-root.pem"):
        (tmp_path / name).write_text(name)
    return tmp_path


def names(data: Path) -> list[str]:
    target = io.BytesIO()
    archive.write(target, data=data, secrets=data / "secrets.json", dump=["true"], environment={})
    target.seek(0)
    with tarfile.open(fileobj=target) as made:
        return made.getnames()


def test_a_vendors_trust_root_is_never_in_it(data: Path) -> None:
    assert names(data) == ["data/secrets.json", "data/frontdesk.toml"]


def test_the_demos_is_since_the_demo_goes_on_with_it(data: Path) -> None:
    (data / "demo.json").write_text("{}")
    assert "data/trust-root.pem" in names(data)
