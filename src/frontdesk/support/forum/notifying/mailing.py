"""Mailing what is new: for one topic at most one mail in five minutes to one person, and what came meanwhile together.

Whether somebody may read it and wants it is asked at this moment, not when it happened. Each mail is written in the
transaction that marks its news as mailed, under a lock for its member, so that two workers cannot mail twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet

from frontdesk.accounts.messages import sending
from frontdesk.core import clock
from frontdesk.support.forum import selectors
from frontdesk.support.forum.models import Member, News, NewsMail, Subscription, Topic
from frontdesk.support.forum.notifying import audience, heads, letters, reaching, reading
from frontdesk.support.forum.notifying.audience import Kind
from frontdesk.support.forum.notifying.telling import is_seen

APART = timedelta(minutes=5)  # mails about one topic to one person
HOUR = timedelta(hours=1)
MOST_AN_HOUR = 20  # mails to one person; the others come together, later
AGAIN = timedelta(minutes=10)  # after a mail that could not be written
LOOKED_AT = 100  # members with due news among whom somebody free is sought
log = structlog.get_logger(__name__)


def send_due(*, limit: int = 500) -> int:
    """Mail what is due; returns for how many members and topics something was decided. The worker's sweep."""
    done = 0
    while done < limit and _next():
        done += 1
    return done


@transaction.atomic
def _next() -> bool:
    now = clock.real_now()
    member = _free(now)
    if member is None:
        return False
    due = News.objects.filter(member=member, mail_at__lte=now)
    topic = due.order_by("mail_at").values_list("topic", flat=True)[0]
    try:
        with transaction.atomic():
            # Whoever takes words out of a post for good waits for this mail and finds it, or is waited for.
            Topic.objects.select_for_update(of=("self",), no_key=True).values_list("pk").get(pk=topic)
            _decide(member, _told(due.filter(topic=topic)), now)
    except Exception as error:  # noqa: BLE001 - one mail must not hold up the others
        log.error("news_not_mailed", member=str(member.pk), error=type(error).__name__)
        due.filter(topic=topic).update(mail_at=now + AGAIN)
    return True


def _free(now: datetime) -> Member | None:
    """Somebody with due news whom no other worker has in hand. The lock is not that of the member's row: verbs take it
    while they hold a topic, which a mail must refer to."""
    waiting = News.objects.filter(mail_at__lte=now).values("member").annotate(since=Min("mail_at")).order_by("since")
    with connection.cursor() as cursor:
        for pk in waiting.values_list("member", flat=True)[:LOOKED_AT]:
            cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"forum news {pk}"])
            is_ours = cursor.fetchone()[0]
            if is_ours and News.objects.filter(member=pk, mail_at__lte=now).exists():
                return Member.objects.select_related("person").get(pk=pk)
    return None


def _told(rows: QuerySet[News]) -> list[News]:
    """News of one topic, the oldest post first."""
    rows = rows.select_related("topic__category", "post__author__person", "post__answers")
    news = list(rows.order_by("post__number", "created_at"))
    for each in news:
        each.post.topic = each.topic
    return news


def _decide(member: Member, news: Sequence[News], now: datetime) -> None:
    topic = news[0].topic
    mails = NewsMail.objects.filter(member=member).order_by("-sent_at")
    last = mails.filter(topic=topic, sent_at__gt=now - APART).first()
    if last is not None:
        _put_off(news, last.sent_at + APART)
        return
    crowd = list(mails.filter(sent_at__gt=now - HOUR).values_list("sent_at", flat=True)[:MOST_AN_HOUR])
    if len(crowd) == MOST_AN_HOUR:
        _put_off(news, crowd[-1] + HOUR)
        return
    wanted = _wanted(member, topic, news)
    mail = _send(member, topic, wanted, now) if wanted else None
    chosen = {each.pk for each in wanted}
    News.objects.filter(pk__in=chosen).update(mail_at=None, mail=mail)
    News.objects.filter(pk__in=[each.pk for each in news if each.pk not in chosen]).update(mail_at=None)


def _put_off(news: Sequence[News], until: datetime) -> None:
    News.objects.filter(pk__in=[each.pk for each in news]).update(mail_at=until)


def _wanted(member: Member, topic: Topic, news: Sequence[News]) -> list[News]:
    """What they may read, want by mail, and have not read on the page."""
    if member.mails_nothing or not reaching.reaches(member):
        return []
    if not selectors.may_read(selectors.reader_for(member), topic):
        return []
    if audience.muted(topic, [member.pk]) or audience.declines(topic, member):
        return []
    watches = audience.watchers(topic).filter(member=member).exists()
    unseen = set(reading.new(News.objects.filter(pk__in=[each.pk for each in news])).values_list("pk", flat=True))
    return [
        each
        for each in news
        if each.pk in unseen and is_seen(each.post) and (watches or _is_theirs(member, each)) and _still(each)
    ]


def _is_theirs(member: Member, news: News) -> bool:
    """Whether it speaks to them, rather than to all who watch, and they want to hear of that."""
    if news.kind == Kind.ASKED:
        return True
    return member.mails_mentions and news.kind not in {Kind.POST, Kind.TOPIC}


def _still(news: News) -> bool:
    """Whether it is still so: an acceptance may have been taken back."""
    return news.kind != Kind.ACCEPTED or news.topic.accepted_id == news.post_id


def _send(member: Member, topic: Topic, news: Sequence[News], now: datetime) -> NewsMail:
    """One mail about one topic, which replies come back from by the member's own token for it."""
    assert member.person is not None  # noqa: S101 - reaching
    subscription = subscribed(member, topic)
    until = max(each.post.number for each in news)
    mail = NewsMail.objects.create(
        member=member, topic=topic, internet_id=heads.new_id(), told_until=until, sent_at=now
    )
    kept = sending.send_mail(
        to=member.person, template="forum/news", context=letters.news(mail, subscription, list(news))
    )
    mail.account_message = kept.pk
    mail.save(update_fields=["account_message"])
    return mail


def subscribed(member: Member, topic: Topic) -> Subscription:
    """Their row for the topic, with the token of the address that their replies go to."""
    defaults = {"kind": Subscription.Kind.READ, "reply_token": heads.new_token()}
    row, _made = Subscription.objects.get_or_create(member=member, topic=topic, defaults=defaults)
    if not row.reply_token:
        row.reply_token = heads.new_token()
        row.save(update_fields=["reply_token"])
    return row


def forget_old(*, older: timedelta = reading.KEPT) -> int:
    """Delete news that are long past; returns how many pieces.

    What was mailed is remembered as long as its mail lies in the account: by that it is found when its words are to be
    taken out for good.
    """
    past = News.objects.filter(created_at__lt=clock.now() - older, mail_at=None)
    gone, _each = past.filter(Q(mail=None) | Q(mail__account_message=None)).delete()
    NewsMail.objects.filter(sent_at__lt=clock.real_now() - older, news=None, account_message=None).delete()
    return gone
