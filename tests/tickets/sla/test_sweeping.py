"""What time brings: deadlines that pass, rules whose moment comes, each once, whoever sweeps and whatever breaks."""

from datetime import timedelta

import pytest

from frontdesk.accounts.models import Message as Mail
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import clock
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Area, Conversation, Rule, RuleRun, Skill, Team
from frontdesk.support.tickets.sla import escalating, sweeping
from tests.support import desk, levels
from tests.support.races import at_once
from tests.tickets.conftest import Time

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def overdue_mails() -> list[str]:
    return sorted(Mail.objects.filter(template="tickets/overdue").values_list("address", flat=True))


@pytest.mark.django_db
def test_a_missed_promise_is_told_once_to_the_teams_managers(ada: Person, time: Time) -> None:
    levels.level(default=True, first=60)
    team = Team.objects.create(slug="billing", name="Billing")
    desk.agent("maya@halcyon.example", "Maya", Role.MANAGER, team)
    desk.agent("otto@halcyon.example", "Otto", Role.MANAGER)
    desk.agent("kim@halcyon.example", "Kim", Role.AGENT, team)
    conversation = desk.conversation(ada, area=Area.objects.create(slug="money", team=team))
    assert sweeping.sweep() == 0
    time.ahead = HOUR + MINUTE
    assert sweeping.sweep() == 1
    assert sweeping.sweep() == 0
    line = levels.lines(conversation, "overdue").get()
    assert line.data["target"] == "first"
    assert overdue_mails() == ["maya@halcyon.example"]
    mail = Mail.objects.get(template="tickets/overdue")
    assert conversation.reference in mail.text
    assert "device limit" not in mail.text  # what the customer wrote stays at the desk
    late = Conversation.objects.get(pk=conversation.pk)
    assert late.first_met is False
    assert late.next_step_at is None
    time.ahead = timedelta(days=30)
    assert sweeping.sweep() == 0


@pytest.mark.django_db
def test_where_the_team_has_no_manager_all_managers_hear_of_it(ada: Person, time: Time) -> None:
    levels.level(default=True, first=60, solve=90)
    for name in ("maya", "otto"):
        desk.agent(f"{name}@halcyon.example", name, Role.MANAGER)
    desk.conversation(ada)
    time.ahead = 2 * HOUR
    assert sweeping.sweep() == 1
    assert overdue_mails() == ["maya@halcyon.example", "maya@halcyon.example"] + ["otto@halcyon.example"] * 2


@pytest.mark.django_db
def test_an_answer_in_time_is_followed_by_silence(ada: Person, kim: Person, time: Time) -> None:
    levels.level(default=True, first=60, next=60)
    conversation = desk.conversation(ada)
    time.ahead = HOUR / 2
    desk.answers(kim, conversation)
    time.ahead = timedelta(days=5)
    sweeping.sweep()
    assert not levels.lines(conversation, "overdue").exists()


