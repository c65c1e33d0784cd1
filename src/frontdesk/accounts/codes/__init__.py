"""One-time codes by mail or SMS: eight digits, ten minutes, single use, for the browser session that asked.

The table holds only an HMAC. A guess is counted in the database before anything is compared, so that parallel guesses
never pass the bound. For an address without an account the same is done, and nothing fits.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from frontdesk.accounts import guard, sms
from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.codes import caps as code_caps
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Channel, OneTimeCode, Person, Purpose
from frontdesk.core import clock

DIGITS = 8
LASTS = timedelta(minutes=10)
GUESSES = 5
RESEND_AFTER = timedelta(seconds=30)
SLOT = "one_time_codes"
GROUPED = re.compile(r"(?<!\d)(\d{4})[\s-]?(\d{4})(?!\d)")


class Outcome(StrEnum):
    """What came of a typed code."""

    RIGHT = "right"
    WRONG = "wrong"
    UNREADABLE = "unreadable"  # not eight digits: costs no guess
    OVER = "over"  # used, too old, guessed at too often, or never asked for in this session


@dataclass(frozen=True)
class Checked:
    """What came of a typed code; `code` only when it was right."""

    outcome: Outcome
    code: OneTimeCode | None = None


def send(
    request: HttpRequest, *, person: Person | None, purpose: Purpose, channel: Channel, address: str = ""
) -> OneTimeCode:
    """Send a fresh code for this session; it replaces an earlier one of the same purpose.

    `address` (mail address or E.164 number) defaults to the person's own; a stranger (`person` None) needs it. Asked
    again within RESEND_AFTER, the code that was just sent stands and nothing is sent. Raises TooManyAttempts, and
    SmsNotSent where a budget is spent.
    """
    to = address or _own_address(person, channel)
    recent = current(request, purpose=purpose)
    if recent and _just_sent(recent, person, to):
        return recent
    with transaction.atomic():
        code_caps.reserve(request, person=person, purpose=purpose, channel=channel, address=to)
        text = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        code = _keep(request, person, purpose, channel, to, text)
        _hand_over(code, person, text)
    request.session[SLOT] = {**request.session.get(SLOT, {}), purpose: str(code.pk)}
    return code


def check(request: HttpRequest, *, purpose: Purpose, text: str, person: Person | None = None) -> Person | None:
    """The person whose code this is, which is then used up; None for a wrong one. Raises as `try_code`."""
    found = try_code(request, purpose=purpose, text=text, person=person).code
    return found.person if found else None


def try_code(request: HttpRequest, *, purpose: Purpose, text: str, person: Person | None = None) -> Checked:
    """Check a typed or pasted code. Name `person` where it must be theirs (the second step).

    Must not run inside a transaction: the guess has to be counted whatever comes after. Raises TooManyAttempts where
    too many codes of this address were guessed at, by clients of the same standing.
    """
    digits = read(text)
    if not digits:
        return Checked(Outcome.UNREADABLE)
    asked = current(request, purpose=purpose)
    if asked is None:
        return Checked(Outcome.OVER)
    with _counted(request, asked) as guess:
        checked = _compare(request, asked, digits, person)
        if checked.outcome == Outcome.RIGHT:
            guess.right()
        elif checked.outcome == Outcome.OVER:
            guess.unchecked()
    return checked


def _counted(request: HttpRequest, asked: OneTimeCode) -> AbstractContextManager[guard.SecondFactorGuess]:
    """A second step is counted with all others of that account, whichever way it goes."""
    if asked.purpose == Purpose.SECOND_STEP and asked.person is not None:
        return guard.guess_second_factor(asked.person.pk, request)
    return guard.reserve_code_guess(asked.destination, standing=known_browsers.standing(request, asked.person))


def _compare(request: HttpRequest, asked: OneTimeCode, digits: str, person: Person | None) -> Checked:
    kept = _reserve_guess(request, asked, person)
    if kept is None:
        return Checked(Outcome.OVER)
    if not constant_time_compare(kept, _code_hash(asked.pk, digits)):
        return Checked(Outcome.WRONG)
    if not OneTimeCode.objects.filter(pk=asked.pk, used_at=None).update(used_at=clock.real_now()):
        return Checked(Outcome.OVER)
    _forget(request, Purpose(asked.purpose))
    return Checked(Outcome.RIGHT, asked) if _still_theirs(asked) else Checked(Outcome.WRONG)


def _still_theirs(code: OneTimeCode) -> bool:
    """Whether the account is open, and the code went to where the person is reached now."""
    person = code.person
    if person is None or not person.is_active:
        return False
    return code.purpose == Purpose.PHONE or code.destination == _own_address(person, Channel(code.channel))


def asked_for(request: HttpRequest, *, purpose: Purpose) -> OneTimeCode | None:
    """The last code this session has asked for, whether it still works or not; None once it was used."""
    asked = _asked(request, purpose)
    if asked is None:
        return None
    mine = OneTimeCode.objects.select_related("person").filter(
        pk=asked, purpose=purpose, request_hash=_request_hash(request), used_at=None
    )
    return mine.first()


def current(request: HttpRequest, *, purpose: Purpose) -> OneTimeCode | None:
    """The code this session has asked for, while it can still be typed."""
    code = asked_for(request, purpose=purpose)
    return code if code and code.expires_at > clock.real_now() and code.guesses < GUESSES else None


def wait_seconds(code: OneTimeCode) -> int:
    """How long until another one may be sent, 0 for at once."""
    left = code.created_at + RESEND_AFTER - clock.real_now()
    return max(0, -(-int(left.total_seconds() * 1000) // 1000))


def read(text: str) -> str:
    """The eight digits in what was typed or pasted, in whatever script and grouping; empty when there is not one."""
    signs = unicodedata.normalize("NFKC", text[:1000])
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in signs)
    found = {first + second for first, second in GROUPED.findall(plain)}
    if len(found) == 1:
        return str(found.pop())
    bare = re.sub(r"[\s\u200b-\u200f\u2060.\u2010-\u2015-]", "", plain)
    return bare if re.fullmatch(rf"[0-9]{{{DIGITS}}}", bare) else ""


def grouped(text: str) -> str:
    """As people read it: 1234 5678."""
    return f"{text[:4]} {text[4:]}"


def forget_old() -> int:
    """Delete codes that ended a day ago; returns how many. Run by the worker."""
    return OneTimeCode.objects.filter(expires_at__lt=clock.real_now() - timedelta(days=1)).delete()[0]


def _own_address(person: Person | None, channel: Channel) -> str:
    if person is None:
        raise ValueError("a stranger's address must be given")
    return str(person.phone if channel == Channel.SMS else person.email)


def _just_sent(code: OneTimeCode, person: Person | None, to: str) -> bool:
    same = code.destination == to and code.person_id == (person.pk if person else None)
    return same and bool(wait_seconds(code))


def _keep(
    request: HttpRequest, person: Person | None, purpose: Purpose, channel: Channel, to: str, text: str
) -> OneTimeCode:
    now = clock.real_now()
    code = OneTimeCode(person=person, purpose=purpose, channel=channel, destination=to, created_at=now)
    code.request_hash, code.code_hash = _request_hash(request), _code_hash(code.pk, text)
    code.expires_at = now + LASTS
    code.save(force_insert=True)
    return code


def _hand_over(code: OneTimeCode, person: Person | None, text: str) -> None:
    """Mail or SMS, by the outbox; whoever has no account is told that instead."""
    if code.channel == Channel.SMS:
        sms.send_code(to=code.destination, text=text, expires_at=code.expires_at, language=_language(person))
    elif person is None:
        link = settings.FRONTDESK_URL + reverse("account_signup")
        send_mail(to=code.destination, template="accounts/no_account_for_code", context={"action_url": link})
    else:
        template = "accounts/sign_in_code" if code.purpose == Purpose.SIGN_IN else "accounts/second_step_code"
        hint = _("(a code, only in the mail)")
        send_mail(
            to=person, address=code.destination, template=template, context={}, secret=grouped(text), secret_hint=hint
        )


def _language(person: Person | None) -> str:
    return person.language if person else ""


def _asked(request: HttpRequest, purpose: Purpose) -> UUID | None:
    kept = request.session.get(SLOT, {}).get(purpose)
    return UUID(kept) if kept else None


def _forget(request: HttpRequest, purpose: Purpose) -> None:
    request.session[SLOT] = {name: kept for name, kept in request.session.get(SLOT, {}).items() if name != purpose}


def _reserve_guess(request: HttpRequest, asked: OneTimeCode, person: Person | None) -> str | None:
    """Count a guess for good; returns the HMAC to compare with, None where no guess is left."""
    whose = person.pk if person else None
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            """update accounts_onetimecode set guesses = guesses + 1
                where id = %s and request_hash = %s and (%s::uuid is null or person_id = %s::uuid)
                  and used_at is null and expires_at > %s and guesses < %s
            returning code_hash""",
            [asked.pk, _request_hash(request), whose, whose, clock.real_now(), GUESSES],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else None


def _request_hash(request: HttpRequest) -> str:
    """Binds a code to the session: to a token in its sealed data, since its key changes at sign-in."""
    token = request.session.get(f"{SLOT}_token")
    if not token:
        token = request.session[f"{SLOT}_token"] = secrets.token_urlsafe(32)
    return _hmac(b"code request:", token.encode())


def _code_hash(code: UUID, digits: str) -> str:
    return _hmac(b"code:", code.bytes + digits.encode())


def _hmac(purpose: bytes, value: bytes) -> str:
    return hmac.new(settings.SECRETS.token_key.encode(), purpose + value, hashlib.sha256).hexdigest()
