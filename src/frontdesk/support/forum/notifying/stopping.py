"""Ending mails by one click in a mail, without signing in: the mail's own link is what allows it."""

from enum import StrEnum

from django.db import transaction

from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.support.forum import adding
from frontdesk.support.forum.models import Category, Member, News, NewsMail, Subscription, Topic
from frontdesk.support.forum.notifying.audience import Kind

Follow = Subscription.Kind
BY_LINK = "link in a mail"


class What(StrEnum):
    """What a member wants no more mails about."""

    TOPIC = "topic"
    CATEGORY = "category"
    MENTIONS = "mentions"
    DIGEST = "digest"
    ALL = "all"


def offered(mail: NewsMail) -> list[What]:
    """What can be ended from this mail; the first is what one click ends, since it is why the mail came."""
    if mail.topic is None:
        return [What.DIGEST, What.ALL]
    kinds = set(mail.news.values_list("kind", flat=True))
    rows = Subscription.objects.filter(member=mail.member_id, category=mail.topic.category_id)
    by_category = [What.CATEGORY] if rows.filter(kind=Subscription.Kind.WATCH).exists() else []
    if kinds == {Kind.TOPIC} and by_category:
        return [What.CATEGORY, What.MENTIONS, What.ALL]
    if kinds <= {Kind.MENTION, Kind.ANSWER, Kind.ACCEPTED} and kinds:
        return [What.MENTIONS, What.TOPIC, *by_category, What.ALL]
    return [What.TOPIC, *by_category, What.MENTIONS, What.ALL]


@transaction.atomic
def stop(mail: NewsMail, what: What) -> None:
    """No more mails of this kind. Harmless when there are none any more. Raises ValueError for what is not offered."""
    if what not in offered(mail):
        raise ValueError(f"{what} cannot be ended from this mail")
    member = mail.member  # its row is locked last: verbs take it while they hold a topic
    if what == What.TOPIC and mail.topic is not None:
        _no_mails_of(member, topic=mail.topic)
    if what == What.CATEGORY and mail.topic is not None:
        _no_mails_of(member, category=mail.topic.category)
    member = Member.objects.select_for_update().get(pk=mail.member_id)
    if what == What.ALL:  # what they chose before stays, for when they want mails again
        member.mails_nothing = True
    if what == What.MENTIONS:
        member.mails_mentions = False
    if what == What.DIGEST:
        member.digest_days, member.digest_at = 0, None
    member.save(update_fields=["mails_nothing", "mails_mentions", "digest_days", "digest_at"])
    _note(member, what)


@transaction.atomic
def stop_topic(member: Member, topic: Topic) -> bool:
    """No more mails about this topic, for who answered one with that wish alone; False when it is so already."""
    if not _no_mails_of(member, topic=topic):
        return False
    _note(member, What.TOPIC)
    return True


def _no_mails_of(member: Member, *, topic: Topic | None = None, category: Category | None = None) -> bool:
    """What they follow is told in the digest from now on, and what waits to be mailed is not; False when none would be.

    Of a merged topic it is the one that is left whose mails they mean. Who chose to hear less than that does so still.
    """
    if topic is not None:
        topic = adding.lock(topic)  # nobody merges it meanwhile
        News.objects.filter(member=member, topic=topic).update(mail_at=None)
    row = Subscription.objects.filter(member=member, topic=topic, category=category).first()
    if row is not None and (row.is_chosen or row.kind == Follow.MUTED) and row.kind != Follow.WATCH:
        return False
    wish = {"kind": Follow.DIGEST, "is_chosen": True}
    Subscription.objects.update_or_create(member=member, topic=topic, category=category, defaults=wish)
    return True


def _note(member: Member, what: What) -> None:
    actor = Actor.customer(member.person_id) if member.person_id else Actor.system(BY_LINK)
    audit.record(
        actor=actor, action="member.mails_stopped", subject_type="member", subject=member.pk,
        person=member.person_id, data={"what": what},
    )  # fmt: skip
