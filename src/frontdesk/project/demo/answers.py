"""What Halcyon's agents have at hand: canned replies, macros, rules, views that all share."""

from typing import Any

from django.db import transaction

from frontdesk.core.actors import Actor
from frontdesk.project.demo.sources import read
from frontdesk.support.tickets import actions
from frontdesk.support.tickets.models import CannedReply, Macro, Rule, SavedView, Team
from frontdesk.support.tickets.rules import writing

ACTOR = Actor.system("demo")
Row = dict[str, Any]


@transaction.atomic
def build_answers() -> None:
    """Make canned replies, macros, rules and shared views. Raises ValueError for what could not be run."""
    rows = read("answers")
    for row in rows["replies"]:
        texts = {language: text.strip() for language, text in row["texts"].items()}
        team = Team.objects.filter(slug=row.get("team")).first()
        CannedReply.objects.get_or_create(
            shortcut=row["shortcut"], defaults={"title": row["title"], "texts": texts, "team": team}
        )
    for position, row in enumerate(rows["macros"], 1):
        _require_nothing(actions.check(row["actions"], by_rule=False))
        Macro.objects.get_or_create(title=row["title"], defaults={"actions": row["actions"], "position": position})
    for position, row in enumerate(rows["rules"], 1):
        _build_rule(row, position)
    for position, row in enumerate(rows["views"], 1):
        SavedView.objects.get_or_create(
            person=None, title=row["title"], defaults={"query": row["query"], "position": position}
        )


def _build_rule(row: Row, position: int) -> None:
    if Rule.objects.filter(title=row["title"]).exists():
        return
    values = {name: row[name] for name in ("title", "trigger", "conditions", "actions")}
    rule = writing.save(actor=ACTOR, rule=Rule(**values, minutes=row.get("minutes"), position=position))
    if row["is_on"]:
        writing.switch_on(actor=ACTOR, rule=rule, ticket=writing.tried(rule))


def _require_nothing(wrong: list[str]) -> None:
    if wrong:
        raise ValueError(" ".join(wrong))
