"""Atom feeds of what everybody may read."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from frontdesk.support.forum import listing, selectors
from frontdesk.support.forum.models import Category, Post
from frontdesk.support.forum.selectors import GUEST
from frontdesk.support.forum.views.common import full

TEN_MINUTES = 600


@require_safe
@cache_control(public=True, max_age=TEN_MINUTES)
def latest(request: HttpRequest) -> HttpResponse:
    """The topics with the latest posts."""
    readable = selectors.categories(GUEST)
    return _feed(request, _("Community"), full(reverse("forum:start")), readable, None)


@require_safe
@cache_control(public=True, max_age=TEN_MINUTES)
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of a category that everybody may read; any other is not there."""
    found = selectors.category(GUEST, slug)
    return _feed(request, found.title, full(reverse("forum:category", args=[slug])), [found], found)


def _feed(
    request: HttpRequest, title: str, link: str, readable: list[Category], category: Category | None
) -> HttpResponse:
    feed = Atom1Feed(
        title=f"{title} – {settings.FRONTDESK_BRAND['name']}",
        link=link,
        description=title,
        language=get_language(),
        feed_url=full(request.path),
    )
    listed = listing.topics(GUEST, readable, category=category)
    pinned = listing.pinned(GUEST, category) if category else []
    topics = sorted((line.topic for line in [*pinned, *listed.lines]), key=lambda each: each.last_post_at, reverse=True)
    firsts = Post.objects.filter(topic__in=topics, number=1, state=Post.State.VISIBLE)
    first = {post.topic_id: post for post in firsts}
    for topic in topics:
        post = first.get(topic.pk)
        feed.add_item(
            title=topic.title,
            link=full(topic.get_absolute_url()),
            description=post.html if post else "",
            unique_id=f"urn:uuid:{topic.pk}",
            author_name=topic.author.shown_name,
            pubdate=topic.created_at,
            updateddate=topic.last_post_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
