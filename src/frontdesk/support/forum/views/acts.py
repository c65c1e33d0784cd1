"""Small deeds on posts and topics: like, accept, follow. Each leads back to where it was done."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from frontdesk.accounts.access import to_sign_in
from frontdesk.core.errors import RequestInvalid
from frontdesk.support.forum import accepting, following, liking, selectors
from frontdesk.support.forum.errors import NameNotChosen
from frontdesk.support.forum.models import Category, Subscription, Topic
from frontdesk.support.forum.views.common import member_of, reader_of
from frontdesk.support.forum.views.topics import place_of

FOLLOWED = {
    Subscription.Kind.WATCH: gettext_lazy("You get a mail for each new post."),
    Subscription.Kind.DIGEST: gettext_lazy("What is new comes with your digest."),
    Subscription.Kind.READ: gettext_lazy("You get no mails about it."),
    Subscription.Kind.MUTED: gettext_lazy("It is left out of your lists, and you get no mails about it."),
}
NOTHING = gettext_lazy(
    "Saved. But you chose to get no mails of the community, so none comes: you can change that on your profile page."
)


@require_POST
def like(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Like a post, or do so no more (`do` is "unlike")."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    post = selectors.post(reader_of(request), post_id)
    is_liked = request.POST.get("do") != "unlike"
    try:
        (liking.like if is_liked else liking.unlike)(member=member_of(request), post=post)
    except NameNotChosen:
        return to_profile(request, post.topic)
    post.refresh_from_db()
    if getattr(request, "htmx", False):
        return render(request, "forum/parts/like.html", {"post": post, "is_liked": is_liked, "may_like": True})
    return redirect(place_of(post.topic, post.number))


@require_POST
def accept(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Say that a post solves the topic."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    post = selectors.post(reader_of(request), post_id)
    topic = accepting.accept(member=member_of(request), post=post)
    messages.success(request, _("Thank you: others see now what helped."))
    return redirect(place_of(topic, post.number))


@require_POST
def unaccept(request: HttpRequest, number: int) -> HttpResponse:
    """Say that it is not solved after all."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    topic = selectors.topic(reader_of(request), number)
    return redirect(accepting.unaccept(member=member_of(request), topic=topic))


@require_POST
def follow_topic(request: HttpRequest, number: int) -> HttpResponse:
    """Follow a topic in one of the ways."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    topic = selectors.topic(reader_of(request), number)
    _follow(request, topic)
    return redirect(topic)


@require_POST
def follow_category(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a category in one of the ways."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    category = selectors.category(reader_of(request), slug)
    _follow(request, category)
    return redirect("forum:category", category.slug)


def _follow(request: HttpRequest, target: Topic | Category) -> None:
    kind = request.POST.get("kind", "")
    if kind not in Subscription.Kind.values:
        raise RequestInvalid(field="kind")
    member = member_of(request)
    following.follow(member=member, target=target, kind=kind)
    if member.mails_nothing and kind in {Subscription.Kind.WATCH, Subscription.Kind.DIGEST}:
        messages.warning(request, str(NOTHING))
    else:
        messages.success(request, str(FOLLOWED[Subscription.Kind(kind)]))


def to_profile(request: HttpRequest, topic: Topic) -> HttpResponse:
    """Where a name is chosen, which leads back here."""
    messages.info(request, _("First choose the name that others see."))
    request.session["community_next"] = topic.get_absolute_url()
    return redirect("forum:me")
