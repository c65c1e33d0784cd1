"""How well and how fast the help centre's search finds, beside plain full text, on a collection that others have made.

`python -m benchmarks.help_search` prints a section of RESULTS.md. Weights were learnt on one half of the index terms
in German, English and French; what is asked here is the other half.
"""

import argparse
import json
import random
import statistics
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from benchmarks.help_collection import PACKAGES, Collection, Missing, load, mistyped
from benchmarks.installation import Installation

DEPTHS = (1, 3, 10)
ARTICLES = 5_000
Cases = Sequence[tuple[str, set[str]]]
BASELINE = """
select slug from benchmark_baseline, websearch_to_tsquery(%(how)s::regconfig, %(query)s) as query
where vector @@ query order by ts_rank(vector, query) desc limit 10
"""


@dataclass(frozen=True)
class Score:
    """How often a right page was among the first, and how long an answer took."""

    hits: dict[int, float]
    times: list[float]

    def cells(self) -> str:
        """As cells of a table."""
        return " | ".join(f"{self.hits[depth]:.3f}" for depth in DEPTHS)

    def quantile(self, share: float) -> float:
        """Milliseconds that this share of the answers took at most."""
        return sorted(self.times)[int(share * (len(self.times) - 1))] * 1_000


def ask(find: Callable[[str], list[str]], cases: Cases) -> Score:
    """Ask every question once."""
    hits, times = dict.fromkeys(DEPTHS, 0), []
    for query, right in cases:
        began = time.perf_counter()
        found = find(query)
        times.append(time.perf_counter() - began)
        for depth in DEPTHS:
            hits[depth] += bool(right.intersection(found[:depth]))
    return Score({depth: count / len(cases) for depth, count in hits.items()}, times)


def cases_of(collection: Collection, count: int) -> tuple[Cases, Cases]:
    """Questions as the index has them, and the same with one typo each."""
    rng = random.Random(11)
    clean = [(term, collection.terms[term]) for term in collection.half(held_back=True, count=count)]
    typos = [(typo, right) for term, right in clean if (typo := mistyped(term, rng))]
    return clean, typos


def enter(collection: Collection, *, language: str, keywords: bool = False, most: int = ARTICLES) -> None:
    """Make articles of the pages."""
    from frontdesk.core import clock  # noqa: PLC0415 - Django is set up by then
    from frontdesk.support.helpcentre.search import indexing  # noqa: PLC0415 - as above

    terms: dict[str, list[str]] = {}
    for term, pages in collection.terms.items():
        for page in pages:
            terms.setdefault(page, []).append(term)
    indexing.put_all(
        indexing.Findable(
            "article", uuid4(), language, "/help/", name[-120:], page.title, page.body, clock.real_now(),
            headings="\n".join(page.headings), keywords="\n".join(terms.get(name, ())) if keywords else "",
        )
        for name, page in list(collection.pages.items())[:most]
    )  # fmt: skip


def wipe() -> None:
    """Empty the index, and let the planner know."""
    _run("truncate helpcentre_searchposting, helpcentre_searchword, helpcentre_searchlanguage, helpcentre_searchentry")


def ours(language: str) -> Callable[[str], list[str]]:
    """The product's search."""
    from frontdesk.support.helpcentre.search import finding  # noqa: PLC0415 - Django is set up by then

    return lambda query: [hit.slug for hit in finding.find(query, language=language)]


def plain_full_text(collection: Collection) -> Callable[[str], list[str]]:
    """What PostgreSQL does by itself: title and body as one vector, websearch_to_tsquery, ts_rank."""
    how = {"de": "german", "en": "english", "fr": "french"}[collection.language]
    _run("drop table if exists benchmark_baseline")
    _run("create table benchmark_baseline (slug text, vector tsvector)")
    for name, page in collection.pages.items():
        _run(
            "insert into benchmark_baseline values (%s, to_tsvector(%s::regconfig, %s))",
            [name[-120:], how, f"{page.title} {page.body}"],
        )
    _run("create index on benchmark_baseline using gin (vector)")
    _run("analyze benchmark_baseline")
    return lambda query: [slug for (slug,) in _run(BASELINE, {"how": how, "query": query})]


def over_http(port: int, queries: Sequence[str]) -> list[float]:
    """Seconds that the API took for each question, one after the other."""
    times = []
    for query in queries:
        address = f"http://127.0.0.1:{port}/api/v1/help/search?{urllib.parse.urlencode({'q': query, 'language': 'de'})}"
        began = time.perf_counter()
        with urllib.request.urlopen(address, timeout=10) as reply:
            json.load(reply)
        times.append(time.perf_counter() - began)
    return times


