"""The vendor's legal pages: Markdown files in the data folder, `legal/<slug>.md`, or `<slug>.de.md` for one language.

The first line, `# …`, is the title. The footer of every page links to them in the order of their names.
"""

from pathlib import Path

import nh3
from django.utils.functional import lazy
from django.utils.translation import get_language
from markdown_it import MarkdownIt


def footer_links(folder: Path) -> list[tuple[str, str]]:
    """Label and address of each page that the folder holds, the label in the language that is active."""
    slugs = sorted({path.name.split(".")[0] for path in folder.glob("*.md")}) if folder.is_dir() else []
    return [(_lazy_title(folder, slug), f"/legal/{slug}/") for slug in slugs]


def render(folder: Path, slug: str) -> tuple[str, str] | None:
    """Title and safe HTML of a page in the language that is active; None when there is no such page."""
    source = _source(folder, slug)
    if source is None:
        return None
    title, _, body = source.partition("\n")
    return title.lstrip("# ").strip(), nh3.clean(MarkdownIt("commonmark").enable("table").render(body))


def _source(folder: Path, slug: str) -> str | None:
    language = (get_language() or "en").split("-")[0]
    for path in (folder / f"{slug}.{language}.md", folder / f"{slug}.md"):
        if path.is_file():
            return path.read_text()
    return None


def _title(folder: Path, slug: str) -> str:
    source = _source(folder, slug) or slug.title()
    return source.partition("\n")[0].lstrip("# ").strip()


_lazy_title = lazy(_title, str)
