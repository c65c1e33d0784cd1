"""People without an account: what they write in the form waits until they prove their address by a mailed link."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.accounts.messages import sending
from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.catalog.models import Product
from frontdesk.core import clock, throttle
from frontdesk.core.actors import Actor
from frontdesk.core.throttle import Limit
from frontdesk.support.tickets import attachments, links
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.conversations.opening import Matter, Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.errors import LinkNoLongerValid
from frontdesk.support.tickets.models import (
    Area,
    Attachment,
    Channel,
    Conversation,
    Message,
    Participant,
    PendingContact,
)

LASTS = timedelta(days=2)
TO_ONE_ADDRESS = Limit("contact_address", 3, 3_600)
FROM_ONE_NETWORK = Limit("contact_network", 10, 3_600)


@dataclass(frozen=True)
class Request:
    """What a guest wrote in the form. `client_id` is the form's own number: sending it twice asks once. `continues` is
    the closed conversation that they may read, and go on with."""

    address: str
    subject: str
    text: str
    name: str = ""
    area: Area | None = None
    product: Product | None = None
    reason_code: str = ""
    continues: Conversation | None = None
    upload_key: str = ""
    files: Sequence[Attachment] = ()
    client_id: UUID = field(default_factory=uuid4)


@transaction.atomic
def ask(request: Request, *, ip_prefix: str) -> PendingContact:
    """Keep what a guest wrote for two days, and mail a link by which they say that the address is theirs.

    Sent once more before that, what was written last counts; afterwards, other words raise SentAlready. Raises
    TooManyAttempts. Whether there is an account with the address makes no difference here. The mail repeats
    nothing of what was written: else it would carry anybody's words to anybody.
    """
    with connection.cursor() as cursor:  # forms sent twice at once come one after the other
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"guest:{request.client_id}"])
    mine = PendingContact.objects.filter(pk=request.client_id, address=_address(request.address))
    if before := mine.select_for_update().first():
        return _sent_again(before, request)
    throttle.reserve(FROM_ONE_NETWORK, ip_prefix)
    throttle.reserve(TO_ONE_ADDRESS, _address(request.address))
    now, token = clock.real_now(), new_token()
    taken = PendingContact.objects.filter(pk=request.client_id).exists()
    pending = PendingContact.objects.create(
        id=uuid4() if taken else request.client_id,
        token_hash=_hash(token),
        address=_address(request.address),
        name=" ".join(request.name.split())[:100],
        language=(translation.get_language() or "")[:10],
        subject=request.subject[:200],
        text=request.text,
        context=_context(request),
        upload_key=request.upload_key,
        created_at=now,
        expires_at=now + LASTS,
    )
    _mail(pending, token)
    return pending


def _sent_again(pending: PendingContact, request: Request) -> PendingContact:
    if pending.conversation is not None:
        words = Words(request.text, attachments=request.files)
        adding.same_said_before(pending.conversation, Message.Kind.CUSTOMER, words, pending.pk)
        return pending
    pending.subject, pending.text, pending.context = request.subject[:200], request.text, _context(request)
    pending.save(update_fields=["subject", "text", "context"])
    return pending


def find(token: str) -> PendingContact:
    """What waits behind a mailed link. Raises LinkNoLongerValid."""
    pending = PendingContact.objects.filter(token_hash=_hash(token)).select_related("conversation").first()
    if pending is None or pending.expires_at <= clock.real_now():
        raise LinkNoLongerValid
    return pending


@transaction.atomic
def confirm(token: str) -> Participant:
    """The address is theirs: open the conversation. Again, it leads to the same one. Raises LinkNoLongerValid."""
    pending = PendingContact.objects.select_for_update().get(pk=find(token).pk)
    if pending.conversation_id is None:
        pending.conversation = _open(pending)
        # What they wrote stands in the conversation from now on, and only there.
        pending.subject, pending.text, pending.context = "", "", {}
        pending.save(update_fields=["conversation", "subject", "text", "context"])
    role = Participant.Role.REQUESTER
    requester = Participant.objects.select_related("conversation").get(conversation=pending.conversation_id, role=role)
    links.grant_page(requester)
    return requester


def forget_pending(*, limit: int = 1_000) -> int:
    """Delete what was never confirmed, or confirmed long ago; returns how many. The worker's sweep."""
    old = PendingContact.objects.filter(expires_at__lt=clock.real_now()).values_list("pk", flat=True)[:limit]
    return PendingContact.objects.filter(pk__in=list(old)).delete()[0]


def _open(pending: PendingContact) -> Conversation:
    context = pending.context
    continued = str(context.get("continues", ""))
    ids = [UUID(each) for each in context.get("files", [])]
    files = attachments.claim(ids=ids, upload_key=pending.upload_key) if pending.upload_key else []
    opening = Opening(
        requester=Requester(pending.address, pending.name, language=pending.language, is_proved=True),
        subject=pending.subject,
        words=Words(pending.text, attachments=files),
        channel=Channel.FORM,
        matter=Matter(
            area=Area.objects.filter(slug=context.get("area", "")).first(),
            product=Product.objects.filter(slug=context.get("product", "")).first(),
            reason_code=context.get("reason", ""),
        ),
        client_id=pending.pk,
        continues=Conversation.objects.filter(pk=continued).first() if continued else None,
    )
    return open_conversation(actor=Actor.system("contact form"), opening=opening)


def _context(request: Request) -> dict[str, object]:
    return {
        "area": request.area.slug if request.area else "",
        "product": request.product.slug if request.product else "",
        "reason": request.reason_code,
        "continues": str(request.continues.pk) if request.continues else "",
        "files": [str(file.pk) for file in request.files],
    }


def _mail(pending: PendingContact, token: str) -> None:
    context = {
        "letter_subject": "tickets/mail/confirm_contact.subject.txt",
        "letter_body": "tickets/mail/confirm_contact.body.txt",
        "action_url": links.to_confirm(token).url,
        "action_label": _("Yes, send my message"),
    }
    template = "tickets/confirm_contact"
    sending.send_mail(to=pending.address, template=template, context=context, secret=token, secret_hint=_("a link"))


def _hash(token: str) -> bytes:
    return bytes.fromhex(token_hash(token))


def _address(address: str) -> str:
    return address.strip().lower()
