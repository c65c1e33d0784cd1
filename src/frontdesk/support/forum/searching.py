"""Search in the forum: PostgreSQL's full text, by the language of each topic; what a title says weighs more.

Queries of any kind never fail: what cannot be understood finds nothing.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from frontdesk.support.forum import rendering, wording
from frontdesk.support.forum.models import Category, Post, Topic
from frontdesk.support.helpcentre.search.languages import STEMMERS, base

LONGEST = 200  # characters of a query that are looked at
MOST_INDEXED = 20_000  # characters of a text
CANDIDATES = 1_000  # the newest posts that match are ranked: the commonest words cost no more than others
STARTS, ENDS = "\x02", "\x03"  # around what matched, until it is escaped
WEIGHTS = "{0.1, 0.2, 0.4, 1.0}"  # D, C, B, A: words of the text, of an accepted answer, -, of the title
FEW_CANDIDATES, MOST_WORDS = 300, 12

ENTER = """
update forum_post set search = setweight(to_tsvector(%(config)s::regconfig, %(title)s), 'A')
                            || setweight(to_tsvector(%(config)s::regconfig, %(text)s), 'D')
 where id = %(post)s
"""
ENTER_MANY = """
update forum_post p
   set search = setweight(to_tsvector(%(config)s::regconfig, case when p.number = 1 then t.title else '' end), 'A')
             || setweight(to_tsvector(%(config)s::regconfig, left(p.text, 20000)), 'D')
  from forum_topic t where t.id = p.topic_id and t.id = any(%(topics)s)
"""
# The query stands in the condition itself: only so PostgreSQL knows how common its words are. Of common ones it walks
# `forum_post_newest` until it has enough; of rare ones it takes what `forum_post_search` finds.
FIND = """
with matching as materialized (
  select p.id, p.topic_id, p.search, p.number
    from forum_post p join forum_topic t on t.id = p.topic_id
   where p.search @@ ({query}) and p.state = 'visible' and t.hidden_at is null and t.merged_into_id is null
     and t.category_id = any(%(categories)s) {only}
   order by p.created_at desc limit {candidates}),
best as (
  select distinct on (topic_id) id, topic_id, ts_rank('{weights}', search, {query}, 1) as rank
    from matching order by topic_id, rank desc, number)
select best.id, rank from best join forum_topic t on t.id = best.topic_id
 order by rank * case when t.solved_at is null then 1.0 else 1.3 end desc, t.last_post_at desc
 limit %(limit)s offset %(offset)s
"""
# What shares words with a title, the more of them the better; a single one of several says little.
SIMILAR = """
with asked as (select array(select ({word}) from unnest(%(words)s::text[]) with ordinality as each (word, place)
                             where numnode({word}) > 0 order by place) as words),
matching as materialized (
  select p.topic_id, p.search from forum_post p join forum_topic t on t.id = p.topic_id
   where p.number = 1 and p.search @@ ({query}) and p.state = 'visible' and t.hidden_at is null
     and t.merged_into_id is null and t.category_id = any(%(categories)s)
   order by p.created_at desc limit {candidates}),
counted as (
  select topic_id, search, (select count(*) from unnest(asked.words) as word where search @@ word) as hits,
         cardinality(asked.words) as words from matching, asked)
select t.* from counted join forum_topic t on t.id = counted.topic_id where hits >= least(2, words)
 order by hits desc, ts_rank('{weights}', search, {query}, 1) desc limit %(limit)s
"""
SNIPPETS = """
select ts_headline(config::regconfig, text, {query},
                   'StartSel={starts}, StopSel={ends}, MaxWords=30, MinWords=12, MaxFragments=1')
  from unnest(%(configs)s::text[], %(texts)s::text[]) with ordinality as each (config, text, place) order by place
"""


@dataclass(frozen=True)
class Hit:
    """A topic that was found, by which of its posts; `snippet` is HTML with <mark> around what matched."""

    topic: Topic
    post: Post
    snippet: SafeString


def enter(post: Post, topic: Topic) -> None:
    """Tell the search what a post says; the first one has the topic's title as well."""
    is_first = not Post.objects.filter(topic=topic, number__lt=post.number).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            ENTER,
            {
                "config": config_of(topic.language),
                "title": topic.title if is_first else "",
                "text": rendering.to_text(post.text)[:MOST_INDEXED],
                "post": post.pk,
            },
        )


def enter_many(topics: Sequence[Topic]) -> None:
    """The same for all posts of topics, a statement a language: for what was imported, or made for a measurement."""
    languages: dict[str, list[Topic]] = {}
    for topic in topics:
        languages.setdefault(config_of(topic.language), []).append(topic)
    with connection.cursor() as cursor:
        for config, some in languages.items():
            cursor.execute(ENTER_MANY, {"config": config, "topics": [topic.pk for topic in some]})