@pytest.mark.django_db
def test_the_exact_moment_is_in_time_and_the_next_one_is_not(
    ada: Person, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels.level(default=True, first=60)
    conversation = desk.conversation(ada)
    due_at = Conversation.objects.get(pk=conversation.pk).first_due_at
    assert due_at is not None
    monkeypatch.setattr(clock, "now", lambda: due_at)
    sweeping.look_again_at_all()
    assert sweeping.sweep() == 0
    monkeypatch.setattr(clock, "now", lambda: due_at + timedelta(milliseconds=1))
    assert sweeping.sweep() == 1
    assert levels.lines(conversation, "overdue").count() == 1


@pytest.mark.django_db
def test_rules_look_when_an_answer_is_due_soon_unanswered_or_overdue(ada: Person, time: Time) -> None:
    levels.level(default=True, first=60)
    for trigger, minutes in (("due_soon", 20), ("unanswered", 10), ("overdue", None), ("unanswered", 30)):
        title = f"{trigger} {minutes}"
        steps = [{"do": "add_tag", "value": title}]
        levels.rule(title, Rule.Trigger(trigger), minutes=minutes, actions=steps)
    conversation = desk.conversation(ada)
    seen = []
    for minutes in (5, 11, 31, 41, 61, 120):
        time.ahead = minutes * MINUTE
        sweeping.sweep()
        levels.rules_look()
        seen.append(sorted(Conversation.objects.get(pk=conversation.pk).tags))
    assert seen == [
        [],
        ["unanswered-10"],
        ["unanswered-10", "unanswered-30"],
        ["due_soon-20", "unanswered-10", "unanswered-30"],
        ["due_soon-20", "overdue-none", "unanswered-10", "unanswered-30"],
        ["due_soon-20", "overdue-none", "unanswered-10", "unanswered-30"],
    ]
    assert RuleRun.objects.count() == 4


@pytest.mark.django_db
def test_answered_before_the_rule_looks_it_does_nothing(ada: Person, kim: Person, time: Time) -> None:
    levels.level(default=True, first=60)
    levels.rule(trigger=Rule.Trigger.UNANSWERED, minutes=10)
    conversation = desk.conversation(ada)
    time.ahead = 11 * MINUTE
    assert sweeping.sweep() == 1
    desk.answers(kim, conversation)
    assert levels.rules_look() == 1
    assert Conversation.objects.get(pk=conversation.pk).tags == []


@pytest.mark.django_db
def test_a_skill_that_relaxes_lets_somebody_else_have_it(ada: Person, kim: Person, time: Time) -> None:
    skill = Skill.objects.create(slug="linux", name="Linux")
    area = Area.objects.create(slug="linux", skill=skill, least_level=2, relax_minutes=30)
    levels.is_there(kim)
    conversation = desk.conversation(ada, area=area)
    assert Conversation.objects.get(pk=conversation.pk).assignee is None
    time.ahead = 29 * MINUTE
    sweeping.sweep()
    assert Conversation.objects.get(pk=conversation.pk).assignee is None
    time.ahead = 31 * MINUTE
    assert sweeping.sweep() == 1
    assert Conversation.objects.get(pk=conversation.pk).assignee == kim
    assert levels.lines(conversation, "assigned").get().data["why"] == (
        "Linux no longer asked for, the only one who is free"
    )


@pytest.mark.django_db
def test_one_that_fails_holds_up_no_other_and_is_tried_again(
    ada: Person, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels.level(default=True, first=60)
    broken, fine = desk.conversation(ada), desk.conversation("grace@example.org")
    real = escalating.missed

    def missed(conversation: Conversation, **values: object) -> None:
        if conversation.pk == broken.pk:
            raise RuntimeError
        real(conversation, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(escalating, "missed", missed)
    time.ahead = 2 * HOUR
    assert sweeping.sweep() == 2
    assert levels.lines(fine, "overdue").count() == 1
    assert levels.lines(broken, "overdue").count() == 0
    monkeypatch.setattr(escalating, "missed", real)
    time.ahead += timedelta(minutes=11)
    assert sweeping.sweep() == 1
    assert levels.lines(broken, "overdue").count() == 1


@pytest.mark.django_db
def test_a_calendar_that_changes_moves_what_is_due(ada: Person, time: Time) -> None:
    levels.level(default=True, first=60)
    conversation = desk.conversation(ada)
    levels.calendar("always", levels.NEVER, since=clock.now())
    assert sweeping.look_again_at_all() == 1
    time.ahead = HOUR * 2
    assert sweeping.sweep() == 1
    moved = Conversation.objects.get(pk=conversation.pk)
    assert moved.first_due_at is None
    assert not levels.lines(conversation, "overdue").exists()


@pytest.mark.django_db(transaction=True)
def test_many_workers_tell_of_each_miss_once(time: Time) -> None:
    levels.level(default=True, first=60)
    desk.agent("maya@halcyon.example", "Maya", Role.MANAGER)
    conversations = [desk.conversation(f"guest{number}@example.org") for number in range(6)]
    time.ahead = 2 * HOUR
    looked = at_once(*[sweeping.sweep] * 3)
    assert sum(each for each in looked if isinstance(each, int)) == 6, looked
    assert [levels.lines(each, "overdue").count() for each in conversations] == [1] * 6
    assert len(overdue_mails()) == 6


@pytest.mark.django_db
def test_spam_and_what_is_solved_misses_nothing(ada: Person, kim: Person, time: Time) -> None:
    levels.level(default=True, first=60, solve=60)
    spam, solved = desk.conversation("spam@example.org"), desk.conversation(ada)
    actor = escalating.TIME
    changing.mark_spam(actor=actor, conversation=spam)
    changing.solve(actor=actor, conversation=solved)
    time.ahead = 3 * HOUR
    sweeping.sweep()
    for each in (spam, solved):
        assert not levels.lines(each, "overdue").exists()
