"""Terms: where each piece lies, revoking, calendar months; as examples and as properties."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import Price
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.errors import ReasonMissing
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import integrity, terms
from frontdesk.licensing.conversion import convert
from frontdesk.licensing.models import License, Term, TermKind
from tests.licensing.conftest import Time
from tests.support.shop import new_license, plan_version

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("a test")
NOT_FUNCTION_SCOPED = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def grant(license: License, *, kind: TermKind = TermKind.ORDER, ref: str = "", **length: int) -> Term:
    return terms.grant(
        actor=SYSTEM,
        license=license,
        kind=kind,
        plan_version=license.plan_version,
        grant_ref=ref or f"test:{uuid4()}",
        **length,  # type: ignore[arg-type]  # one of the three lengths
    )


def empty_license(time: Time) -> License:
    return new_license(starts_at=time.now, expires_at=time.now, created_at=time.now)


def spans(license: License) -> list[tuple[datetime, datetime]]:
    rows = license.terms.order_by("granted_at", "grant_ref").values_list("starts_at", "ends_at")
    return [(start, end) for start, end in rows]


def day(month: int, day_of_month: int, year: int = 2027) -> datetime:
    return datetime(year, month, day_of_month, 12, tzinfo=UTC)


def test_months_are_counted_from_their_anchor(time: Time) -> None:
    time.now = day(1, 31)
    license = empty_license(time)
    for number in range(4):
        grant(license, months=1, ref=f"order:{number}")
    ends = [end for _start, end in spans(license)]
    assert ends == [day(2, 28), day(3, 31), day(4, 30), day(5, 31)]
    assert license.expires_at == day(5, 31)
    assert not integrity.faults()


def test_months_get_a_new_anchor_after_days_and_after_a_gap(time: Time) -> None:
    time.now = day(1, 31)
    license = empty_license(time)
    grant(license, months=1)
    time.by(seconds=1)
    grant(license, days=2, kind=TermKind.CODE)
    time.by(seconds=1)
    grant(license, months=1)
    assert spans(license)[-1] == (day(3, 2), day(4, 2))
    time.now = day(8, 31)
    grant(license, months=1)
    assert spans(license)[-1] == (day(8, 31), day(9, 30))


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_sessions_time_zone_changes_nothing(time: Time, zone: str) -> None:
    time.now = datetime(2027, 1, 31, 23, 30, tzinfo=UTC)
    license = empty_license(time)
    with connection.cursor() as cursor:
        cursor.execute("set local time zone %s", [zone])
        grant(license, months=1)
        cursor.execute("set local time zone 'UTC'")
    license.refresh_from_db()
    assert license.expires_at == datetime(2027, 2, 28, 23, 30, tzinfo=UTC)


def test_revoking_moves_what_follows_forward(time: Time) -> None:
    license = empty_license(time)
    start = time.now
    first, second, third = (grant(license, days=30, ref=f"order:{number}") for number in range(3))
    time.by(days=10)
    terms.revoke(actor=SYSTEM, term=second, reason="not paid")
    assert (second.revoked_at, second.revoked_reason) == (time.now, "not paid")
    assert second.starts_at == second.ends_at == start + timedelta(days=30)
    assert spans(license)[2] == (start + timedelta(days=30), start + timedelta(days=60))
    terms.revoke(actor=SYSTEM, term=first, reason="not paid")
    third.refresh_from_db()
    assert (first.ends_at, third.starts_at) == (time.now, time.now)
    license.refresh_from_db()
    assert license.expires_at == time.now + timedelta(days=30)
    terms.revoke(actor=SYSTEM, term=third, reason="not paid")
    license.refresh_from_db()
    assert license.expires_at == time.now
    assert license.starts_at == start
    assert not integrity.faults()


def test_revoking_what_is_used_up_changes_nothing_and_twice_neither(time: Time) -> None:
    license = empty_license(time)
    term = grant(license, days=30)
    time.by(days=40)
    for _ in range(2):
        assert terms.revoke(actor=SYSTEM, term=term, reason="late").expires_at == time.now - timedelta(days=10)
    assert AuditEntry.objects.filter(action="term.revoked", subject=license.id).count() == 1


def test_everything_revoked_at_its_grant_leaves_no_time(time: Time) -> None:
    license = empty_license(time)
    terms.revoke(actor=SYSTEM, term=grant(license, days=30), reason="mistake")
    license.refresh_from_db()
    assert license.starts_at == license.expires_at == time.now
    assert not integrity.faults()


def test_one_grant_for_one_reference(time: Time) -> None:
    license = empty_license(time)
    first, again = grant(license, days=30, ref="order:7"), grant(license, days=30, ref="order:7")
    assert first == again
    assert license.expires_at == time.now + timedelta(days=30)
    assert terms.revoke_for(actor=SYSTEM, grant_ref="order:8", reason="refunded") is None
    time.by(days=3)
    revoked = terms.revoke_for(actor=SYSTEM, grant_ref="order:7", reason="refunded")
    assert revoked
    assert revoked.expires_at == time.now


@pytest.mark.parametrize("length", [{}, {"months": 1, "days": 1}, {"days": 0}, {"seconds": -1}])
def test_a_term_has_one_positive_length(time: Time, length: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="one positive length"):
        grant(empty_license(time), **length)  # type: ignore[arg-type]  # lengths only


def test_staff_say_why(ada: Person, time: Time) -> None:
    license = empty_license(time)
    term = grant(license, days=30)
    silent = Actor(Actor.staff(ada.id, "x").kind, ada.id)
    with pytest.raises(ReasonMissing):
        terms.revoke(actor=silent, term=term, reason=" ")
    time.by(days=1)
    terms.revoke(actor=silent, term=term, reason="conversation 12")
    entry = AuditEntry.objects.get(action="term.revoked")
    assert (entry.actor, audit.reason_of(entry)) == (ada.id, "conversation 12")


LENGTHS = st.one_of(
    st.integers(1, 24).map(lambda months: {"months": months}),
    st.integers(1, 800).map(lambda days: {"days": days}),
    st.integers(1, 10**7).map(lambda seconds: {"seconds": seconds}),
)


@NOT_FUNCTION_SCOPED
@given(lengths=st.lists(LENGTHS, min_size=1, max_size=5), data=st.data())
def test_grants_at_one_moment_commute(lengths: list[dict[str, int]], data: st.DataObject) -> None:
    time = Time()
    order = data.draw(st.permutations(range(len(lengths))))
    with transaction.atomic():
        ends = []
        for numbers in (range(len(lengths)), order):
            license = empty_license(time)
            rows = {number: _granted(license, time, number, lengths[number]) for number in numbers}
            _resequence(license)
            ends.append([Term.objects.get(pk=rows[number].pk).ends_at for number in range(len(lengths))])
        transaction.set_rollback(True)
    assert ends[0] == ends[1]


@NOT_FUNCTION_SCOPED
@given(
    steps=st.lists(st.tuples(st.integers(0, 400), LENGTHS, st.booleans()), min_size=1, max_size=6),
    look=st.integers(0, 10**8),
)
def test_pieces_neither_overlap_nor_lose_time(steps: list[tuple[int, dict[str, int], bool]], look: int) -> None:
    """Each piece starts at the later of its grant and the end before it; without revocations it has its length."""
    time = Time()
    with transaction.atomic():
        license = empty_license(time)
        granted: list[Term] = []
        for number, (pause, length, revokes) in enumerate(steps):
            time.by(days=pause)
            granted.append(_granted(license, time, number, length))
            _resequence(license)
            if revokes:
                victim = granted[look % len(granted)]
                Term.objects.filter(pk=victim.pk, revoked_at=None).update(revoked_at=time.now)
                _resequence(license)
        _check(license)
        assert not [fault for fault in integrity.faults() if fault.check in {"span", "place of a term"}]
        transaction.set_rollback(True)


def _check(license: License) -> None:
    previous = None
    for term in license.terms.order_by("granted_at", "grant_ref"):
        expected = max(term.granted_at, previous or term.granted_at)
        assert term.starts_at == expected
        if term.revoked_at and term.revoked_at <= term.starts_at:
            assert term.ends_at == term.starts_at
            continue
        if term.revoked_at:
            assert term.ends_at <= max(term.revoked_at, term.starts_at)
        elif term.seconds:
            assert term.ends_at - term.starts_at == timedelta(seconds=term.seconds)
        else:
            assert term.months
            length = (term.ends_at - term.starts_at).days
            assert 28 * term.months <= length <= 31 * term.months
        previous = term.ends_at
    license.refresh_from_db()
    assert license.expires_at == (previous or license.starts_at)


def _granted(license: License, time: Time, number: int, length: dict[str, int]) -> Term:
    seconds = length.get("seconds") or length.get("days", 0) * 86400 or None
    return Term.objects.create(
        license=license,
        kind=TermKind.ORDER,
        plan_version=license.plan_version,
        grant_ref=f"{license.id}:{number}",
        months=length.get("months"),
        seconds=seconds,
        granted_at=time.now,
        starts_at=time.now,
        ends_at=time.now,
    )


def _resequence(license: License) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select licensing_resequence(%s)", [license.id])


@NOT_FUNCTION_SCOPED
@given(
    prices=st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)),
    months=st.tuples(st.integers(1, 36), st.integers(1, 36)),
    code_days=st.integers(1, 1100),
)
def test_conversion_never_gains_and_loses_less_than_a_second(
    prices: tuple[int, int], months: tuple[int, int], code_days: int
) -> None:
    with transaction.atomic():
        sold = plan_version(device_limit=1, term_months=months[0], code_days=code_days)
        held = plan_version(device_limit=2, term_months=months[1])
        for version, minor in zip((sold, held), prices, strict=True):
            Price.objects.create(plan_version=version, currency="EUR", minor=minor)
        exact_over = code_days * 86400 * prices[0] * months[1]
        divisor = prices[1] * months[0]
        if exact_over >= divisor:
            made = convert(sold, held)
            assert made.seconds * divisor <= exact_over < (made.seconds + 1) * divisor
        transaction.set_rollback(True)
