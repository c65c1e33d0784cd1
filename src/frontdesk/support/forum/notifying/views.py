"""A member's news; ending mails from a mail; the way from an imported address to where it is now."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontdesk.core.errors import NotFound
from frontdesk.support.forum import members, selectors
from frontdesk.support.forum.models import OldAddress
from frontdesk.support.forum.notifying import letters, links, reading, stopping
from frontdesk.support.forum.notifying.stopping import What
from frontdesk.support.tickets.errors import LinkNoLongerValid

ENDS: dict[What, Promise] = {
    What.TOPIC: _("No more mails about this topic"),
    What.CATEGORY: _("No more mails about new posts in this category"),
    What.MENTIONS: _("No more mails when I am mentioned or answered"),
    What.DIGEST: _("No more digests"),
    What.ALL: _("No more mails of the community, unless a moderator decides something about you"),
}


@login_required
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """What is new for the one who asks; what they had not seen is marked."""
    member = members.known(request.user)
    pieces = list(reading.of(member)[: reading.SHOWN]) if member else []
    new = set(reading.new(reading.of(member)).values_list("pk", flat=True)) if member else set()
    rows = [(each, letters.why_of(each), letters.path_of(each.topic, each.post), each.pk in new) for each in pieces]
    return render(request, "forum/news.html", {"rows": rows, "unread": len(new)})


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """They have seen it all."""
    member = members.known(request.user)
    if member is not None:
        reading.read_all(member)
    return redirect("forum:news")


@csrf_exempt  # mail programs post here by themselves (RFC 8058): the secret in the address is what allows it
@require_http_methods(["GET", "HEAD", "POST"])
def quiet(request: HttpRequest, mail_id: UUID, secret: str) -> HttpResponse:
    """A page with buttons, since mail scanners open every link; posting ends the mails, without a choice those that the
    mail is one of."""
    mail = links.by_quiet(mail_id, secret)
    if mail is None:
        raise LinkNoLongerValid
    offered = stopping.offered(mail)
    ended: What | None = None
    if request.method == "POST":
        asked = request.POST.get("what", "")
        ended = next((each for each in offered if each == asked), offered[0])
        stopping.stop(mail, ended)
    choices = [(each, ENDS[each]) for each in offered]
    return render(
        request,
        "forum/quiet.html",
        {"choices": choices, "ended": ENDS[ended] if ended else "", "topic": mail.topic, "handle": mail.member.handle},
    )


@require_GET
def moved(request: HttpRequest, old: str) -> HttpResponse:
    """From an address of before the import to the same thing here; to who may read it, and nobody else."""
    query = request.META.get("QUERY_STRING", "")
    wanted = [f"/{old}?{query}", f"/{old}", f"/{old.rstrip('/')}", f"/{old}/"] if query else [f"/{old}", f"/{old}/"]
    known = OldAddress.objects.select_related("topic__category", "post__topic__category", "category")
    rows = {row.path: row for row in known.filter(path__in=wanted)}
    found = next((rows[each] for each in wanted if each in rows), None)
    target = _target(found, selectors.reader_of(request.user)) if found else ""
    if not target:
        raise NotFound
    return HttpResponsePermanentRedirect(target)


def _target(found: OldAddress, reader: selectors.Reader) -> str:
    topic = found.post.topic if found.post else found.topic
    if topic is not None:
        return letters.path_of(topic, found.post) if selectors.may_read(reader, topic) else ""
    category = found.category
    return f"/community/c/{category.slug}/" if category and reader.may_read(category) else ""
