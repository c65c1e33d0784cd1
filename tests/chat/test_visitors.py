"""Guests who show that an address is theirs."""

from datetime import timedelta

import pytest

from frontdesk.accounts.models import Message as Mail
from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.errors import RequestInvalid, TooManyAttempts
from frontdesk.support.chat import ending, selectors, visitors
from frontdesk.support.chat.errors import ChatUnknown, CodeWrong
from frontdesk.support.chat.models import Chat, Visitor
from tests.support import chats, desk
from tests.support.mailbox import body, secret_sent_to, sent

pytestmark = pytest.mark.django_db
ADDRESS = "grace@example.org"


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_by_mail_proves_the_address() -> None:
    """The mail has nothing in it that the guest wrote; the browser's secret is known by its hash."""
    visitor = visitors.ask("Grace@Example.org", "Grace <b>H</b>", "de", ip_prefix="192.0.2.0/24")
    code = secret_sent_to(ADDRESS)
    secret = visitors.prove(visitor, f" {code[:3]} {code[3:]}\n")
    known = visitors.known(secret)
    assert known == visitor
    assert known.proved_at
    assert secret not in str(Visitor.objects.values().get())
    assert visitors.requester(visitor).is_proved
    (mail,) = sent()
    assert (mail["To"], "Ihr Code" in str(mail["Subject"])) == (ADDRESS, True)
    assert code in body(mail)
    assert "Grace" not in body(mail) + body(mail, "html")
    assert code not in Mail.objects.get().text


def test_a_lost_answer_is_given_again_for_two_minutes() -> None:
    """The same secret, so that two answers agree; a wrong code still opens nothing, and no try is won."""
    visitor = visitors.ask(ADDRESS, "")
    code = secret_sent_to(ADDRESS)
    secret = visitors.prove(visitor, code)
    until = Visitor.objects.get().expires_at
    assert visitors.prove(visitor, code) == secret
    assert Visitor.objects.get().expires_at == until
    for _ in range(3):
        with pytest.raises(CodeWrong):
            visitors.prove(visitor, wrong(code))
    with pytest.raises(CodeWrong):
        visitors.prove(visitor, code)  # that was five times
    assert visitors.known(secret)


def test_after_two_minutes_a_code_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = visitors.ask(ADDRESS, "")
    code = secret_sent_to(ADDRESS)
    secret, began = visitors.prove(visitor, code), clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: began + timedelta(minutes=2))
    with pytest.raises(CodeWrong):
        visitors.prove(visitor, code)
    assert visitors.known(secret)


def test_a_code_does_not_bring_back_a_browser_that_was_left() -> None:
    visitor = visitors.ask(ADDRESS, "")
    code = secret_sent_to(ADDRESS)
    assert visitors.prove(visitor, code)
    visitors.forget(visitor)
    with pytest.raises(CodeWrong):
        visitors.prove(visitor, code)


def test_five_tries() -> None:
    """Then the right one does not help either; a new code does."""
    visitor = visitors.ask(ADDRESS, "")
    code = secret_sent_to(ADDRESS)
    for _ in range(5):
        with pytest.raises(CodeWrong):
            visitors.prove(visitor, wrong(code))
    with pytest.raises(CodeWrong):
        visitors.prove(visitor, code)
    again = visitors.ask(ADDRESS, "")
    assert visitors.prove(again, secret_sent_to(ADDRESS))


def test_ten_minutes() -> None:
    visitor = visitors.ask(ADDRESS, "")
    Visitor.objects.update(code_until=clock.real_now())
    with pytest.raises(CodeWrong):
        visitors.prove(visitor, secret_sent_to(ADDRESS))


def test_a_code_serves_its_own_row_alone() -> None:
    one, other = visitors.ask(ADDRESS, ""), visitors.ask("eve@example.org", "")
    code = secret_sent_to(ADDRESS)
    with pytest.raises(CodeWrong):
        visitors.prove(other, code)
    assert visitors.prove(one, code)


def test_accounts_do_not_show(ada: Person) -> None:
    """Asked for an address with an account, everything is the same."""
    visitor = visitors.ask(ada.email, "")
    assert visitors.prove(visitor, secret_sent_to(ada.email))


