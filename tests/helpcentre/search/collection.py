"""A small collection in our own words, in which each thing that the search can do has something to be seen on."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from frontdesk.core import clock
from frontdesk.support.helpcentre.search.indexing import Findable

SPACE = UUID("6f3f1c62-5c0b-4b9a-9c0e-2f7f3a1f4b55")
COLLECTION: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("collection.toml").read_text(encoding="utf-8")
)


def findables() -> Iterable[Findable]:
    """Everything in it."""
    for language, articles in COLLECTION.items():
        for slug, said in articles.items():
            keywords = "\n".join(said.get("keywords", ()))
            yield findable(slug, language, title=said["title"], keywords=keywords, body=said["body"])


def findable(slug: str, language: str = "en", *, title: str, **more: Any) -> Findable:
    """One entry; the same slug is the same subject."""
    values = {"kind": "article", "changed_at": clock.now(), "url": f"/help/articles/{slug}/", "body": "", **more}
    return Findable(subject=uuid5(SPACE, slug), language=language, slug=slug, title=title, **values)
