"""What the help centre holds about people (`core.personal`): what they thought of articles, and who wrote them."""

import os
from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from frontdesk.core import personal
from frontdesk.core.personal import Eraser, Exporter, Row, Traces
from frontdesk.core.reasons import Text
from frontdesk.support.helpcentre.models import ArticleFeedback, ArticleImage, Revision

RANK = 6
FEEDBACK: dict[str, Text] = {
    "article": _("Article"),
    "language": _("Language"),
    "is_helpful": _("Helpful"),
    "words": _("Words"),
    "created_at": _("Given"),
}
WRITTEN = ("helpcentre.Revision", "helpcentre.ArticleImage")
NOBODYS = ("Article", "ArticleReason", "Category", "Translation", "SearchEntry", "SearchLanguage",
           "SearchPosting", "SearchWord")  # fmt: skip


def enter() -> None:
    """Speak for these tables."""
    personal.shows(
        Exporter(
            "article-feedback", _("What you thought of articles"), FEEDBACK, _feedback, ("helpcentre.ArticleFeedback",)
        )
    )
    personal.erases(Eraser("helpcentre", RANK, _erase, ("helpcentre.ArticleFeedback", *WRITTEN)))
    personal.not_shown("what staff write for the vendor is the vendor's", *WRITTEN)
    personal.about_nobody("what the vendor tells everybody", *(f"helpcentre.{name}" for name in NOBODYS))


def _feedback(traces: Traces) -> Iterable[Row]:
    rows = ArticleFeedback.objects.filter(person=traces.person).order_by("created_at", "pk")
    named = rows.annotate(article=F("translation__article__slug"), language=F("translation__language"))
    found: Iterable[Row] = named.values(*FEEDBACK)
    return found


def _erase(traces: Traces) -> None:
    """The votes stay, as nobody's; the words go. Articles lose their author's name."""
    for vote in ArticleFeedback.objects.select_for_update().filter(person=traces.person).order_by("pk"):
        vote.person, vote.words, vote.reader_hash = None, "", os.urandom(32)
        vote.save(update_fields=["person", "words", "reader_hash"])
    Revision.objects.filter(author=traces.person).update(author=None)
    ArticleImage.objects.filter(uploaded_by=traces.person).update(uploaded_by=None)
