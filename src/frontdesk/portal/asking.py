"""What happens between the contact form and a conversation: what is known beforehand, and how it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from frontdesk.accounts.models import Person
from frontdesk.accounts.tokens import new_token
from frontdesk.accounts.views.common import acting
from frontdesk.core import reasons, throttle
from frontdesk.core.reasons import Reason
from frontdesk.core.throttle import Limit
from frontdesk.portal import matters, uploads
from frontdesk.portal.contact_form import ContactForm
from frontdesk.portal.matters import About
from frontdesk.portal.people import ip_prefix, signed_in
from frontdesk.portal.uploads import Owner
from frontdesk.support.helpcentre import selectors as articles
from frontdesk.support.helpcentre.models import Translation
from frontdesk.support.helpcentre.views.common import address_of
from frontdesk.support.tickets import guests
from frontdesk.support.tickets.conversations.opening import Matter, Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.errors import ConversationUnknown
from frontdesk.support.tickets.models import Area, Attachment, Channel, Conversation, Participant, PendingContact
from frontdesk.support.tickets.selectors import access_conversation, arrived, guest

BROUGHT = ("area", "text", "name", "email")  # what the chat's page takes over into the form
OF_A_PERSON = Limit("contact_person", 20, 3_600)


@dataclass(frozen=True)
class Asking:
    """Somebody at the form: who they are, where they came from, and what they have typed.

    `read` is the article that they come from: it did not help. `article` is one that may, behind their reason.
    """

    person: Person | None
    owner: Owner
    form: ContactForm
    reason: Reason | None
    read: Translation | None
    article: Translation | None
    continues: Conversation | None


def begin(request: HttpRequest) -> Asking:
    """The form with all that the address says and that is this person's."""
    person = signed_in(request)
    read, areas = articles.published(request.GET.get("article", "")), list(Area.objects.all())
    named = matters.named_in(_named(request, read), person)
    reason = reasons.find(request.GET.get("reason", "")) or _behind(read)
    key = request.POST.get("upload_key", "")[:64] or ("" if person else new_token())
    continues, taking_part = _continued(request, person)
    brought = {} if is_sent(request) else {name: request.POST[name] for name in BROUGHT if request.POST.get(name)}
    form = ContactForm(
        request.POST if is_sent(request) else None,
        person=person,
        areas=areas,
        groups=matters.groups(person, named),
        area=_area(areas, brought.pop("area", "") or request.GET.get("area", ""), reason),
        named=named,
        upload_key=key,
        guest=taking_part,
    )
    form.initial = {**form.initial, **brought}
    shown = articles.behind_reason(reason.code) if reason and not read else None
    return Asking(person, Owner.of(person, key), form, reason, read, shown, continues)


def is_sent(request: HttpRequest) -> bool:
    """Whether the form was sent."""
    return request.method == "POST" and not only_fills_in(request)


def only_fills_in(request: HttpRequest) -> bool:
    """Whether it is what the chat brings, while nobody is there: the form is shown with it, and nothing is taken."""
    return request.method == "POST" and "brought" in request.POST


def _named(request: HttpRequest, read: Translation | None) -> Mapping[str, str]:
    """What the address names; an article is about its product."""
    product = read.article.product if read else None
    return {"product": product.slug, **request.GET.dict()} if product else request.GET.dict()


def ask_as_guest(asking: Asking, files: Sequence[Attachment], request: HttpRequest) -> PendingContact:
    """Keep it until they confirm their address. Raises TooManyAttempts, SentAlready."""
    form, about = asking.form, asking.form.chosen_about()
    wanted = guests.Request(
        address=form.cleaned_data["email"],
        name=form.cleaned_data["name"],
        subject=form.cleaned_data["subject"],
        text=_text(asking, about),
        area=form.chosen_area(),
        product=about.matter.product if about else None,
        reason_code=asking.reason.code if asking.reason else "",
        continues=asking.continues,
        upload_key=asking.owner.key,
        files=files,
        client_id=form.number(),
    )
    return guests.ask(wanted, ip_prefix=ip_prefix(request))


@transaction.atomic
def open_as(person: Person, asking: Asking, files: Sequence[Attachment]) -> Conversation:
    """Open the conversation. Sent twice, it is opened once, and counted once. Raises TooManyAttempts, and SentAlready
    where other words were sent by this form."""
    form, about = asking.form, asking.form.chosen_about()
    if not Participant.objects.filter(person=person, conversation__messages__client_id=form.number()).exists():
        throttle.reserve(OF_A_PERSON, str(person.pk))
    opening = Opening(
        requester=Requester(person.email, person.name, person=person, is_proved=True),
        subject=form.cleaned_data["subject"],
        words=Words(
            _text(asking, about),
            attachments=uploads.claim([file.pk for file in files], asking.owner),
        ),
        channel=Channel.FORM,
        matter=_matter(about, form.chosen_area(), asking.reason),
        client_id=form.number(),
        continues=asking.continues,
    )
    return open_conversation(actor=acting(person), opening=opening)


def _matter(about: About | None, area: Area | None, reason: Reason | None) -> Matter:
    own = about.matter if about else Matter()
    code = reason.code if reason else ""
    return Matter(area, own.product, own.license, own.activation, code, own.plan_name)


def _text(asking: Asking, about: About | None) -> str:
    """What they wrote, with what a conversation has no place for: the invoice or the like, and what they had read."""
    lines = [about.line] if about and about.line else []
    if asking.read and asking.read.published:
        said = {"title": asking.read.published.title, "address": address_of(asking.read.article.slug)}
        lines.append(_("Read before: “%(title)s”, %(address)s") % said)
    return "\n\n".join([asking.form.cleaned_data["text"], *lines])


def _area(areas: list[Area], slug: str, reason: Reason | None) -> Area | None:
    """The area an address names, else the one that its reason belongs to."""
    named = next((area for area in areas if area.slug == slug), None)
    return named or next((area for area in areas if reason and reason.code in area.reason_codes), None)


def _behind(article: Translation | None) -> Reason | None:
    """The reason that somebody read about, who comes from its article."""
    code = article.article.reasons.values_list("code", flat=True).first() if article else None
    return reasons.find(code) if code else None


def _continued(request: HttpRequest, person: Person | None) -> tuple[Conversation | None, Participant | None]:
    """The closed conversation that this one goes on with, if it is theirs; a guest's by the secret of their link."""
    try:
        number, secret = UUID(request.GET["continues"]), request.GET.get("secret", "")
        if secret:
            known = guest(number, secret)
            return arrived(known.conversation), known
        return (access_conversation(person, number) if person else None), None
    except (KeyError, ValueError, ConversationUnknown):
        return None, None
