"""Members: what others see of them, and what they choose themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts.access import to_sign_in
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import cleared, flags, listing, members, selectors
from frontdesk.support.forum.models import Subscription
from frontdesk.support.forum.notifying import reaching
from frontdesk.support.forum.views.common import for_engines, full, member_of, reader_of
from frontdesk.support.forum.views.forms import MailsForm, ProfileForm

SHOWN = 20
PAGE = ["GET", "HEAD", "POST"]


@require_safe
def member(request: HttpRequest, handle: str) -> HttpResponse:
    """What somebody wrote, as far as the reader may read it. A former handle leads to the present one."""
    found = members.by_handle(handle)
    if found is None:
        raise NotFound
    if found.handle != handle:
        return redirect("forum:member", found.handle, permanent=False)
    reader = reader_of(request)
    readable = selectors.categories(reader)
    posts = listing.written_by(reader, found, readable, SHOWN)
    is_me = reader.member is not None and reader.member.pk == found.pk
    context = {
        "reader": reader,
        "member": found,
        "is_team": members.is_of_team(found),
        "posts": posts,
        "canonical": full(members.path_of(found.handle)),
        "is_me": is_me,
        "may_report": reader.person is not None and not is_me and flags.is_reportable(found),
    }
    return for_engines(render(request, "forum/member.html", context), shown=bool(posts))


@require_http_methods(PAGE)
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """The name that others see, and which mails come."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    mine, which = member_of(request), request.POST.get("form", "")
    profile = ProfileForm(request.POST if which == "profile" else None, member=mine)
    mails = MailsForm(request.POST if which == "mails" else None, member=mine)
    if which == "profile" and profile.is_valid() and profile.save(mine):
        messages.success(request, _("Saved. Others see you like this from now on."))
        return redirect(str(request.session.pop("community_next", "") or "forum:me"))
    if which == "mails" and mails.is_valid():
        data = mails.cleaned_data
        members.choose_mails(member=mine, **data)
        messages.success(request, _("Saved."))
        return redirect("forum:me")
    if which == "again":
        reaching.try_again(member=mine)
        messages.success(request, _("We send you mails again."))
        return redirect("forum:me")
    context = {"member": mine, "profile": profile, "mails": mails, "follows": _follows(request)}
    context["cleared"] = cleared.left_as_cleared(mine)
    context["came_back"] = reaching.all_came_back(mine)
    status = 422 if profile.errors or mails.errors else 200
    return render(request, "forum/me.html", context, status=status)


def _follows(request: HttpRequest) -> list[Subscription]:
    """What the reader follows or has muted, as far as they may still read it."""
    reader = reader_of(request)
    if reader.member is None:
        return []
    rows = reader.member.subscriptions.exclude(kind=Subscription.Kind.READ).order_by("-pk")
    chosen = rows.select_related("topic__category", "topic__author", "category")[:100]
    return [each for each in chosen if _may_read(reader, each)]


def _may_read(reader: selectors.Reader, row: Subscription) -> bool:
    if row.topic is not None:
        return row.topic.merged_into_id is None and selectors.may_read(reader, row.topic)
    return row.category is not None and reader.may_read(row.category)
