"""Releases and downloads: resumed, verified, and nothing unverified ever gets its name."""

import json
from pathlib import Path
from typing import Any

import pytest
from sdk.python.tests.desk import Desk, Reply
from sdk.python.tests.vectors import CODE, LEASE_KEY, RELEASE_FILE, RELEASE_KEY, Signer

from frontdesk_client import Client, Release, errors

SIGNED = ("product", "version", "platform", "channel", "size", "sha256")


@pytest.fixture
def active(client: Client) -> Client:
    client.activate(CODE)
    return client


@pytest.fixture
def release(active: Client) -> Release:
    return active.latest_release(platform="linux")


def sign(document: dict[str, Any], signer: Signer = RELEASE_KEY) -> dict[str, Any]:
    """The document with a signature that fits it."""
    payload = {name: document[name] for name in SIGNED}
    return document | {"signature": signer.sign("frontdesk-release+jwt", payload)}


def test_the_newest_release(release: Release, desk: Desk) -> None:
    assert (release.version, release.size, release.notes) == ("3.2.0", len(RELEASE_FILE), "Faster scans.")
    asked = desk.calls("GET releases")[0]
    assert asked.path == "/api/v1/releases/halcyon-shield/latest?platform=linux&channel=stable"
    assert asked.headers["Authorization"].startswith("Bearer fda_")


@pytest.mark.parametrize("change", [{"version": "9.9.9"}, {"size": 5}, {"sha256": "0" * 64}, {"signature": "x.y.z"}])
def test_a_release_that_was_changed(change: dict[str, Any], active: Client, desk: Desk) -> None:
    desk.release |= change
    with pytest.raises(errors.DownloadDamaged):
        active.latest_release(platform="linux")


@pytest.mark.parametrize("change", [{"product": "halcyon-vault"}, {"platform": "windows"}, {"channel": "beta"}])
def test_a_genuine_release_that_was_not_asked_for(change: dict[str, Any], active: Client, desk: Desk) -> None:
    desk.release = sign(desk.release | change)
    with pytest.raises(errors.DownloadDamaged, match="another product"):
        active.latest_release(platform="linux")


def test_a_lease_key_may_not_sign_releases(active: Client, desk: Desk) -> None:
    desk.release = sign(desk.release, LEASE_KEY)
    with pytest.raises(errors.DownloadDamaged):
        active.latest_release(platform="linux")


