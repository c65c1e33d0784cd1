"""Members: made at first need, shown under the name they chose once they agreed to be shown."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import audit, clock, throttle
from frontdesk.core.throttle import Limit
from frontdesk.support.forum import claiming, cleared, holding, names, rights, wording
from frontdesk.support.forum.actors import actor_of
from frontdesk.support.forum.errors import NameNotChosen, NameRefused
from frontdesk.support.forum.models import FormerHandle, Member

LONGEST_ABOUT = 1_000
TRIES = 10
CHANGES = Limit("community-name", 10, 86_400)  # of what others see; each keeps a former handle for good
DIGEST_DAYS = (0, 1, 7, 30)


def of(person: Person) -> Member:
    """This person's member: made at first need, or the imported one that waits for an address of theirs.

    One of the team is shown by the name that customers know already.
    """
    if found := known(person):
        return found
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return claiming.claim(person) or _new(person)
        except IntegrityError:  # made at this very moment, or its handle was taken
            if found := known(person):
                return found
    raise RuntimeError("no handle is left")


def known(person: Person | AnonymousUser) -> Member | None:
    """This person's member, if they have one."""
    if not isinstance(person, Person):
        return None
    return Member.objects.select_related("person").filter(person=person).first()


def _new(person: Person) -> Member:
    now = clock.now()
    is_team = person.has_role(Role.AGENT)
    return Member.objects.create(
        person=person,
        handle=names.first_handle(person.name),
        name=wording.line_of(person.name)[: names.LONGEST_NAME] if is_team else "",
        joined_at=now,
        agreed_at=now if is_team and person.name else None,
        digest_at=now + timedelta(days=7),
    )


def suggested_name(member: Member) -> str:
    """What stands in the field for a name: what they chose, else their first name."""
    if member.name or member.person is None:
        return member.name
    return wording.line_of(member.person.name).partition(" ")[0][: names.LONGEST_NAME]


@transaction.atomic
def introduce(*, member: Member, name: str, handle: str, about: str = "") -> Member:
    """Choose how others see this member, and agree to be shown so; also to change it later.

    A former handle stays theirs. Raises NameRefused, NotAllowed for whoever may not write, and TooManyAttempts.
    """
    current = Member.objects.select_for_update(of=("self",)).select_related("person").get(pk=member.pk)
    rights.may(current, "reply").require()
    throttle.reserve(CHANGES, str(current.pk))
    kept = names.check_handle(handle, member=current)
    former = current.handle
    shown = names.check_name(name, member=current)
    said = wording.UNKEPT.sub("", about).strip()[:LONGEST_ABOUT]
    _require_fit(current, shown, said)
    cleared.require_not_cleared(current, name=shown, handle=kept, about=said)
    current.name, current.handle, current.about = shown, kept, said
    first = current.agreed_at is None
    current.agreed_at = current.agreed_at or clock.now()
    try:
        with transaction.atomic():
            current.save(update_fields=["name", "handle", "about", "agreed_at"])
    except IntegrityError:
        raise NameRefused(field="handle", why="taken") from None  # at this very moment
    FormerHandle.objects.filter(handle=kept).delete()
    if former != kept and not first:
        FormerHandle.objects.get_or_create(handle=former, defaults={"member": current})
    _note(current, "member.joined" if first else "member.changed")
    return current


def _require_fit(member: Member, name: str, about: str) -> None:
    """What is new in a profile is looked at by the rules for posts. Raises NameRefused."""
    for field, old, new in (("name", member.name, name), ("about", member.about, about)):
        if new != old and not holding.is_fit_for_profile(member, new):
            raise NameRefused(field=field, why="spreads")


@transaction.atomic
def choose_mails(*, member: Member, digest_days: int, mentions: bool, nothing: bool = False) -> Member:
    """How often the digest comes (0: never), and whether mentions are mailed; `nothing`: no mail at all, whatever else
    they chose or follow."""
    if digest_days not in DIGEST_DAYS:
        raise ValueError(f"no digest comes every {digest_days} days")
    current = Member.objects.select_for_update(of=("self",)).select_related("person").get(pk=member.pk)
    current.digest_days, current.mails_mentions, current.mails_nothing = digest_days, mentions, nothing
    current.digest_at = clock.now() + timedelta(days=digest_days) if digest_days else None
    current.save(update_fields=["digest_days", "mails_mentions", "mails_nothing", "digest_at"])
    _note(current, "member.mails_chosen")
    return current


def require_name(member: Member) -> None:
    """Raises NameNotChosen for somebody who has not agreed to be shown."""
    if member.agreed_at is None:
        raise NameNotChosen


def by_handle(handle: str) -> Member | None:
    """Who is shown under this handle, or was before."""
    wanted = handle.lower()
    shown = Member.objects.select_related("person").exclude(agreed_at=None)
    found = shown.filter(handle=wanted).first()
    return found or shown.filter(former_handles__handle=wanted).first()


def handles_among(wanted: set[str]) -> dict[str, UUID]:
    """Those of the handles that somebody has, with who."""
    if not wanted:
        return {}
    shown = Member.objects.filter(handle__in=wanted).exclude(agreed_at=None)
    return dict(shown.values_list("handle", "pk"))


def is_of_team(member: Member) -> bool:
    """Whether this is somebody of the vendor's team, by now."""
    return member.person is not None and member.person.has_role(Role.AGENT)


def path_of(handle: str) -> str:
    """Where a member's page is; known without looking at the addresses, since texts are kept with it."""
    return f"/community/u/{handle}/"


def language_of(member: Member) -> str:
    """The language that this member reads mails in."""
    return (member.person.language if member.person else "") or settings.LANGUAGE_CODE


def _note(member: Member, action: str) -> None:
    audit.record(
        actor=actor_of(member),
        action=action,
        subject_type="member",
        subject=member.pk,
        person=member.person_id,
        data={"handle": member.handle},
    )