def test_codes_are_throttled_by_address_and_network() -> None:
    for _ in range(3):
        visitors.ask(ADDRESS, "", ip_prefix="192.0.2.0/24")
    with pytest.raises(TooManyAttempts):
        visitors.ask(ADDRESS, "", ip_prefix="198.51.100.0/24")
    for number in range(17):
        visitors.ask(f"g{number}@example.org", "", ip_prefix="192.0.2.0/24")
    with pytest.raises(TooManyAttempts):
        visitors.ask("last@example.org", "", ip_prefix="192.0.2.0/24")


def test_who_reads_the_mails_is_not_locked_out() -> None:
    """A browser without storage asks on each page of another site, and a whole office comes from one network."""
    network = "192.0.2.0/24"
    for _ in range(25):
        visitor = visitors.ask(ADDRESS, "", ip_prefix=network)
        assert visitors.prove(visitor, secret_sent_to(ADDRESS), ip_prefix=network)


def test_a_code_that_is_given_again_gives_no_further_mails_free() -> None:
    network = "192.0.2.0/24"
    visitor = visitors.ask(ADDRESS, "", ip_prefix=network)
    code = secret_sent_to(ADDRESS)
    for number in range(19):
        visitors.ask(f"g{number}@example.org", "", ip_prefix=network)
    for _ in range(3):
        visitors.prove(visitor, code, ip_prefix=network)
    visitors.ask("last@example.org", "", ip_prefix=network)
    with pytest.raises(TooManyAttempts):
        visitors.ask("one@example.org", "", ip_prefix=network)


@pytest.mark.parametrize("address", ["", "grace", "a@b\r\nBcc: c@example.org", "x" * 250 + "@example.org"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(RequestInvalid):
        visitors.ask(address, "")
    assert not Visitor.objects.exists()


def test_thirty_days() -> None:
    guest = chats.guest()
    visitor = visitors.ask(ADDRESS, "")
    secret = visitors.prove(visitor, secret_sent_to(ADDRESS))
    assert visitors.known("") is visitors.known("x" * 300) is visitors.known("wrong") is None
    Visitor.objects.filter(pk=visitor.pk).update(expires_at=clock.real_now() - timedelta(seconds=1))
    assert visitors.known(secret) is None
    assert visitors.forget_old() == 1
    assert Visitor.objects.get() == guest


def test_one_can_leave_a_browser() -> None:
    visitor = visitors.ask(ADDRESS, "")
    secret = visitors.prove(visitor, secret_sent_to(ADDRESS))
    visitors.forget(visitor)
    assert visitors.known(secret) is None


def test_leaving_a_browser_takes_no_chat_from_the_others(kim: Person) -> None:
    """The row of whoever began it goes only once nobody comes by it any more."""
    first, second = chats.guest(), chats.guest()
    chat = chats.begin(first)
    chats.answers(kim, chat)
    visitors.forget(first)
    Visitor.objects.filter(pk=second.pk).update(expires_at=clock.real_now())
    visitors.forget_old()
    assert selectors.on_of(chats.guest()) == chat  # proved anew, on a device that is new
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    visitors.forget_old()
    assert selectors.access(Visitor.objects.get(expires_at__gt=clock.real_now()), chat.pk) == chat
    Visitor.objects.update(expires_at=clock.real_now() - timedelta(seconds=1))
    visitors.forget_old()
    assert not Visitor.objects.exists()


def test_others_chats_look_like_none(ada: Person, kim: Person) -> None:
    guest, eve = chats.guest(), chats.guest("eve@example.org")
    chat = chats.begin(guest)
    assert selectors.access(chats.guest(), chat.pk) == chat  # on another device of theirs
    for stranger in (eve, ada, Visitor(address=guest.address)):
        with pytest.raises(ChatUnknown):
            selectors.access(stranger, chat.pk)


def test_what_ended_long_ago_is_nobodys_who_has_the_address_now(kim: Person) -> None:
    """However many devices have proved it since: a mailbox may change hands."""
    chat = chats.begin(chats.guest())
    chats.answers(kim, chat)
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    Chat.objects.filter(pk=chat.pk).update(ended_at=clock.now() - visitors.LASTS + timedelta(minutes=1))
    assert selectors.access(chats.guest(), chat.pk) == chat
    Chat.objects.filter(pk=chat.pk).update(ended_at=clock.now() - visitors.LASTS)
    with pytest.raises(ChatUnknown):
        selectors.access(chats.guest(), chat.pk)
