"""The copy of one's data: pictures of one's posts and files of one's conversations come along."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from frontdesk.accounts.models import Person
from frontdesk.accounts.privacy import along, copy_file
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.core import clock
from frontdesk.support.forum import pictures
from frontdesk.support.forum.models import Picture
from frontdesk.support.tickets.models import Attachment, Message
from tests import people
from tests.support import desk, forum

pytestmark = pytest.mark.django_db
PICTURES, FILES = "community-pictures", "conversation-files"


def picture(by: Any, colour: str = "red") -> Picture:
    made = BytesIO()
    Image.new("RGB", (30, 20), colour).save(made, "PNG")
    return pictures.add(member=by, source=SimpleUploadedFile("screen.png", made.getvalue()))


def attach(message: Message, name: str, data: bytes = b"the log") -> Attachment:
    stored = default_storage.save("attachments/secret-name", ContentFile(data))
    values = {"content_type": "text/plain", "size": len(data), "created_at": clock.now()}
    return Attachment.objects.create(message=message, name=name, file=stored, **values)


def sent_in(person: Person) -> Message:
    return Message.objects.get(conversation=desk.conversation(person))


@contextmanager
def copy_of(person: Person) -> Iterator[zipfile.ZipFile]:
    out = BytesIO()
    copy_file.write(out, person, traces_of(person), lambda percent: None)
    with zipfile.ZipFile(BytesIO(out.getvalue())) as archive:
        assert archive.testzip() is None
        yield archive


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(archive.read(f"data/{name}.json"))
    return found


def test_ones_own_pictures_come_along_and_nobody_elses() -> None:
    ada, bea = forum.member(), forum.member("bea@example.org", "Bea")
    mine, others = picture(ada), picture(bea, "blue")
    forum.topic(ada, text=f"Look:\n\n{mine.markdown}")
    assert ada.person is not None
    with copy_of(ada.person) as archive:
        (row,) = rows(archive, PICTURES)
        assert row["file_in_copy"] == f"files/{PICTURES}/{mine.name}"
        with default_storage.open(mine.file) as file:
            assert archive.read(row["file_in_copy"]) == file.read()
        assert f'<a href="files/{PICTURES}/{mine.name}">' in archive.read(f"{PICTURES}.html").decode()
        assert "“files”" in archive.read("index.html").decode()
        assert not [name for name in archive.namelist() if others.name in name]


def test_files_of_ones_conversations_come_along_under_names_that_lead_nowhere_else() -> None:
    ada, bea = people.customer("ada@example.org", "Ada"), people.customer("bea@example.org", "Bea")
    message = sent_in(ada)
    for name in ("../../etc/passwd", "log & more.txt", "log & more.txt", "...", "ü 你.txt"):
        attach(message, name, name.encode())
    attach(sent_in(bea), "hers.txt")
    with copy_of(ada) as archive:
        found = {row["file_in_copy"]: row["name"] for row in rows(archive, FILES)}
        assert set(found) == {name for name in archive.namelist() if name.startswith("files/")}
        assert {path.removeprefix(f"files/{FILES}/") for path in found} == {
            "_.._etc_passwd", "log _ more.txt", "2-log _ more.txt", "file", "ü 你.txt",
        }  # fmt: skip
        assert all(archive.read(path).decode() == name for path, name in found.items())
        assert "secret-name" not in "".join(archive.namelist()) + archive.read(f"data/{FILES}.json").decode()
        assert 'href="files/conversation-files/%C3%BC%20%E4%BD%A0.txt"' in archive.read(f"{FILES}.html").decode()


def test_what_is_refused_or_gone_is_named_without_a_file() -> None:
    ada = people.customer("ada@example.org", "Ada")
    message = sent_in(ada)
    default_storage.delete(attach(message, "gone.txt").file)
    Attachment.objects.create(message=message, name="x.exe", refused="executable", size=3, created_at=clock.now())
    with copy_of(ada) as archive:
        assert [row["file_in_copy"] for row in rows(archive, FILES)] == ["", ""]
        assert "“files”" not in archive.read("index.html").decode()


def test_a_storage_that_is_away_fails_the_whole_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job tries again: nobody gets a copy without their files that says nothing of it."""
    ada = people.customer("ada@example.org", "Ada")
    attach(sent_in(ada), "log.txt")

    def away(*arguments: object) -> object:
        raise ConnectionError

    monkeypatch.setattr(default_storage, "open", away)
    with pytest.raises(ConnectionError), copy_of(ada):
        pass


def test_past_so_many_bytes_files_are_named_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = people.customer("ada@example.org", "Ada")
    message = sent_in(ada)
    monkeypatch.setattr(along, "MOST", 10)
    for name, size in (("a", 6), ("b", 6), ("c", 4)):
        attach(message, name, b"x" * size)
    with copy_of(ada) as archive:
        found = {row["name"]: bool(row["file_in_copy"]) for row in rows(archive, FILES)}
        assert found == {"a": True, "b": False, "c": True}
