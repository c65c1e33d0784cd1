"""`frontdesk releases`: builds that are too large for a page, by the same verbs."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from frontdesk.catalog import releases
from frontdesk.catalog.models import Product, Release
from frontdesk.core import signing
from frontdesk.core.models import AuditEntry
from frontdesk.project.commands import releases as command
from frontdesk.project.commands.common import CommandFailed

WHICH = ["halcyon-shield", "3.4.0", "--reason", "Spring"]


@pytest.fixture(autouse=True)
def beside_the_tests() -> Iterator[None]:
    """The database runs already."""
    with override_settings(EMBEDDED=None):
        yield


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build."""
    path = tmp_path / "shield.deb"
    path.write_bytes(b"a build")
    return path


def run(*arguments: str | Path) -> int:
    """The command."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args([str(argument) for argument in arguments]))


def test_a_build_is_taken_in_published_and_withdrawn(
    product: Product, keys: signing.Signer, build: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", *WHICH, build, "--platform", "linux", "--notes", "Faster", "--licensed", "--publish") == 0
    file = releases.latest("halcyon-shield", "linux")
    assert (file.filename, file.size, file.release.notes, file.release.is_public) == ("shield.deb", 7, "Faster", False)
    assert AuditEntry.objects.get(action="release.published").reason == "command line: Spring"
    run("list")
    assert "halcyon-shield 3.4.0 stable published: linux" in capsys.readouterr().out
    run("withdraw", *WHICH)
    assert Release.objects.get().withdrawn_at is not None
    run("publish", *WHICH)
    assert Release.objects.get().withdrawn_at is None


def test_what_cannot_be_done_is_said_in_a_line(product: Product, build: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="no key to sign with"):
        run("add", *WHICH, build, "--platform", "linux")
    signing.rotate(root=signing.load_root(signing.new_root()[0]))
    with pytest.raises(CommandFailed, match="cannot read"):
        run("add", *WHICH, tmp_path / "nothing", "--platform", "linux")
    with pytest.raises(CommandFailed, match="no product other"):
        run("publish", "other", *WHICH[1:])
    with pytest.raises(CommandFailed, match=r"no release 9\.9"):
        run("publish", "halcyon-shield", "9.9", "--reason", "x")
    run("add", *WHICH, build, "--platform", "linux")
    with pytest.raises(CommandFailed, match="never changes"):
        run("add", *WHICH, build, "--platform", "linux")
