"""What waits for moderators, several at once, and each decision about posts, topics and members."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.community_order_forms import BulkForm
from frontdesk.console.community_words import REASONS
from frontdesk.console.views.common import acting, looked, uuids_in
from frontdesk.console.views.conversation_changes import ASKING
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import members
from frontdesk.support.forum.models import Member, Post, Topic
from frontdesk.support.forum.moderating import queue
from frontdesk.support.forum.order_deeds import MEMBER_DEEDS, POST_DEEDS, Deed
from frontdesk.support.forum.order_errors import DecidedMeanwhile
from frontdesk.support.forum.order_views.common import decide
from frontdesk.support.forum.views.common import who_was_first

A_PAGE = 20
MOST = 100
TABS = ("waiting", "reported", "silenced")
REPORTED = ("keep", "dismiss", "hide", "black_out", "reports_right", "reports_closed")
OF_PROFILES = ("clear", "silence", "ban", "reports_right", "reports_keep", "reports_dismiss")
TEMPLATE = "console/community/deed.html"


@require_safe
@require_role(Role.AGENT)
def index(request: HttpRequest) -> HttpResponse:
    """Posts that wait, reports, or silenced members."""
    tab = request.GET.get("show", "")
    counts = queue.counts()
    tab = tab if tab in TABS else "reported" if counts.reported and not counts.waiting else "waiting"
    if tab == "silenced":
        return _silenced(request, counts)
    rows = queue.waiting() if tab == "waiting" else queue.reported()
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    items = queue.items(page)
    profiles = _profiles(page.number) if tab == "reported" else []
    seen = {item.post.author.person_id for item in items} | {each.member.person_id for each, _deeds in profiles}
    looked(request, "community", seen)
    context = {
        **_head(request, tab, counts), "page": page, "items": items, "profiles": profiles,
        "reasons": REASONS, "now": clock.now(),
        "deeds": [POST_DEEDS[name] for name in _offered(tab)],
    }  # fmt: skip
    return render(request, "console/community/queue.html", context)


def _profiles(page: int) -> list[tuple[queue.Profile, list[Deed]]]:
    """Reported profiles with the decisions that fit; they stand before the first posts, the rest follow as they are
    decided."""
    if page != 1:
        return []
    rows = queue.reported_profiles().select_related("person")[:A_PAGE]
    deeds = [MEMBER_DEEDS[name] for name in OF_PROFILES]
    return [(each, [deed for deed in deeds if deed.applies(each.member)]) for each in queue.profiles(rows)]


def _head(request: HttpRequest, tab: str, counts: queue.Counts) -> dict[str, object]:
    return {"tab": tab, "counts": counts, "may_arrange": acting(request).has_role(Role.MANAGER)}


def _offered(tab: str) -> Sequence[str]:
    return ("approve", "hide", "black_out") if tab == "waiting" else REPORTED


def _silenced(request: HttpRequest, counts: queue.Counts) -> HttpResponse:
    page = Paginator(queue.silenced().select_related("person"), A_PAGE).get_page(request.GET.get("page"))
    looked(request, "community", {each.person_id for each in page})
    context = {**_head(request, "silenced", counts), "page": page, "now": clock.now()}
    return render(request, "console/community/silenced.html", context)


@require_POST
@require_role(Role.AGENT)
def bulk(request: HttpRequest) -> HttpResponse:
    """Decide about all chosen posts, each by itself: what somebody else has decided holds none of the others up."""
    tab = request.POST.get("show", "waiting")
    back = f"{reverse('console:community')}?show={tab if tab in TABS else 'waiting'}"
    chosen = uuids_in(request.POST.getlist("id")[:MOST])
    form = BulkForm(request.POST)
    if not chosen:
        messages.warning(request, _("Choose posts first."))
    elif not form.is_valid():
        messages.warning(request, _("Write a reason, which the authors read, and press the button again."))
    else:
        _tell(request, *_each(request, chosen, POST_DEEDS[form.cleaned_data["do"]], form.cleaned_data["reason"]))
    return redirect(back)


def _each(request: HttpRequest, chosen: Sequence[UUID], deed: Deed, reason: str) -> tuple[int, Sequence[str], int]:
    """How many were decided, what somebody else has decided meanwhile, and how many stay as they were."""
    by = members.of(acting(request))
    done, left, meanwhile = 0, 0, list[str]()
    for post in Post.objects.filter(pk__in=chosen).select_related("topic", "author").order_by("created_at", "pk"):
        try:
            changed = deed.run(by, post, reason, request.POST.get(f"seen-{post.pk}", "")[:100], {})
        except DecidedMeanwhile as refusal:
            meanwhile.append(who_was_first(refusal))
        except Refusal:
            left += 1
        else:
            done, left = done + bool(changed), left + (not changed)
    return done, meanwhile, left


def _tell(request: HttpRequest, done: int, meanwhile: Sequence[str], left: int) -> None:
    if done:
        text = ngettext("%(n)d post is decided.", "%(n)d posts are decided.", done)
        messages.success(request, text % {"n": done})
    if meanwhile:
        text = ngettext(
            "%(n)d post was decided by somebody else, or edited, since you opened the page. Look again.",
            "%(n)d posts were decided by somebody else, or edited, since you opened the page. Look again.",
            len(meanwhile),
        )
        what = "; ".join(dict.fromkeys(meanwhile))
        messages.warning(request, f"{text % {'n': len(meanwhile)}} {what}.")
    if left:
        text = ngettext("%(n)d post stays as it was.", "%(n)d posts stay as they were.", left)
        messages.info(request, text % {"n": left})


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def of_post(request: HttpRequest, post_id: UUID, do: str) -> HttpResponse:
    """A decision about a post."""
    rows = Post.objects.select_related("topic__category", "topic__author", "author__person")
    post = rows.filter(pk=post_id).first()
    return _decide(request, post, do, reverse("console:community"))


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def of_topic(request: HttpRequest, topic_id: UUID, do: str) -> HttpResponse:
    """A decision about a topic."""
    topic = Topic.objects.select_related("category", "author__person").filter(pk=topic_id).first()
    return _decide(request, topic, do, reverse("console:community"))


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def of_member(request: HttpRequest, member_id: UUID, do: str) -> HttpResponse:
    """A decision about a member."""
    member = Member.objects.select_related("person").filter(pk=member_id).first()
    return _decide(request, member, do, reverse("console:community_member", args=[member_id]))


def _decide(request: HttpRequest, subject: Post | Topic | Member | None, do: str, back: str) -> HttpResponse:
    if subject is None:
        raise NotFound
    by = members.of(acting(request))
    return decide(request, member=by, subject=subject, name=do, back=back, template=TEMPLATE, reasons=REASONS)