def find(
    query: str, categories: Collection[Category], *, solved: bool = False, limit: int = 20, offset: int = 0
) -> list[Hit]:
    """The topics in these categories that fit best; one hit a topic, by its best post."""
    asked = cleaned(query)
    if not asked or not categories:
        return []
    wanted, unwanted = _parted(asked)
    values = {
        **_said(wanted),
        "unwanted": unwanted,
        "categories": [each.pk for each in categories],
        "limit": limit,
        "offset": offset,
    }
    query = _query("websearch_to_tsquery")
    only = "and t.solved_at is not null" if solved else ""
    if unwanted:
        only += f" and not p.search @@ ({query.replace('(asked)', '(unwanted)')})"
    sql = FIND.format(query=query, only=only, candidates=CANDIDATES, weights=WEIGHTS)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        ids = [pk for pk, _rank in cursor.fetchall()]
    rows = Post.objects.select_related("topic__category", "topic__author", "author").in_bulk(ids)
    found = [rows[pk] for pk in ids if pk in rows]
    return [Hit(post.topic, post, snippet) for post, snippet in zip(found, _snippets(found, asked), strict=True)]


def similar(title: str, categories: Collection[Category], *, limit: int = 5) -> list[Topic]:
    """Topics that share words with a title, for somebody who is about to ask."""
    words = list(dict.fromkeys(re.findall(r"\w{3,}", cleaned(title))))[:MOST_WORDS]
    if not words or not categories:
        return []
    values = {**_said(" or ".join(words)), "words": words, "categories": [each.pk for each in categories]}
    word = _query("plainto_tsquery").replace("%(asked)s", "word")
    query = _query("websearch_to_tsquery")
    sql = SIMILAR.format(word=word, query=query, candidates=FEW_CANDIDATES, weights=WEIGHTS)
    return list(Topic.objects.raw(sql, {**values, "limit": limit}))


def cleaned(query: str) -> str:
    """A query as it is looked at."""
    return wording.line_of(query.replace("\0", " "))[:LONGEST]


def config_of(language: str) -> str:
    """PostgreSQL's configuration for a language; `simple` where it has none."""
    name = STEMMERS.get(base(language), "")
    return name if name in _configs() else "simple"


def _parted(asked: str) -> tuple[str, str]:
    """What is looked for, and the words (-word) that must not stand there: no language's stem of them."""
    words = asked.split()
    unwanted = [word.lstrip("-") for word in words if word.startswith("-")]
    return " ".join(word for word in words if not word.startswith("-")), " or ".join(unwanted)


def _said(asked: str) -> dict[str, Any]:
    return {"asked": asked, **{f"config{number}": name for number, name in enumerate(_asked_configs())}}


def _query(function: str) -> str:
    """The query as each of the installation's languages reads it: a topic's own is not known before it is found."""
    return " || ".join(
        f"{function}(%(config{number})s::regconfig, %(asked)s)" for number in range(len(_asked_configs()))
    )


def _asked_configs() -> list[str]:
    codes = [get_language() or settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    return list(dict.fromkeys([*(config_of(code) for code in codes), "simple"]))


@lru_cache(maxsize=1)
def _configs() -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute("select cfgname from pg_catalog.pg_ts_config")
        return frozenset(name for (name,) in cursor.fetchall())


def _snippets(posts: Sequence[Post], asked: str) -> list[SafeString]:
    if not posts:
        return []
    texts = [rendering.to_text(post.text)[:MOST_INDEXED].replace(STARTS, "").replace(ENDS, "") for post in posts]
    values = {"configs": [config_of(post.topic.language) for post in posts], "texts": texts}
    sql = SNIPPETS.format(query=_query("websearch_to_tsquery"), starts=STARTS, ends=ENDS)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**_said(asked), **values})
        return [_marked(found) for (found,) in cursor.fetchall()]


def _marked(found: str) -> SafeString:
    escaped = escape(found).replace(STARTS, "<mark>").replace(ENDS, "</mark>")
    return mark_safe(escaped)  # noqa: S308 - escaped above, with marks of our own


def rebuild(topics: Sequence[Topic] | None = None) -> int:
    """Make the search's words of these (or all) topics' posts anew; returns of how many posts."""
    rows = Post.objects.select_related("topic").order_by("topic", "number")
    chosen = rows if topics is None else rows.filter(topic__in=topics)
    count = 0
    for post in chosen.iterator(chunk_size=500):
        enter(post, post.topic)
        count += 1
    return count
