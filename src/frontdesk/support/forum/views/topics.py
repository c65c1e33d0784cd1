"""A topic, page by page, and the ways that lead into it."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from frontdesk.core.errors import NotFound
from frontdesk.core.numbers import whole
from frontdesk.support.forum import moderating, rendering, searching, selectors, threads, trust
from frontdesk.support.forum.models import Category, Post, Subscription, Topic
from frontdesk.support.forum.selectors import Reader
from frontdesk.support.forum.threads import Thread
from frontdesk.support.forum.views import metadata
from frontdesk.support.forum.views.common import for_engines, full, reader_of
from frontdesk.support.forum.views.forms import ReplyForm
from frontdesk.support.helpcentre.reading import is_machine

SIMILAR = 5


@require_safe
def topic(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """A page of a topic. Another slug leads to the right one, a merged topic to where it went."""
    reader = reader_of(request)
    found = selectors.topic(reader, number)
    if found.merged_into is not None:
        return _to_merged(reader, found)
    asked = request.GET.get("page", "1")
    if slug != found.slug:
        query = f"?page={asked}" if asked != "1" else ""
        return _moved(found.get_absolute_url() + query)
    page = whole(asked, most=threads.MOST_PAGES)
    thread = threads.thread(reader, found, page or 0)
    if thread is None:
        raise NotFound
    response = render(request, "forum/topic.html", context_of(request, reader, thread))
    if request.method == "GET" and not is_machine(request):
        threads.seen(reader, thread)
        if reader.member is not None:
            trust.seen(reader.member)
    says_something = any(each.post.state == Post.State.VISIBLE for each in thread.posts)
    return for_engines(response, found.category, shown=found.hidden_at is None and says_something)


def context_of(
    request: HttpRequest, reader: Reader, thread: Thread, form: ReplyForm | None = None, **more: Any
) -> dict[str, Any]:
    """What a topic's page shows; `form` is one that was sent and not taken."""
    found, page = thread.topic, thread.number
    path = found.get_absolute_url()
    is_public = found.category.reads == Category.Who.EVERYBODY and found.hidden_at is None
    return {
        "reader": reader,
        "topic": found,
        "thread": thread,
        "form": form or _form_of(request, reader, thread),
        "kinds": Subscription.Kind.choices,
        "canonical": full(path + (f"?page={page}" if page > 1 else "")),
        "previous": f"{path}?page={page - 1}" if page > 2 else path if page > 1 else "",
        "next": f"{path}?page={page + 1}" if page < thread.pages else "",
        "is_public": is_public,
        "structured": metadata.of_topic(thread) if is_public and reader.person is None else "",
        "description": metadata.description_of(thread),
        "pages": _numbers(page, thread.pages),
        "similar": _similar(found) if page == thread.pages else [],
        **more,
    }


def _numbers(page: int, pages: int) -> list[int]:
    """The pages that are offered: the first, the last, those around this one; 0 where some are left out."""
    near = sorted({1, 2, pages - 1, pages, page - 1, page, page + 1} & set(range(1, pages + 1)))
    found = list[int]()
    for number in near:
        found += [0, number] if found and number - found[-1] > 1 else [number]
    return found


def _form_of(request: HttpRequest, reader: Reader, thread: Thread) -> ReplyForm | None:
    """An empty form, or one that begins with a quotation; none for whoever may not reply."""
    if reader.person is None or not thread.may_reply:
        return None
    quoted = quoted_post(reader, thread.topic, request.GET.get("quote", ""))
    text = quotation(quoted) if quoted else ""
    initial = {"text": text, "client_id": uuid4(), "answers": quoted.pk if quoted else None}
    return ReplyForm(member=reader.member, person=reader.person, initial=initial)


def quoted_post(reader: Reader, topic: Topic, text: str) -> Post | None:
    """The visible post of this topic that an address names."""
    try:
        wanted = UUID(text)
    except ValueError:
        return None
    rows = selectors.posts(reader, topic).select_related("author").filter(pk=wanted, state=Post.State.VISIBLE)
    return rows.first()


def quotation(post: Post) -> str:
    """How a reply begins that quotes a post."""
    return rendering.quote(post.text, by=post.author.shown_name, path=reverse("forum:post", args=[post.pk]))


def _similar(topic: Topic) -> list[Topic]:
    """What to read next, in the same category."""
    found = searching.similar(topic.title, [topic.category], limit=SIMILAR + 1)
    return [each for each in found if each.pk != topic.pk][:SIMILAR]


def _to_merged(reader: Reader, topic: Topic) -> HttpResponse:
    """To the first post that came from there; the address's own end would name another one."""
    came = moderating.first_moved(topic)
    while topic.merged_into is not None:
        topic = Topic.objects.select_related("category", "merged_into").get(pk=topic.merged_into.pk)
    if not selectors.may_read(reader, topic):
        raise NotFound
    place = (
        place_of(topic, came.number)
        if came is not None and came.topic_id == topic.pk
        else str(topic.get_absolute_url())
    )
    return _moved(place)


def _moved(address: str) -> HttpResponse:
    """For good, as search engines want to hear; but titles change, and change back, so that nobody keeps it."""
    response = redirect(address, permanent=True)
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def unread(request: HttpRequest, number: int) -> HttpResponse:
    """To the first post that the reader has not read, or the last one."""
    reader = reader_of(request)
    found = selectors.topic(reader, number)
    if found.merged_into is not None:
        return _to_merged(reader, found)
    post = threads.first_unread(reader, found)
    return redirect(place_of(found, post.number if post else 1))


@require_safe
def newest(request: HttpRequest, number: int) -> HttpResponse:
    """To the last post."""
    reader = reader_of(request)
    found = selectors.topic(reader, number)
    if found.merged_into is not None:
        return _to_merged(reader, found)
    last = selectors.posts(reader, found).order_by("number").last()
    return redirect(place_of(found, last.number if last else 1))


@require_safe
def post(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """To where a post stands by now."""
    reader = reader_of(request)
    found = selectors.post(reader, post_id)
    return redirect(place_of(found.topic, found.number))


@require_safe
def quote(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """A quotation as text, for the script that puts it into the form."""
    found = selectors.post(reader_of(request), post_id)
    if not found.is_visible:
        raise NotFound
    response = HttpResponse(quotation(found), content_type="text/plain; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    return response


def place_of(topic: Topic, number: int) -> str:
    """The address of a post within its topic."""
    page = threads.page_of(number)
    return f"{topic.get_absolute_url()}{f'?page={page}' if page > 1 else ''}#post-{number}"
