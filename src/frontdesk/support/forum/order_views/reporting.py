"""Reporting a post or a profile, and asking again for a look at one's own that was hidden."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import flags, moderating, rights, selectors
from frontdesk.support.forum.models import Post
from frontdesk.support.forum.moderating.letters import address_of
from frontdesk.support.forum.order_forms import AskAgainForm, ProfileReportForm, ReportForm
from frontdesk.support.forum.order_views.common import member_of, readable_post, shown_member
from frontdesk.support.forum.views.common import words_for

ASKING = ["GET", "HEAD", "POST"]


@require_http_methods(ASKING)
@login_required
def report(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Say what is wrong with a post."""
    member = member_of(request)
    post = readable_post(selectors.reader_for(member), post_id)
    if not post.is_visible:
        raise NotFound
    rights.may(member, "flag", post).require()
    form, verb = ReportForm(request.POST or None), partial(flags.flag, member=member, post=post)
    context = {"post": post, "back": address_of(post.topic, post)}
    return _reported(request, form, verb, "forum/order/report.html", context)


@require_http_methods(ASKING)
@login_required
def report_profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Say what is wrong with what somebody says of themselves."""
    member, subject = member_of(request), shown_member(handle)
    if not flags.is_reportable(subject):
        raise NotFound
    rights.may(member, "flag", subject).require()
    form, verb = ProfileReportForm(request.POST or None), partial(flags.flag_profile, member=member, profile=subject)
    context = {"subject": subject, "back": reverse("forum:member", args=[subject.handle])}
    return _reported(request, form, verb, "forum/order/report_profile.html", context)


def _reported(
    request: HttpRequest, form: Form, verb: Callable[..., object], template: str, context: dict[str, Any]
) -> HttpResponse:
    """Call the verb with what the form says and lead `back`; else show the form, with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            verb(**form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, words_for(refusal))
        else:
            messages.success(request, _("Thank you. A moderator looks at it, and you hear from us."))
            return redirect(context["back"])
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)


@require_http_methods(ASKING)
@login_required
def ask_again(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Why one's post was hidden; change it and put it before the moderators once more."""
    member = member_of(request)
    post = readable_post(selectors.reader_for(member), post_id)
    if post.author_id != member.pk:
        raise NotFound
    form = AskAgainForm(request.POST or None, initial={"text": post.text})
    may = flags.may_ask_again(post)
    if request.method == "POST" and form.is_valid():
        try:
            flags.ask_again(member=member, post=post, text=form.cleaned_data["text"])
        except Refusal as refusal:
            form.add_error(None, words_for(refusal))
        else:
            messages.success(request, _("A moderator looks at your post again."))
            return redirect(address_of(post.topic, post))
    context = {
        "form": form, "post": post, "may": may, "decision": moderating.latest(post),
        "is_waiting": post.state == Post.State.WAITING, "back": address_of(post.topic, post),
    }  # fmt: skip
    return render(request, "forum/order/again.html", context, status=422 if form.is_bound else 200)
