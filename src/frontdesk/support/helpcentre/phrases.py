"""What happens to articles, in words; no customer is concerned by it."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core import history
from frontdesk.core.history import Text, Topic

ARTICLES: dict[str, Text] = {
    "article.created": _("An article was begun"),
    "article.written": _("An article was written"),
    "article.published": _("An article was published"),
    "article.unpublished": _("An article was taken back"),
    "article.arranged": _("An article was put in another place"),
    "article.reasons": _("An article was put behind reasons"),
    "article.picture_added": _("A picture was added to an article"),
    "category.saved": _("A category of the help centre was changed"),
}


def enter() -> None:
    """Say what the actions are called."""
    history.describe(Topic.OTHER, "book-open", ARTICLES)