def forbidden(collection: Collection, cases: Cases) -> tuple[float, float, float]:
    """Why no search of the texts finds all: the share of terms whose page holds each of their words; and, of those with
    such a page, the share that more than three pages hold as well. Then hit@3 that is left when only the latter are
    lost where the right page is not told apart by its title."""
    from frontdesk.support.helpcentre.search import languages, words  # noqa: PLC0415 - Django is set up by then

    def stems(text: str) -> set[str]:
        found = languages.stems(collection.language, (token.word for token in words.tokens(text)))
        return {stem for stem in found.values() if stem}

    held = {name[-120:]: stems(f"{page.title} {page.body}") for name, page in collection.pages.items()}
    whole = crowded = 0
    others = []
    for term, right in cases:
        asked = stems(term)
        if any(asked <= held[name[-120:]] for name in right):
            whole += 1
            holding = sum(asked <= words_of for words_of in held.values())
            others.append(holding - 1)
            crowded += holding > 3
    return whole / len(cases), crowded / max(1, whole), statistics.median(others)


def quality(count: int) -> str:
    """The table of hits."""
    lines = [
        "| language | index terms | what searches | hit@1 | hit@3 | hit@10 | hit@1 | hit@3 | hit@10 |",
        "|" + "---|" * 9,
    ]
    notes = []
    for language in PACKAGES:
        collection = _named(load(language))
        clean, typos = cases_of(collection, count)
        for name, find in (("plain full text", plain_full_text(collection)), ("**ours**", ours(language))):
            if "ours" in name:
                wipe()
                enter(collection, language=language)
                _run("analyze")
            scores = ask(find, clean), ask(find, typos)
            lines.append(f"| {language} | {len(clean):,} | {name} | {scores[0].cells()} | {scores[1].cells()} |")
            print(lines[-1], file=sys.stderr, flush=True)
        whole, crowded, others = forbidden(collection, clean)
        notes.append(
            f"- {language}: {whole:.0%} of the terms have a page that holds all of their words; of these, "
            f"{crowded:.0%} are held by more than three pages (median: {others:.0f} others)."
        )
        wipe()
        enter(collection, language=language, keywords=True)
        _run("analyze")
        scores = ask(ours(language), clean), ask(ours(language), typos)
        lines.append(
            f"| {language} | {len(clean):,} | ours, terms as keywords | {scores[0].cells()} | {scores[1].cells()} |"
        )
        print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines) + "\n\n" + "\n".join(notes)


def speed(port: int, count: int) -> str:
    """How long answers take at 5,000 articles in one language."""
    wipe()
    german, french = _named(load("de")), _named(load("fr"))
    enter(german, language="de")
    enter(french, language="de", most=ARTICLES - len(german.pages))
    _run("vacuum analyze helpcentre_searchposting, helpcentre_searchword, helpcentre_searchentry")
    clean, typos = cases_of(german, count)
    mixed = [*clean, *typos, *((term[: max(3, len(term) * 2 // 3)], right) for term, right in clean)]
    ask(ours("de"), mixed[:200])
    inside = ask(ours("de"), mixed)
    http = Score({}, over_http(port, [query for query, _ in mixed[:: max(1, len(mixed) // 600)]]))
    return (
        f"At {ARTICLES:,} articles in one language, questions one after the other (clean, mistyped, unfinished): "
        f"p50 {inside.quantile(0.5):.0f} ms, **p95 {inside.quantile(0.95):.0f} ms**, worst {inside.quantile(1):.0f} ms "
        f"in the process; p50 {http.quantile(0.5):.0f} ms, **p95 {http.quantile(0.95):.0f} ms** over HTTP. "
        "Goal: p95 below 50 ms."
    )


def _named(collection: Collection) -> Collection:
    """A slug has 120 characters."""
    short = {term: {name[-120:] for name in pages} for term, pages in collection.terms.items()}
    return Collection(collection.language, {name[-120:]: page for name, page in collection.pages.items()}, short)


def _run(statement: str, values: Any = None) -> list[Any]:
    from django.db import connection  # noqa: PLC0415 - Django is set up by then

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def main() -> None:
    """Measure, and print the section."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.help_search")
    parser.add_argument("--terms", type=int, default=1_000, help="index terms asked in each language")
    options = parser.parse_args()
    try:
        for language in PACKAGES:
            load(language)
    except Missing as missing:
        print(f"Not measured: {missing}.")
        return
    with Installation(web_workers=1) as installation:
        import django  # noqa: PLC0415 - settings are read from the environment that the installation made

        django.setup()
        timing = speed(installation.port, options.terms // 2)
        print(timing, file=sys.stderr, flush=True)
        print(f"{timing}\n\nOf the questions, one typo each in the last three columns:\n\n{quality(options.terms)}")


if __name__ == "__main__":
    main()
