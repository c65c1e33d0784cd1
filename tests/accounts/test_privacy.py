"""A copy of one's data, and the deletion of the account with its 14 days."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from frontdesk.accounts import jobs
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import DataExport, Message, Person
from frontdesk.accounts.privacy import copy_file
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services import deletion, erasing, export_building, export_requests, exports
from frontdesk.accounts.services.securing import secure
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.models import AuditEntry
from tests.accounts.conftest import PASSWORD
from tests.people import customer
from tests.support import shop

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


class Time:
    """Real and business time, which stand still until they are moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def by(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture
def time() -> Iterator[Time]:
    stood = Time()
    with patch.object(clock, "now", lambda: stood.now), patch.object(clock, "real_now", lambda: stood.now):
        yield stood


def made(person: Person) -> DataExport:
    """A copy, asked for and made."""
    export = export_requests.ask(person=person)
    assert export_building.build(export.pk)
    export.refresh_from_db()
    return export


def unpacked(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def actions(person: Person) -> list[str]:
    return list(AuditEntry.objects.filter(person=person.pk).order_by("id").values_list("action", flat=True))


class TestTheCopy:
    def test_is_asked_for_made_by_the_job_and_downloaded(self, ada: Person, sign_in: SignIn) -> None:
        browser = sign_in()
        assert "Make a copy" in browser.get("/account/privacy/").content.decode()
        assert browser.post("/account/privacy/copy/").headers["Location"] == "/account/privacy/"
        export = DataExport.objects.get(person=ada)
        job = ProcrastinateJob.objects.get(task_name="accounts.prepare_export")
        assert job.args == {"export_id": str(export.pk)}
        page = browser.get("/account/privacy/").content.decode()
        assert "Your copy is being made" in page
        assert 'hx-get="/account/privacy/copy/state/"' in page
        assert export_building.build(export.pk)
        assert "Download the copy" in browser.get("/account/privacy/copy/state/").content.decode()
        answer = browser.get(f"/account/privacy/copy/{export.pk}/")
        content = b"".join(answer)
        assert answer.headers["Content-Length"] == str(len(content))
        assert "attachment" in answer.headers["Content-Disposition"]
        with unpacked(content) as archive:
            assert archive.testzip() is None
            profile = json.loads(archive.read("data/profile.json"))
            assert profile[0]["email"] == "ada@example.org"
            assert "ada@example.org" in archive.read("profile.html").decode()
            assert "profile.html" in archive.read("index.html").decode()
        assert {"person.export_asked", "person.export_downloaded"} <= set(actions(ada))

    def test_lies_sealed_in_the_storage(self, ada: Person) -> None:
        export = made(ada)
        with default_storage.open(export.path) as file:
            content = file.read()
        assert b"PK" not in content[:200]
        assert b"ada@" not in content
        assert Message.objects.filter(person=ada, template="accounts/copy_ready").count() == 1

    def test_is_in_the_persons_language_and_holds_no_secret(self, ada: Person) -> None:
        ada.language = "de"
        ada.save()
        send_mail(
            to=ada,
            template="accounts/reset_password",
            context={},
            secret="https://x/zq-secret",
            secret_hint="(nur dort)",
        )
        out = io.BytesIO()
        copy_file.write(out, ada, traces_of(ada), lambda percent: None)
        with unpacked(out.getvalue()) as archive:
            every = b"".join(archive.read(name) for name in archive.namelist())
            assert 'lang="de"' in archive.read("index.html").decode()
        assert b"zq-secret" not in every
        assert b"argon2" not in every
        assert b"(nur dort)" in every

    def test_asked_for_twice_is_one_and_five_a_day_are_enough(self, ada: Person) -> None:
        assert export_requests.ask(person=ada).pk == export_requests.ask(person=ada).pk
        assert ProcrastinateJob.objects.filter(task_name="accounts.prepare_export").count() == 1
        for _ in range(4):
            export_building.build(export_requests.ask(person=ada).pk)
        export_building.build(export_requests.ask(person=ada).pk)
        with pytest.raises(TooManyAttempts):
            export_requests.ask(person=ada)

    def test_a_newer_one_takes_the_place_of_the_older(self, ada: Person, time: Time) -> None:
        first = made(ada)
        time.by(hours=1)
        second = made(ada)
        assert [export.pk for export in DataExport.objects.filter(person=ada)] == [second.pk]
        assert not default_storage.exists(first.path)
        assert default_storage.exists(second.path)

    def test_is_only_its_owners(self, ada: Person) -> None:
        export = made(ada)
        bob = customer("bob@example.org", "Bob")
        stranger = Client()
        stranger.post("/account/login/", {"login": bob.email, "password": PASSWORD})
        missing = stranger.get(f"/account/privacy/copy/{uuid4()}/")
        assert stranger.get(f"/account/privacy/copy/{export.pk}/").status_code == missing.status_code == 404
        with pytest.raises(NotFound):
            exports.take(person=bob, export_id=export.pk)

    @pytest.mark.parametrize("path", ["/account/privacy/copy/", "/account/privacy/delete/"])
    def test_takes_the_password_again_after_a_while(self, ada: Person, sign_in: SignIn, path: str) -> None:
        browser = sign_in()
        with patch("time.time", lambda: datetime.now(UTC).timestamp() + 3600):
            answer = browser.post(path)
            assert answer.headers["Location"].startswith("/account/reauthenticate/")
            assert not DataExport.objects.exists()
            ada.refresh_from_db()
            assert ada.deletion_due_at is None
            answer = browser.post(answer.headers["Location"], {"password": PASSWORD})
            assert answer.headers["Location"] == "/account/privacy/"
        ada.refresh_from_db()
        assert DataExport.objects.exists() or ada.deletion_due_at

    def test_its_download_takes_the_password_again_too(self, ada: Person, sign_in: SignIn) -> None:
        browser, export = sign_in(), made(ada)
        with patch("time.time", lambda: datetime.now(UTC).timestamp() + 3600):
            answer = browser.get(f"/account/privacy/copy/{export.pk}/")
        assert answer.headers["Location"].startswith("/account/reauthenticate/")
        assert "person.export_downloaded" not in actions(ada)

    def test_strangers_are_sent_to_the_sign_in(self, browser: Client, db: None) -> None:
        for path in ("", "copy/", "copy/state/", f"copy/{uuid4()}/", "delete/", "keep/"):
            answer = browser.get(f"/account/privacy/{path}")
            assert answer.headers["Location"].startswith("/account/login/"), path

    def test_is_kept_for_seven_days(self, ada: Person, time: Time) -> None:
        export = made(ada)
        time.by(days=6, hours=23)
        assert exports.sweep() == 0
        time.by(hours=2)
        with pytest.raises(NotFound):
            exports.take(person=ada, export_id=export.pk)
        assert exports.newest(ada) is None
        assert exports.sweep() == 1
        assert not default_storage.exists(export.path)
        assert not DataExport.objects.exists()
        assert exports.sweep() == 0

    def test_a_crash_in_the_middle_is_taken_up_again(self, ada: Person, time: Time) -> None:
        export = export_requests.ask(person=ada)
        with (
            patch.object(export_building, "send_mail", side_effect=RuntimeError("killed")),
            pytest.raises(RuntimeError),
        ):
            export_building.build(export.pk)
        assert default_storage.exists(exports.path_of(export.pk))  # left behind, and replaced by the next run
        assert DataExport.objects.filter(pk=export.pk, ready_at=None).exists()
        time.by(minutes=11)
        jobs.sweep_exports()
        assert DataExport.objects.get(pk=export.pk).ready_at
        _, pieces = exports.take(person=ada, export_id=export.pk)
        assert unpacked(b"".join(pieces)).testzip() is None

    def test_a_failure_is_tried_again_and_then_told(self, ada: Person, sign_in: SignIn) -> None:
        export = export_requests.ask(person=ada)
        with patch.object(copy_file, "write", side_effect=RuntimeError("broken")):
            for attempts, failed in ((0, False), (1, False), (2, True)):
                with pytest.raises(RuntimeError):
                    jobs.prepare_export.func(_context(attempts), str(export.pk))
                export.refresh_from_db()
                assert bool(export.failed_at) is failed
        page = sign_in().get("/account/privacy/").content.decode()
        assert "The copy could not be made" in page
        assert "Try again" in page
        assert export_requests.ask(person=ada).pk != export.pk

    def test_a_lost_job_is_given_up_in_the_end(self, ada: Person, time: Time) -> None:
        export = export_requests.ask(person=ada)
        time.by(hours=3)
        exports.sweep()
        export.refresh_from_db()
        assert export.failed_at
        assert not export_building.build(export.pk)

    def test_a_file_that_is_gone_is_not_found(self, ada: Person) -> None:
        export = made(ada)
        default_storage.delete(export.path)
        with pytest.raises(NotFound):
            exports.take(person=ada, export_id=export.pk)


class TestTheDeletion:
    def test_is_asked_for_told_and_taken_back(self, ada: Person, sign_in: SignIn) -> None:
        browser = sign_in()
        shop.new_license(owner=ada)
        page = browser.get("/account/privacy/delete/").content.decode()
        assert "Your licence ends" in page
        assert "Its activation codes stop working" in page
        browser.post("/account/privacy/delete/")
        ada.refresh_from_db()
        due = ada.deletion_due_at
        assert due
        assert timedelta(days=13, hours=23) < due - clock.now() <= timedelta(days=14)
        assert "Keep my account" in browser.get("/account/privacy/").content.decode()
        assert "Your account will be deleted on" in browser.get("/home/").content.decode()
        browser.post("/account/privacy/delete/")
        ada.refresh_from_db()
        assert ada.deletion_due_at == due
        assert Message.objects.filter(person=ada, template="accounts/deletion_asked").count() == 1
        later = sign_in()
        assert later.get("/account/privacy/keep/").status_code == 302
        assert Person.objects.get(pk=ada.pk).deletion_due_at  # a link alone changes nothing
        later.post("/account/privacy/keep/")
        assert Person.objects.get(pk=ada.pk).deletion_due_at is None
        assert Message.objects.filter(person=ada, template="accounts/deletion_canceled").count() == 1
        assert {"person.deletion_asked", "person.deletion_canceled"} <= set(actions(ada))
        assert not deletion.cancel(person=ada)

    def test_happens_after_the_grace_and_not_before(self, ada: Person, time: Time) -> None:
        deletion.ask(person=ada)
        time.by(days=13, hours=23)
        assert erasing.sweep() == 0
        time.by(hours=1)
        assert erasing.sweep() == 1
        assert not Person.objects.filter(pk=ada.pk).exists()
        assert erasing.sweep() == 0
        assert AuditEntry.objects.filter(subject=ada.pk, action="person.deleted").count() == 1

    def test_is_announced_once_more_before_the_end(self, ada: Person, time: Time) -> None:
        deletion.ask(person=ada)
        time.by(days=10)
        assert deletion.remind_due() == 0
        time.by(days=1, seconds=1)
        assert deletion.remind_due() == 1
        assert deletion.remind_due() == 0
        deletion.cancel(person=ada)
        time.by(days=1)
        deletion.ask(person=ada)
        time.by(days=12)
        assert deletion.remind_due() == 1

    def test_securing_the_account_keeps_it(self, ada: Person) -> None:
        deletion.ask(person=ada)
        secure(person=ada.pk, cause="test", since=clock.real_now())
        assert Person.objects.get(pk=ada.pk).deletion_due_at is None

    def test_not_of_whoever_changed_their_mind(self, ada: Person, time: Time) -> None:
        deletion.ask(person=ada)
        deletion.cancel(person=ada)
        time.by(days=30)
        assert not erasing.erase_if_due(ada.pk)
        assert Person.objects.filter(pk=ada.pk).exists()

    def test_not_of_staff_nor_of_whoever_became_it_meanwhile(self, ada: Person, time: Time, sign_in: SignIn) -> None:
        deletion.ask(person=ada)
        make_staff(actor=Actor.system(), person=ada, role=Role.ADMINISTRATOR)
        time.by(days=30)
        assert erasing.sweep() == 0
        deletion.cancel(person=ada)

    def test_staff_are_told_why_not(self, ada: Person, sign_in: SignIn) -> None:
        make_staff(actor=Actor.system(), person=ada, role=Role.ADMINISTRATOR)
        browser = sign_in()
        assert "You work here with a role" in browser.get("/account/privacy/").content.decode()
        assert browser.post("/account/privacy/delete/").status_code == 409
        ada.refresh_from_db()
        assert ada.deletion_due_at is None

    def test_one_that_fails_does_not_keep_the_others(self, ada: Person, time: Time) -> None:
        bob = customer("bob@example.org", "Bob")
        deletion.ask(person=ada)
        time.by(seconds=1)
        deletion.ask(person=bob)
        time.by(days=15)
        whole = traces_of

        def fails_for_ada(person: Person) -> object:
            if person.pk == ada.pk:
                raise RuntimeError("broken")
            return whole(person)

        with patch.object(erasing, "traces_of", fails_for_ada):
            assert erasing.sweep() == 1
        assert Person.objects.filter(pk=ada.pk).exists()
        assert not Person.objects.filter(pk=bob.pk).exists()
        assert erasing.sweep() == 1


def _context(attempts: int) -> Any:
    """What the worker hands to a job that was tried so often before."""
    return SimpleNamespace(job=SimpleNamespace(attempts=attempts))
