"""Decisions that leaders and the team take from the community's own pages."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from frontdesk.support.forum import selectors
from frontdesk.support.forum.order_views.common import (
    back_to,
    decide,
    member_of,
    readable_post,
    readable_topic,
    shown_member,
)
from frontdesk.support.forum.order_views.reporting import ASKING

TEMPLATE = "forum/order/deed.html"


@require_http_methods(ASKING)
@login_required
def of_post(request: HttpRequest, post_id: UUID, do: str) -> HttpResponse:
    """A decision about a post."""
    member = member_of(request)
    post = readable_post(selectors.reader_for(member), post_id)
    return decide(request, member=member, subject=post, name=do, back=back_to(post), template=TEMPLATE)


@require_http_methods(ASKING)
@login_required
def of_topic(request: HttpRequest, number: int, do: str) -> HttpResponse:
    """A decision about a topic."""
    member = member_of(request)
    topic = readable_topic(selectors.reader_for(member), number)
    return decide(request, member=member, subject=topic, name=do, back=back_to(topic), template=TEMPLATE)


@require_http_methods(ASKING)
@login_required
def of_member(request: HttpRequest, handle: str, do: str) -> HttpResponse:
    """A decision about a member."""
    subject = shown_member(handle)
    back = reverse("forum:member", args=[subject.handle])
    return decide(request, member=member_of(request), subject=subject, name=do, back=back, template=TEMPLATE)
