"""What an agent can choose from, read with one query: teams, areas, colleagues, products, macros, saved views."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from frontdesk.accounts.models import Person
from frontdesk.support.texts import in_language

SQL = """
select 'team', id::text, slug, name, null::text from tickets_team
union all select 'area', id::text, slug, titles::text, lpad(position::text, 6, '0') from tickets_area
union all select 'colleague', id::text, email, name, null from accounts_person
           where is_staff and is_active and role <> ''
union all select 'product', id::text, slug, name, null from catalog_product
union all select 'macro', id::text, '', title, lpad(position::text, 6, '0') from tickets_macro
union all select 'view', id::text, query::text, title,
                 (case when person_id is null then '0' else '1' end) || lpad(position::text, 6, '0')
            from tickets_savedview where person_id is null or person_id = %(me)s
union all select 'me', person_id::text, '', takes_new::text, null from tickets_agent where person_id = %(me)s
"""


@dataclass(frozen=True)
class Choice:
    """Something with a name."""

    id: UUID
    slug: str
    label: str


@dataclass(frozen=True)
class ViewChoice:
    """A saved view; `is_shared` when it is everybody's."""

    id: UUID
    label: str
    query: dict[str, Any]
    is_shared: bool


@dataclass
class Choices:
    """All of them, in the order in which they are shown, and how the agent stands."""

    teams: list[Choice] = field(default_factory=list)
    areas: list[Choice] = field(default_factory=list)
    colleagues: list[Choice] = field(default_factory=list)
    products: list[Choice] = field(default_factory=list)
    macros: list[Choice] = field(default_factory=list)
    views: list[ViewChoice] = field(default_factory=list)
    takes_new: bool | None = None  # whether the agent gets new conversations; None for who is no agent of the routing


def choices_for(agent: Person) -> Choices:
    """What this agent can choose from."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"me": agent.pk})
        rows = sorted(cursor.fetchall(), key=lambda row: (row[4] or "", str(row[3]).lower()))
    found = Choices()
    lists = {
        "team": found.teams,
        "area": found.areas,
        "colleague": found.colleagues,
        "product": found.products,
        "macro": found.macros,
    }
    for kind, identifier, slug, label, place in rows:
        if kind == "view":
            found.views.append(ViewChoice(UUID(identifier), label, json.loads(slug), place.startswith("0")))
        elif kind == "me":
            found.takes_new = label == "true"
        else:
            lists[kind].append(Choice(UUID(identifier), slug, _label(kind, slug, label)))
    return found


def _label(kind: str, slug: str, label: str) -> str:
    if kind == "area":
        return in_language(json.loads(label)) or slug
    return label or slug