def test_a_download_into_a_folder(active: Client, release: Release, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    path = active.download(release, tmp_path, progress=lambda done, size: steps.append((done, size)))
    assert path.name == "halcyon-shield-3.2.0-linux.tar.gz"
    assert path.read_bytes() == RELEASE_FILE
    assert steps[-1] == (len(RELEASE_FILE), len(RELEASE_FILE))
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("name", ["../../evil", "..\\..\\evil", "C:\\evil"])
def test_a_file_name_cannot_leave_the_folder(name: str, active: Client, desk: Desk, tmp_path: Path) -> None:
    desk.release["filename"] = name
    path = active.download(active.latest_release(platform="linux"), tmp_path)
    assert path == tmp_path / "evil"


def test_a_file_without_a_name(active: Client, desk: Desk, tmp_path: Path) -> None:
    desk.release["filename"] = "/"
    assert active.download(active.latest_release(platform="linux"), tmp_path) == tmp_path / "download"


def test_a_lost_connection_is_taken_up_where_it_broke(
    active: Client, release: Release, desk: Desk, tmp_path: Path
) -> None:
    desk.answer_next("GET files", Reply(200, raw=RELEASE_FILE, headers={"ETag": '"one"'}, cut=1000))
    path = active.download(release, tmp_path / "new" / "file")
    assert path.read_bytes() == RELEASE_FILE
    again = desk.calls("GET files")[1].headers
    assert (again["Range"], again["If-Range"]) == ("bytes=1000-", '"one"')
    assert "Authorization" not in again


def interrupted(active: Client, release: Release, desk: Desk, target: Path, etag: str = '"one"') -> None:
    """A download that stops after 1000 bytes for good."""
    first = Reply(200, raw=RELEASE_FILE, headers={"ETag": etag}, cut=1000)
    desk.answer_next("GET files", first, Reply(206, raw=RELEASE_FILE, headers={"Content-Range": "bytes 1000-"}, cut=0))
    with pytest.raises(errors.NoConnection):
        active.download(release, target)
    assert not target.exists()


def test_a_later_start_carries_on(active: Client, release: Release, desk: Desk, tmp_path: Path) -> None:
    interrupted(active, release, desk, tmp_path / "file")
    assert active.download(release, tmp_path / "file").read_bytes() == RELEASE_FILE
    assert desk.calls("GET files")[-1].headers["Range"] == "bytes=1000-"


def test_a_file_changed_meanwhile_begins_anew(active: Client, release: Release, desk: Desk, tmp_path: Path) -> None:
    interrupted(active, release, desk, tmp_path / "file")
    desk.etag = '"two"'
    assert active.download(release, tmp_path / "file").read_bytes() == RELEASE_FILE


def test_without_a_strong_tag_nothing_is_resumed(active: Client, release: Release, desk: Desk, tmp_path: Path) -> None:
    desk.answer_next("GET files", Reply(200, raw=RELEASE_FILE, headers={"ETag": 'W/"one"'}, cut=1000))
    assert active.download(release, tmp_path / "file").read_bytes() == RELEASE_FILE
    assert desk.calls("GET files")[-1].headers["Range"] is None


@pytest.mark.parametrize("note", ["{", "[]", '{"etag": "\\"one\\"", "sha256": "of another file"}'])
def test_what_another_download_left_is_dropped(
    note: str, active: Client, release: Release, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "file.part").write_text("something else")
    (tmp_path / "file.part.json").write_text(note)
    assert active.download(release, tmp_path / "file").read_bytes() == RELEASE_FILE
    assert desk.calls("GET files")[0].headers["Range"] is None


def test_a_part_that_was_damaged_is_loaded_again(active: Client, release: Release, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(b"x" * release.size)
    (tmp_path / "file.part.json").write_text(json.dumps({"etag": '"one"', "sha256": release.sha256}))
    assert active.download(release, tmp_path / "file").read_bytes() == RELEASE_FILE
    assert len(desk.calls("GET files")) == 1


@pytest.mark.parametrize("content", [b"x" * len(RELEASE_FILE), RELEASE_FILE + b"x"])
def test_a_file_that_is_not_what_was_signed(
    content: bytes, active: Client, release: Release, desk: Desk, tmp_path: Path
) -> None:
    desk.file = content
    with pytest.raises(errors.DownloadDamaged):
        active.download(release, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_a_file_that_became_shorter(active: Client, release: Release, desk: Desk, tmp_path: Path) -> None:
    interrupted(active, release, desk, tmp_path / "file")
    desk.answer_next("GET files", Reply(416, raw=b""))
    with pytest.raises(errors.DownloadDamaged, match="shorter"):
        active.download(release, tmp_path / "file")
    assert active.download(release, tmp_path / "file").read_bytes() == RELEASE_FILE


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(403, {"code": "link_expired"}), errors.Refusal),
        (Reply(404, raw=b"gone"), errors.ServerAnswerInvalid),
        (Reply(204), errors.ServerAnswerInvalid),
        (Reply(206, raw=b"x", headers={"Content-Range": "bytes 7-8/9"}), errors.ServerAnswerInvalid),
        (Reply(302, headers={"Location": "ftp://files.example/x"}), errors.ServerAnswerInvalid),
        (Reply(503, raw=b""), errors.TemporarilyUnavailable),
    ],
)
def test_a_file_that_does_not_come(
    reply: Reply, expected: type[Exception], active: Client, release: Release, desk: Desk, tmp_path: Path
) -> None:
    desk.answer_next("GET files", reply)
    with pytest.raises(expected):
        active.download(release, tmp_path / "file")


def test_a_storage_service_elsewhere(active: Client, release: Release, desk: Desk, tmp_path: Path) -> None:
    desk.answer_next("GET files", Reply(302, headers={"Location": f"{desk.url}api/v1/files/elsewhere"}))
    assert active.download(release, tmp_path / "file").read_bytes() == RELEASE_FILE
    desk.answer_next("GET files", *[Reply(307, headers={"Location": "/api/v1/files/round"})] * 5)
    with pytest.raises(errors.ServerAnswerInvalid, match="too many"):
        active.download(release, tmp_path / "file")


def test_an_address_that_is_not_of_the_web(active: Client, desk: Desk, tmp_path: Path) -> None:
    desk.release["url"] = "file:///etc/hostname"
    with pytest.raises(errors.ServerAnswerInvalid):
        active.download(active.latest_release(platform="linux"), tmp_path / "file")


def test_a_target_that_cannot_be_written(active: Client, release: Release, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.StoreUnusable):
        active.download(release, tmp_path / "file" / "below")


def test_a_full_disk_is_not_called_a_lost_connection(active: Client, release: Release, tmp_path: Path) -> None:
    (tmp_path / "file.part").mkdir()
    (tmp_path / "file.part.json").write_text(json.dumps({"etag": '"one"', "sha256": release.sha256}))
    with pytest.raises(errors.StoreUnusable):
        active.download(release, tmp_path / "file")
