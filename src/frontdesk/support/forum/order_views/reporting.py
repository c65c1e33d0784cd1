"""Reporting a post, and asking again for a look at one's own that was hidden."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import flags, moderating, rights, selectors
from frontdesk.support.forum.models import Post
from frontdesk.support.forum.moderating.letters import address_of
from frontdesk.support.forum.order_forms import AskAgainForm, ReportForm
from frontdesk.support.forum.order_views.common import member_of, readable_post
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
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            flags.flag(member=member, post=post, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, words_for(refusal))
        else:
            messages.success(request, _("Thank you. A moderator looks at it, and you hear from us."))
            return redirect(address_of(post.topic, post))
    context = {"form": form, "post": post, "back": address_of(post.topic, post)}
    return render(request, "forum/order/report.html", context, status=422 if form.is_bound else 200)


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
