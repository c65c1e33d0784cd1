"""Batches: made by a job that may be killed anywhere, a list that is read once, voiding."""

import csv
import io
import re
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from time import perf_counter
from unittest.mock import patch

import pytest
import segno
from django.core.files.storage import default_storage
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import Plan, Product
from frontdesk.core import clock
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.encryption import NotOurs
from frontdesk.core.errors import ReasonMissing
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import batches, cards, code_lists, codes, errors, generation, integrity, jobs, lost_codes
from frontdesk.licensing.models import Batch, BatchKind, Code, License
from tests.licensing.conftest import Time
from tests.licensing.test_redemption import redeem
from tests.support.shop import plan_version

STAFF = Actor.system("for the shops")


def ordered(count: int = 12, **values: object) -> Batch:
    return batches.create(
        actor=STAFF,
        plan_version=plan_version(),
        count=count,
        kind=BatchKind.RETAIL,
        label="Autumn",
        **values,  # type: ignore[arg-type]  # only `reason`
    )


def made(count: int = 12) -> Batch:
    batch = ordered(count)
    assert generation.fill(batch.id)
    batch.refresh_from_db()
    return batch


def taken(batch: Batch, as_: str = "csv") -> bytes:
    return b"".join(batches.take_list(actor=STAFF, batch=batch, as_=as_).chunks)  # type: ignore[arg-type]  # either


def listed(batch: Batch) -> list[str]:
    return [row["code"] for row in csv.DictReader(io.StringIO(taken(batch).decode()))]


@pytest.mark.django_db
def test_ordering_puts_a_job_in_the_queue_and_says_who_and_why(ada: Person) -> None:
    batch = ordered(reason="autumn campaign")
    job = ProcrastinateJob.objects.get(task_name="licensing.make_codes")
    assert job.args == {"batch_id": str(batch.id)}
    assert (batch.made, batch.finished_at) == (0, None)
    assert AuditEntry.objects.get(subject=batch.id).reason == "autumn campaign"
    with pytest.raises(ReasonMissing):
        batches.create(
            actor=Actor(ActorKind.STAFF, ada.id), plan_version=batch.plan_version, count=1, kind=BatchKind.GIFT
        )


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, -1, 100_001])
def test_a_batch_has_a_sane_size(count: int) -> None:
    with pytest.raises(errors.BatchSizeInvalid):
        ordered(count)


@pytest.mark.django_db
def test_codes_are_made_as_ordered_and_work(ada: Person) -> None:
    batch = made(12)
    assert (batch.made, Code.objects.filter(batch=batch).count()) == (12, 12)
    with default_storage.open(batch.list_path) as file:
        stored = file.read()
    clear = listed(batch)
    assert len(set(clear)) == 12
    assert not any(code.encode() in stored for code in clear)
    assert redeem(ada, clear[3]).license.plan_version == batch.plan_version
    assert not integrity.faults()


@pytest.mark.django_db
def test_the_list_goes_at_its_first_download() -> None:
    batch = made()
    path = batch.list_path
    assert len(listed(batch)) == 12
    assert not default_storage.exists(path)
    with pytest.raises(errors.ListGone):
        taken(batch)
    batch.refresh_from_db()
    assert (batch.list_path, batch.list_taken_at is not None) == ("", True)


@pytest.mark.django_db
def test_a_list_goes_after_a_day_and_one_that_a_crash_left_too() -> None:
    late, left, fresh = made(), made(), made()
    Batch.objects.filter(pk=late.pk).update(list_until=clock.real_now() - timedelta(seconds=1))
    Batch.objects.filter(pk=left.pk).update(list_taken_at=clock.now())
    for gone in (late, left, ordered()):
        with pytest.raises(errors.ListGone):
            taken(gone)
    assert jobs.sweep_lists() == 2
    assert jobs.sweep_lists() == 0
    assert not default_storage.exists(late.list_path)
    assert default_storage.exists(fresh.list_path)


@pytest.mark.django_db
def test_a_list_that_was_cut_short_or_belongs_elsewhere_does_not_open() -> None:
    with patch.object(generation, "CHUNK", 5):
        batch = made(12)
    with default_storage.open(batch.list_path) as file:
        whole = file.read()
    first = code_lists.LENGTH.unpack(whole[:4])[0] + 4
    for broken in (whole[:first], b"", whole[first:]):
        path = code_lists.store(batch.id, io.BytesIO(broken))
        with pytest.raises(NotOurs):
            list(code_lists.read(batch.id, path))
    path = code_lists.store(batch.id, io.BytesIO(whole))
    assert [len(chunk) for chunk in code_lists.read(batch.id, path)] == [5, 5, 2]
    with pytest.raises(NotOurs):
        list(code_lists.read(ordered().id, path))


