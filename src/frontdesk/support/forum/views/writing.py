"""Beginning topics, replying, editing, deleting: with a preview, and never losing what was typed."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts import browsers
from frontdesk.accounts.access import to_sign_in
from frontdesk.core import throttle
from frontdesk.core.errors import NotFound
from frontdesk.core.numbers import whole
from frontdesk.core.reasons import Refusal
from frontdesk.core.throttle import Limit
from frontdesk.support.forum import looking, members, rendering, selectors, threads, wording, writing
from frontdesk.support.forum.errors import NameRefused, PostedAlready
from frontdesk.support.forum.models import Category, Post, Topic
from frontdesk.support.forum.selectors import Reader
from frontdesk.support.forum.views.common import member_of, reader_of, signed_in, words_for
from frontdesk.support.forum.views.forms import ReplyForm, TopicForm
from frontdesk.support.forum.views.topics import context_of, place_of, quoted_post

PREVIEWS = Limit("community-preview", 120, 60)
LOOKS = Limit("community-similar", 600, 60)  # by network: somebody types, and their colleagues do
PAGE = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE)
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """A form for a topic; what is similar is shown while the title is typed, and once before it is posted."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    reader = reader_of(request)
    offered = [each for each in selectors.categories(reader) if reader.may_begin(each)]
    if not offered:
        raise NotFound
    form = _topic_form(request, reader, offered)
    similar = looking.Similar()
    if request.method == "POST" and request.POST.get("do") != "preview" and form.is_valid():
        similar = looking.similar(reader, form.cleaned_data["title"])
        if form.cleaned_data["looked"] or not similar:
            try:
                return _begun(request, form)
            except Refusal as refusal:
                _not_taken(form, refusal)
    context = {
        "reader": reader,
        "form": form,
        "similar": similar,
        "must_look": bool(similar) and not form.errors,
        "preview": _preview_of(request),
    }
    return render(request, "forum/begin.html", context, status=422 if form.is_bound and form.errors else 200)


def _topic_form(request: HttpRequest, reader: Reader, offered: list[Category]) -> TopicForm:
    values: dict[str, Any] = {"member": reader.member, "person": reader.person, "categories": offered}
    if request.method == "POST":
        return TopicForm(request.POST, **values)
    chosen = request.GET.get("category", "")
    initial = {
        "client_id": uuid4(),
        "category": chosen if chosen in {each.slug for each in offered} else offered[0].slug,
        "title": wording.line_of(request.GET.get("title", ""))[: wording.LONGEST_TITLE],
    }
    return TopicForm(initial=initial, **values)


def _begun(request: HttpRequest, form: TopicForm) -> HttpResponse:
    data = form.cleaned_data
    topic = writing.begin(
        member=form.introduced(),
        category=data["category"],
        title=data["title"],
        text=data["text"],
        client_id=form.number(),
    )
    if topic.hidden_at is not None:
        messages.success(request, _("Thank you. Somebody looks at it before others see it, which seldom takes long."))
    else:
        messages.success(request, _("Your topic is there. You get a mail when somebody answers."))
    return redirect(topic)


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """What is similar to a title, as a piece of the page."""
    title = request.GET.get("title", "")
    if title.strip():
        throttle.reserve(LOOKS, browsers.prefix(request))
    found = looking.similar(reader_of(request), title) if title.strip() else looking.Similar()
    response = render(request, "forum/parts/similar.html", {"similar": found})
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(PAGE)
@never_cache
def reply(request: HttpRequest, number: int) -> HttpResponse:
    """Take a reply. What cannot be taken comes back on the topic's page, with the reason."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    reader = reader_of(request)
    topic = selectors.topic(reader, number)
    if request.method != "POST":
        return redirect(topic)
    form = ReplyForm(request.POST, member=reader.member, person=reader.person)
    if request.POST.get("do") != "preview" and form.is_valid():
        answers = quoted_post(reader, topic, str(form.cleaned_data["answers"] or ""))
        try:
            return _replied(request, topic, form, answers)
        except Refusal as refusal:
            _not_taken(form, refusal)
    return _once_more(request, reader, topic, form)


def _replied(request: HttpRequest, topic: Topic, form: ReplyForm, answers: Post | None) -> HttpResponse:
    post = writing.reply(
        member=form.introduced(),
        topic=topic,
        text=form.cleaned_data["text"],
        client_id=form.number(),
        answers=answers,
    )
    if post.state == Post.State.WAITING:
        messages.success(request, _("Thank you. Somebody looks at it before others see it, which seldom takes long."))
    if post.topic_id != topic.pk:
        messages.info(request, _("The topic was merged into this one meanwhile; your answer stands here."))
    return redirect(place_of(post.topic, post.number))


def _once_more(request: HttpRequest, reader: Reader, topic: Topic, form: ReplyForm) -> HttpResponse:
    """The topic's page with the form as it was sent."""
    if topic.merged_into is not None:
        topic = selectors.topic(reader, topic.merged_into.number)
    page = whole(request.POST.get("page", "1"), most=threads.MOST_PAGES) or 1
    thread = threads.thread(reader, topic, page) or threads.thread(reader, topic, 1)
    if thread is None:
        raise NotFound
    context = context_of(request, reader, thread, form, preview=_preview_of(request), is_sent=True)
    return render(request, "forum/topic.html", context, status=422 if form.errors else 200)


def _not_taken(form: ReplyForm, refusal: Refusal) -> None:
    """Say why at the form; a name that cannot be taken stands at its field already."""
    if isinstance(refusal, NameRefused) and form.errors:
        return
    form.add_error(None, words_for(refusal))
    if isinstance(refusal, PostedAlready):
        form.renumber()


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What is typed, as others will see it; for the script."""
    person = signed_in(request)
    if person is None:
        return to_sign_in(request)
    throttle.reserve(PREVIEWS, str(person.pk))
    return render(request, "forum/parts/preview.html", {"preview": _rendered(request)})


def _preview_of(request: HttpRequest) -> object:
    return _rendered(request) if request.method == "POST" and request.POST.get("do") == "preview" else None


def _rendered(request: HttpRequest) -> object:
    text = wording.UNKEPT.sub("", request.POST.get("text", "").replace("\r\n", "\n"))[: wording.LONGEST_TEXT]
    known = members.handles_among(set(rendering.contents_of(text).handles)) if text.strip() else {}
    return rendering.shown(rendering.to_html(text, handles=known))


@require_POST
def delete(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Take one's own post away."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    found = selectors.post(reader_of(request), post_id)
    writing.delete(member=member_of(request), post=found)
    messages.success(request, _("Your post is deleted."))
    reader = reader_of(request)
    if not selectors.may_read(reader, Topic.objects.select_related("category").get(pk=found.topic_id)):
        return redirect("forum:start")
    return redirect(place_of(found.topic, found.number))


@require_safe
@never_cache
def ask_delete(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """The question before it, on a page of its own where there is no script."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    reader = reader_of(request)
    found = selectors.post(reader, post_id)
    if not selectors.is_by(reader, found.author_id) or found.state == Post.State.DELETED:
        raise NotFound
    return render(request, "forum/delete.html", {"post": found, "topic": found.topic})
