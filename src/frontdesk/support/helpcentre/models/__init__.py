"""Tables of the help centre."""

from frontdesk.support.helpcentre.models.articles import (
    Article,
    ArticleImage,
    ArticleReason,
    Category,
    Revision,
    Translation,
)
from frontdesk.support.helpcentre.models.feedback import ArticleFeedback, ArticleViews
from frontdesk.support.helpcentre.models.index import SearchEntry, SearchLanguage, SearchPosting, SearchWord

__all__ = [
    "Article",
    "ArticleFeedback",
    "ArticleImage",
    "ArticleReason",
    "ArticleViews",
    "Category",
    "Revision",
    "SearchEntry",
    "SearchLanguage",
    "SearchPosting",
    "SearchWord",
    "Translation",
]
