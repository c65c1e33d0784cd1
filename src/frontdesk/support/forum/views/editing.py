"""Editing a post, and what it said before."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts.access import to_sign_in
from frontdesk.core.errors import NotFound
from frontdesk.core.numbers import whole
from frontdesk.core.reasons import Refusal, Text
from frontdesk.support.forum import adding, history, rendering, rights, selectors, writing
from frontdesk.support.forum.errors import PostEditedMeanwhile
from frontdesk.support.forum.models import Decision, EditLock, Post
from frontdesk.support.forum.views.common import member_of, reader_of, words_for
from frontdesk.support.forum.views.forms import EditForm
from frontdesk.support.forum.views.topics import place_of

PAGE = ["GET", "HEAD", "POST"]
CLOSING = ("post.edits_closed", "post.hidden")  # hidden a second time, its author edits it no more


@require_http_methods(PAGE)
@never_cache
def edit(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Let a post say something else. Whoever comes second is told, and sees the difference."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    post = selectors.post(reader_of(request), post_id)
    member = member_of(request)
    verdict, is_own = rights.may(member, "edit", post), post.author_id == member.pk
    if post.state == Post.State.DELETED or not (verdict or is_own):
        raise NotFound
    if not verdict and request.method != "POST":  # who has typed already keeps the text, with the refusal above it
        return _closed(request, post, verdict.why)
    is_first = post.number == adding.first_number(post.topic)
    form = _form(request, post, is_first, is_own=is_own)
    context: dict[str, Any] = {}
    if request.method == "POST" and request.POST.get("do") != "preview" and form.is_valid():
        try:
            changed = writing.edit(member=member, post=post, **_said(form))
            return _saved(request, changed)
        except PostEditedMeanwhile:
            post.refresh_from_db()
            context = {"lines": history.compare(post.text, form.cleaned_data["text"]), "conflict": True}
            form = EditForm({**_typed(form), "seen": post.edit_count}, with_title=is_first, is_own=is_own)
            form.is_valid()
        except Refusal as refusal:
            form.add_error(None, words_for(refusal))
    if request.method == "POST" and request.POST.get("do") == "preview":
        text = request.POST.get("text", "")
        context["preview"] = rendering.shown(rendering.to_html(text[: 2 * 30_000], handles=post.mentions))
    status = 409 if context.get("conflict") else 422 if form.is_bound and form.errors else 200
    return render(
        request, "forum/edit.html", {"form": form, "post": post, "topic": post.topic, **context}, status=status
    )


def _closed(request: HttpRequest, post: Post, why: Text) -> HttpResponse:
    """Why its author cannot edit it: what stands against it, and the moderator's reason where there is one."""
    last = Decision.objects.filter(post=post, what__in=CLOSING).order_by("-created_at", "-id").first()
    is_closed = last is not None and EditLock.objects.filter(post=post).exists()
    context = {"post": post, "topic": post.topic, "why": why, "decision": last if is_closed else None}
    return render(request, "forum/edit_closed.html", context, status=403)


def _form(request: HttpRequest, post: Post, is_first: bool, *, is_own: bool) -> EditForm:
    if request.method == "POST":
        return EditForm(request.POST, with_title=is_first, is_own=is_own)
    said = {"text": post.text, "title": post.topic.title, "seen": post.edit_count}
    return EditForm(initial=said, with_title=is_first, is_own=is_own)


def _typed(form: EditForm) -> dict[str, Any]:
    return {name: form[name].value() for name in form.fields}


def _said(form: EditForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {"text": data["text"], "title": data.get("title", ""), "reason": data["reason"], "seen": data["seen"]}


def _saved(request: HttpRequest, post: Post) -> HttpResponse:
    if post.state == Post.State.WAITING:
        messages.success(request, _("It is saved. Somebody looks at it before others see it again."))
    else:
        messages.success(request, _("Saved."))
    return redirect(place_of(post.topic, post.number))


@require_safe
def revisions(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """What a post said, version by version, and what changed from one to the next."""
    reader = reader_of(request)
    post = selectors.post(reader, post_id)
    if not post.edit_count or not selectors.reads_words(reader, post):
        raise NotFound
    versions = history.versions(reader, post)
    chosen = whole(request.GET.get("version", ""), most=len(versions)) or len(versions)
    if chosen < 2:
        chosen = min(2, len(versions))
    new, old = versions[chosen - 1], versions[chosen - 2]
    context = {
        "post": post,
        "topic": post.topic,
        "versions": versions,
        "new": new,
        "lines": history.compare(old.text, new.text, old_title=old.title, new_title=new.title),
    }
    response = render(request, "forum/history.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
