"""Releases: signed files, versions in order, nothing replaced."""

import hashlib

import pytest
from django.core.files.storage import default_storage

from frontdesk.catalog import releases
from frontdesk.catalog.errors import NameTaken, ReleaseFileFixed, ReleaseWithoutFiles
from frontdesk.catalog.models import Product, Release, ReleaseFile
from frontdesk.core import signing
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound, RequestInvalid
from frontdesk.core.models import AuditEntry
from tests.catalog.conftest import CONTENT, publish, upload

SYSTEM = Actor.system("test")


def test_a_file_is_stored_measured_and_signed_by_the_release_key(release: Release) -> None:
    file = releases.add_file(actor=SYSTEM, release=release, platform="linux", source_file=upload())
    assert (file.size, file.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    with default_storage.open(file.path) as stored:
        assert stored.read() == CONTENT
    public = next(key for key in signing.key_set()["keys"] if key["use"] == "release")
    assert signing.verify_jws(file.signature, signing.unb64(public["x"]), typ="frontdesk-release+jwt") == {
        "product": "halcyon-shield",
        "version": "3.2.0",
        "platform": "linux",
        "channel": "stable",
        "size": file.size,
        "sha256": file.sha256,
    }
    assert AuditEntry.objects.get(action="release.file_added").subject == release.pk


def test_a_file_is_never_replaced(release: Release) -> None:
    file = releases.add_file(actor=SYSTEM, release=release, platform="linux", source_file=upload())
    with pytest.raises(ReleaseFileFixed):
        releases.add_file(actor=SYSTEM, release=release, platform="linux", source_file=upload(b"other"))
    releases.publish(actor=SYSTEM, release=release)
    with pytest.raises(ReleaseFileFixed):
        releases.remove_file(actor=SYSTEM, file=file)
    releases.add_file(actor=SYSTEM, release=release, platform="macos", source_file=upload())
    assert release.files.count() == 2


@pytest.mark.django_db(transaction=True)
def test_before_publishing_a_file_can_be_taken_out(release: Release) -> None:
    file = releases.add_file(actor=SYSTEM, release=release, platform="linux", source_file=upload())
    releases.remove_file(actor=SYSTEM, file=file)
    assert not default_storage.exists(file.path)
    with pytest.raises(ReleaseWithoutFiles):
        releases.publish(actor=SYSTEM, release=release)


@pytest.mark.parametrize("name", ["", "..", "a\nb", "x" * 201])
def test_file_names_that_harm_are_refused(release: Release, name: str) -> None:
    with pytest.raises(RequestInvalid):
        releases.add_file(actor=SYSTEM, release=release, platform="linux", source_file=upload(name=name))


def test_a_path_in_the_name_is_dropped(release: Release) -> None:
    file = releases.add_file(
        actor=SYSTEM, release=release, platform="linux", source_file=upload(), filename="C:\\builds\\shield.exe"
    )
    assert file.filename == "shield.exe"


@pytest.mark.parametrize(("platform", "content"), [("amiga", b"x"), ("linux", b"")])
def test_what_is_no_build_is_refused(release: Release, platform: str, content: bytes) -> None:
    with pytest.raises(RequestInvalid):
        releases.add_file(actor=SYSTEM, release=release, platform=platform, source_file=upload(content))


def test_versions_need_an_order_and_are_used_once(product: Product, release: Release) -> None:
    with pytest.raises(RequestInvalid):
        releases.create(actor=SYSTEM, product=product, version="spring edition")
    with pytest.raises(NameTaken):
        releases.create(actor=SYSTEM, product=product, version="3.2.0")


def test_the_latest_is_the_highest_version_not_the_newest_row(product: Product, keys: signing.Signer) -> None:
    highest = publish(product, "3.10.0")
    publish(product, "3.9.1")
    beta = publish(product, "4.0.0-beta.2", channel="beta")
    publish(product, "4.0.0-beta.1", channel="beta")
    mac = publish(product, "3.8.0", platform="macos")
    assert releases.latest("halcyon-shield", "linux") == highest
    assert releases.latest("halcyon-shield", "linux", "beta") == beta
    assert [download.file for download in releases.downloads(product)] == [mac, highest]
    for unknown in [("halcyon-shield", "windows", "stable"), ("nothing", "linux", "stable")]:
        with pytest.raises(NotFound):
            releases.latest(*unknown)


def test_a_withdrawn_release_is_not_offered_until_it_is_published_again(product: Product, file: ReleaseFile) -> None:
    older = publish(product, "3.1.0")
    releases.withdraw(actor=SYSTEM, release=file.release)
    assert releases.latest("halcyon-shield", "linux") == older
    with pytest.raises(NotFound):
        releases.offered_file(file.pk)
    releases.publish(actor=SYSTEM, release=file.release)
    assert releases.offered_file(file.pk) == file


def test_notes_and_access_can_change(release: Release) -> None:
    releases.annotate(actor=SYSTEM, release=release, notes="Faster.", is_public=False)
    release.refresh_from_db()
    assert (release.notes, release.is_public) == ("Faster.", False)
