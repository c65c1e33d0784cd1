"""The demo's service: what the files in `demo/` say can be built, twice too, and leaves something true to look at."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from scripts import reasons as catalogue

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.signing_up import add_person
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.fulfilment.models import PlanLevel
from frontdesk.project.demo import answers, centre, service, talks, vendor
from frontdesk.project.demo.sources import read
from frontdesk.support.helpcentre import selectors
from frontdesk.support.helpcentre.models import Article, ArticleReason
from frontdesk.support.tickets import variables
from frontdesk.support.tickets.models import (
    Agent,
    Area,
    CannedReply,
    Conversation,
    FollowUp,
    Macro,
    Message,
    Policy,
    Rule,
    RuleRun,
    SavedView,
    Survey,
)
from tests import people

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
Status = Conversation.Status


def cast() -> None:
    """Everybody of people.toml, without what makes the demo's own cast slow: passwords that resist guessing."""
    rows = read("people")
    for row in [*rows["staff"], *rows["customers"]]:
        person = add_person(
            actor=SYSTEM,
            email=row["email"],
            password=people.PASSWORD,
            name=row["name"],
            language=row.get("language", ""),
        )
        if "role" in row:
            make_staff(actor=SYSTEM, person=person, role=Role(row["role"]))


def test_articles_are_imported_and_stand_behind_the_reasons() -> None:
    centre.build_centre()
    first = Article.objects.count()
    centre.build_centre()
    assert Article.objects.count() == first > 40
    article = selectors.behind_reason("device_limit_reached")
    assert article is not None
    assert article.article.slug == "device-limit"
    assert ArticleReason.objects.count() > 90


def test_the_service_is_built_once() -> None:
    cast()
    vendor.build_catalog()
    for _ in range(2):
        service.build_service()
        answers.build_answers()
    rows = read("answers")
    assert Agent.objects.count() == len(read("support")["agents"])
    assert Policy.objects.count() == 2
    assert PlanLevel.objects.filter(level__slug="priority", plan__slug__startswith="premium").count() == 8
    assert (Macro.objects.count(), CannedReply.objects.count()) == (len(rows["macros"]), len(rows["replies"]))
    assert SavedView.objects.filter(person=None).count() == len(rows["views"])
    assert set(Rule.objects.filter(is_on=True).values_list("title", flat=True)) == {
        row["title"] for row in rows["rules"] if row["is_on"]
    }


def test_canned_replies_are_in_both_languages_and_use_known_names() -> None:
    for row in read("answers")["replies"]:
        assert set(row["texts"]) == {"en", "de"}, row["shortcut"]
        assert [name for text in row["texts"].values() for name in variables.unknown_names(text)] == []


def test_each_reason_leads_to_one_area_at_most() -> None:
    codes = Counter(code for row in read("support")["areas"] for code in row["reasons"])
    assert set(codes.values()) == {1}
    known = {reason["code"] for reason in json.loads(catalogue.generate())["reasons"]}
    assert codes.keys() <= known
    assert all(set(row["titles"]) == {"en", "de"} for row in read("support")["areas"])


def test_conversations_are_lived_through_once_and_end_in_all_states() -> None:
    cast()
    vendor.build_catalog()
    service.build_service()
    answers.build_answers()
    talks.build_conversations()
    states = Counter(Conversation.objects.values_list("status", flat=True))
    assert states.keys() == {Status.OPEN, Status.WAITING, Status.SOLVED, Status.CLOSED, Status.SPAM, Status.MERGED}
    assert sum(states.values()) == len(read("conversations")["conversations"])
    now = clock.now()
    assert not Message.objects.filter(created_at__gt=now).exists()
    for conversation in Conversation.objects.all():
        said = list(conversation.messages.order_by("sequence").values_list("created_at", flat=True))
        copied = conversation.messages.filter(data__has_key="from").exists()
        assert copied or said == sorted(said), conversation.subject
    assert set(Conversation.objects.values_list("first_met", flat=True)) == {True, False, None}
    assert set(Survey.objects.values_list("score", flat=True)) >= {1, 2, 3}
    assert FollowUp.objects.exclude(sent_at=None).exists()
    assert Conversation.objects.filter(language="de").count() > 8
    assert Area.objects.filter(conversations=None).count() <= 1
    assert Person.objects.filter(conversations__isnull=False).distinct().count() > 10
    runs = RuleRun.objects.all()
    assert runs.values_list("rule").distinct().count() >= 3
    assert not runs.exclude(error="").exists()
    at_once = runs.filter(rule__trigger="opened")
    assert all(run.at - run.conversation.created_at < timedelta(minutes=1) for run in at_once)
    references = set(Conversation.objects.values_list("reference", flat=True))
    talks.build_conversations()
    assert set(Conversation.objects.values_list("reference", flat=True)) == references
