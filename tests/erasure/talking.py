"""Somebody who talked with us in every way, with a mark wherever there is room for it."""

from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import following
from frontdesk.support.tickets.conversations import changing, joining
from frontdesk.support.tickets.conversations.opening import Matter, Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.saying import Words, add_note, note_automatic
from frontdesk.support.tickets.mail.outgoing.bouncing import bounced
from frontdesk.support.tickets.models import (
    Attachment,
    BlockedSender,
    Channel,
    Conversation,
    Draft,
    IncomingMail,
    Message,
    OutgoingMail,
    PendingContact,
    RawMail,
    Reminder,
    Rule,
    RuleRun,
)
from tests.support import chats, desk
from tests.support.mailbox import secret_sent_to

SOLVED = Conversation.Status.SOLVED


def talks(ada: Person, bob: Person, mark: str, first_address: str) -> None:
    """Her own conversations (as a guest, by form, by mail, merged, rated), one of Bob's that she took part in."""
    kim = desk.agent("kim@staff.example", "Kim")
    _in_her_own(ada, kim, mark, first_address)
    _in_bobs(ada, bob, kim, mark)
    _waiting(ada, mark)
    _in_chats(ada, kim, mark, first_address)


def _in_chats(ada: Person, kim: Person, mark: str, first_address: str) -> None:
    """One that is still on, and one as a guest."""
    chats.come(kim)
    guest = chats.guest(first_address, f"{mark} guest")
    for who in (ada, guest):
        chat = chats.begin(who, f"{mark} in a chat", page=f"/help/{mark}/")
        chats.answers(kim, chat, f"Hello {mark}")


def _in_her_own(ada: Person, kim: Person, mark: str, first_address: str) -> None:
    me = Actor.customer(ada.pk)
    as_guest = _opened(Requester(first_address, f"{mark} guest"), f"{mark} as a guest", mark)
    talk = _opened(
        Requester(ada.email, ada.name, ada), f"{mark} cannot start", mark, copies=["bob@else.example"],
        matter=Matter(license=uuid4(), plan_name="Plus"),
    )  # fmt: skip
    _came_by_mail(talk.messages.get(sequence=1), ada.email, mark)
    _came_by_mail(None, ada.email.upper(), mark)
    answer = desk.answers(kim, talk, f"Dear {mark}, please try again")
    mail = OutgoingMail.objects.get(message=answer, address=ada.email)
    bounced(internet_id=mail.internet_id, address=ada.email, why=f"550 {mark} is unknown")
    desk.writes(talk, f"{mark} tried", channel=Channel.FORM)
    note_automatic(
        conversation=talk, words=Words(f"{mark} is away"), client_id=uuid4(), writer=talk.participants.get(person=ada)
    )
    add_note(agent=kim, conversation=talk, text=f"{mark} seems to be in a hurry", client_id=uuid4())
    Draft.objects.create(conversation=talk, person=kim, text=f"Dear {mark}", changed_at=clock.now())
    Reminder.objects.create(conversation=talk, person=kim, due_at=clock.now(), words=f"call {mark}")
    changing.change_tags(actor=desk.SYSTEM, conversation=talk, add=[mark])
    rule = Rule.objects.create(title="A rule", trigger=Rule.Trigger.OPENED, changed_at=clock.now())
    RuleRun.objects.create(rule=rule, conversation=talk, at=clock.now(), cause="x", did=[f"answered {mark}"])
    desk.answers(kim, talk, "Done", then=SOLVED)
    token = secret_sent_to(ada.email)
    following.answer(token=token, score=3, words=f"{mark} is happy")
    following.hush(talk.participants.get(person=ada))
    other = _opened(Requester(ada.email, ada.name, ada), f"{mark} again", mark)
    joining.merge(actor=me, conversation=other, into=talk)
    joining.split(
        actor=me, conversation=as_guest, messages=[as_guest.messages.get(sequence=1).pk], subject=f"{mark} split"
    )


def _in_bobs(ada: Person, bob: Person, kim: Person, mark: str) -> None:
    """Bob's matter stays his; what she said in it goes, and what names her loses the name."""
    talk = _opened(
        Requester(bob.email, bob.name, bob), "Bob's printer", "B", text="It does not print", copies=[ada.email]
    )
    hers = talk.participants.get(address=ada.email)
    said = desk.writes(talk, f"{mark} has it too", channel=Channel.FORM, writer=hers)
    _came_by_mail(said, ada.email, mark)
    theirs = desk.writes(talk, f"I am Bob, and {ada.email} is my colleague")
    _came_by_mail(theirs, bob.email, "bob", raw=f"To: {ada.email}")
    desk.answers(kim, talk, "Bob, please restart it")


def _waiting(ada: Person, mark: str) -> None:
    now = clock.real_now()
    PendingContact.objects.create(
        token_hash=uuid4().bytes * 2, address=ada.email, name=mark, subject=mark, text=mark, upload_key=f"key {mark}",
        created_at=now, expires_at=now,
    )  # fmt: skip
    _file(mark, upload_key=f"key {mark}")
    _file(mark, uploaded_by=ada.pk)
    BlockedSender.objects.create(pattern=ada.email, reason="x", created_at=now)


def _opened(requester: Requester, subject: str, mark: str, *, text: str = "", **values: object) -> Conversation:
    words = Words(text or f"{mark} has a question", f"<p>{mark}</p>", f"> {mark} wrote", [_file(mark)])
    opening = Opening(requester, subject, words, Channel.MAIL, **values)  # type: ignore[arg-type] # as the dataclass says
    return open_conversation(actor=desk.SYSTEM, opening=opening)


def _file(mark: str, **values: object) -> Attachment:
    stored = default_storage.save(f"attachments/{uuid4().hex}", ContentFile(f"the file of {mark}".encode()))
    return Attachment.objects.create(
        name=f"{mark}.txt", content_type="text/plain", size=20, file=stored, created_at=clock.real_now(), **values
    )


def _came_by_mail(message: Message | None, address: str, mark: str, raw: str = "") -> None:
    mail = IncomingMail.objects.create(
        source="test", sha256=uuid4().hex, size=10, envelope_from=address, from_address=address, from_name=mark,
        subject=f"{mark} cannot start", internet_id=f"<{mark}@mail.example>", received_at=clock.now(), message=message,
        conversation=message.conversation if message else None,
    )  # fmt: skip
    RawMail.objects.create(mail=mail, raw=f"From: {mark} <{address}>\r\n{raw}\r\n\r\n{mark}".encode())