class Killed(BaseException):
    """What a kill -9 looks like from inside: nothing after it runs."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["codes.generate", "code_lists.store", "Writer.write"])
def test_a_killed_job_starts_over_and_leaves_no_code_that_nobody_has(place: str) -> None:
    batch = ordered(12)
    calls = []

    def dies(genuine: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **values: object) -> object:
            calls.append(1)
            if len(calls) == {"codes.generate": 8, "code_lists.store": 1, "Writer.write": 3}[place]:
                raise Killed
            return genuine(*args, **values)

        return step

    owner, name = {
        "codes.generate": (codes, "generate"),
        "code_lists.store": (code_lists, "store"),
        "Writer.write": (code_lists.Writer, "write"),
    }[place]
    with patch.object(generation, "CHUNK", 5):
        with patch.object(owner, name, dies(getattr(owner, name))), pytest.raises(Killed):
            generation.fill(batch.id)
        batch.refresh_from_db()
        assert (batch.finished_at, batch.list_path) == (None, "")
        assert jobs.resume_batches() == 1
    assert jobs.resume_batches() == 0
    batch.refresh_from_db()
    tails = {code[-5:] for code in listed(batch)}
    assert tails == set(Code.objects.filter(batch=batch).values_list("tail", flat=True))
    assert Code.objects.filter(batch=batch).count() == 12


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_fill_one_batch() -> None:
    batch = ordered(3)
    outcome: list[bool] = []

    def other() -> None:
        outcome.append(jobs.make_codes(str(batch.id)))
        connections.close_all()

    genuine = codes.generate

    def meanwhile() -> codes.ParsedCode:
        if not outcome:
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
        return genuine()

    with patch.object(codes, "generate", meanwhile):
        assert jobs.make_codes(str(batch.id))
    assert outcome == [False]
    assert Code.objects.filter(batch=batch).count() == 3


@pytest.mark.django_db
def test_a_batch_voided_while_it_is_made_gives_no_list() -> None:
    batch, genuine = ordered(3), code_lists.store

    def voided(*args: object) -> str:
        batches.void_batch(actor=STAFF, batch=batch, reason="wrong plan")
        return genuine(*args)  # type: ignore[arg-type]  # handed through

    with patch.object(code_lists, "store", voided):
        assert not generation.fill(batch.id)
    batch.refresh_from_db()
    assert (batch.finished_at, Code.objects.filter(batch=batch).count()) == (None, 0)
    assert not default_storage.exists(code_lists.path_of(batch.id))
    assert not generation.fill(batch.id)


@pytest.mark.django_db(transaction=True)
def test_only_one_of_two_downloads_at_once_gets_the_list() -> None:
    batch = made()
    start, got = threading.Barrier(4), []

    def download() -> None:
        start.wait()
        with suppress(errors.ListGone):
            got.append(listed(batch))
        connections.close_all()

    threads = [threading.Thread(target=download) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(each) for each in got] == [12]


@pytest.mark.django_db
def test_a_hundred_thousand_codes_take_less_than_half_a_minute() -> None:
    batch = ordered(100_000)
    start = perf_counter()
    assert generation.fill(batch.id)
    assert perf_counter() - start < 30
    with connection.cursor() as cursor:
        cursor.execute("select count(*), count(distinct hash) from licensing_code where batch_id = %s", [batch.id])
        assert cursor.fetchone() == (100_000, 100_000)


@pytest.mark.django_db
def test_voiding_kills_the_unused_and_revokes_the_used(ada: Person, time: Time) -> None:
    batch = made()
    clear = listed(batch)
    license = redeem(ada, clear[0]).license
    time.by(days=3)
    unused = Code.objects.filter(batch=batch, license=None).first()
    assert unused
    assert batches.void_codes(actor=STAFF, codes=[unused], reason="damaged card") == 1
    assert batches.void_codes(actor=STAFF, codes=[unused.id], reason="damaged card") == 0
    assert batches.void_batch(actor=STAFF, batch=batch, reason="stolen") == 11
    license.refresh_from_db()
    assert license.expires_at == time.now
    assert license.terms.get().revoked_reason == "stolen"
    with pytest.raises(errors.CodeBlocked):
        redeem(ada, clear[1])
    notes = AuditEntry.objects.filter(action="code.voided").order_by("id").values_list("reason", "data__redeemed")
    assert list(notes) == [("damaged card", False), ("stolen", True)]
    assert AuditEntry.objects.get(action="batch.voided").data == {"voided": 11}


@pytest.mark.django_db
def test_voiding_a_batch_takes_its_list_along(django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    batch = made()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # a context manager
        batches.void_batch(actor=STAFF, batch=batch, reason="stolen")
    assert not default_storage.exists(batch.list_path)
    with pytest.raises(errors.ListGone):
        taken(batch)


@pytest.mark.django_db
def test_voiding_the_replacement_of_a_lost_code_revokes_what_the_lost_one_gave(ada: Person, time: Time) -> None:
    batch = made(1)
    license = redeem(ada, listed(batch)[0]).license
    for _ in range(2):
        newest = lost_codes.replace_lost(actor=Actor.customer(ada.id), license=license)
    time.by(days=1)
    batches.void_codes(actor=STAFF, codes=[newest], reason="chargeback")
    assert License.objects.get().expires_at == time.now


@pytest.mark.django_db
def test_cards_hold_ten_codes_a_page(time: Time) -> None:
    batch = made(12)
    content = taken(batch, "pdf")
    pages = PdfReader(io.BytesIO(content)).pages
    texts = [page.extract_text() for page in pages]
    found = [line for text in texts for line in text.splitlines() if len(line) == 23 and line.count("-") == 3]
    assert len(pages) == 2
    assert {code[-5:] for code in found} == set(Code.objects.values_list("tail", flat=True))
    assert codes.parse(found[0]).text == found[0]
    for text in texts:
        assert "Halcyon Shield" in text
        assert "/activate" in text


def test_the_qr_code_on_the_card_is_the_one_for_its_code() -> None:
    """The rectangles on the page, read back into modules, are those of the address with the code."""
    code = codes.generate().text
    plan = Plan(name="Plus", slug="plus", product=Product(name="Halcyon Shield", slug="halcyon-shield"))
    contents = PdfReader(io.BytesIO(cards.pdf(plan, [code]))).pages[0].get_contents()
    assert contents is not None
    path = re.findall(r"q 0 g (.*?) f Q", contents.get_data().decode("latin-1"), re.DOTALL)[0]
    runs = [tuple(map(float, run.split())) for run in path.split(" re") if run.strip()]
    wanted = segno.make(cards.activation_url(code), error="m", micro=False, boost_error=False, mask=2).matrix
    left, module = min(run[0] for run in runs), runs[0][3]
    top = max(run[1] for run in runs)
    drawn = [[0] * len(wanted) for _ in wanted]
    for x, y, width, _height in runs:
        for step in range(round(width / module)):
            drawn[round((top - y) / module)][round((x - left) / module) + step] = 1
    assert drawn == [list(row) for row in wanted]


def test_a_long_name_is_set_smaller_and_stays_on_its_card() -> None:
    plan = Plan(name="Family", slug="family", product=Product(name="W" * 100, slug="w"))
    text = PdfReader(io.BytesIO(cards.pdf(plan, [codes.generate().text]))).pages[0].extract_text()
    assert "W" * 100 in text


@pytest.mark.django_db
def test_many_cards_come_as_a_zip_of_several_files() -> None:
    batch = made(25)
    with patch.object(cards, "MOST_IN_A_FILE", 10):
        made_list = batches.take_list(actor=STAFF, batch=batch, as_="pdf")
        archive = zipfile.ZipFile(io.BytesIO(b"".join(made_list.chunks)))
    assert made_list.filename.endswith(".zip")
    assert archive.testzip() is None
    pages = [len(PdfReader(io.BytesIO(archive.read(name))).pages) for name in archive.namelist()]
    assert pages == [1, 1, 1]


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Halcyon Shield", "Halcyon Shield"),
        ("Bücherwächter “Größe” – 5", 'Bücherwächter "Größe" - 5'),
        ("Zaštita Łódź", "Zastita Lódz"),
        ("守護者", "halcyon-shield"),
        ("Щит Plus", "halcyon-shield"),
        ("Shield\u200b", "Shield"),
        ("", "halcyon-shield"),
    ],
)
def test_names_are_printed_as_far_as_the_fonts_reach(name: str, printed: str) -> None:
    assert cards.printable(name, "halcyon-shield") == printed


def test_the_qr_code_keeps_the_code_from_every_servers_log() -> None:
    assert cards.activation_url("XXXXX").endswith("/activate/#XXXXX")
