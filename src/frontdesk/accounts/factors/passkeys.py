"""Passkeys (WebAuthn): adding one, and showing one. Every challenge is good for one answer, for ten minutes.

The relying party is the host of FRONTDESK_URL, and only that very origin is accepted. Browsers know passkeys on https,
and on plain http only at the name localhost: `obstacle` says so where it matters.
"""

import binascii
import ipaddress
import json
import struct
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from frontdesk.accounts.factors.ways import Way
from frontdesk.accounts.models import Person
from frontdesk.core import clock

STATE = "passkey"
GOOD_FOR_SECONDS = 600
LONGEST = 20_000
NAME_LENGTH = 60
MALFORMED = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    struct.error,
    binascii.Error,
)


class NotAccepted(Exception):
    """What the browser sent proves nothing: another challenge, another site, a passkey we do not know."""


def possible() -> bool:
    """Whether browsers allow passkeys at FRONTDESK_URL at all."""
    ours = urlsplit(settings.FRONTDESK_URL)
    return _browsers_allow(ours.scheme, ours.hostname or "")


def obstacle(request: HttpRequest) -> str:
    """Why passkeys cannot work at the address this page was opened at; empty when they can."""
    ours = urlsplit(settings.FRONTDESK_URL)
    host = ours.hostname or ""
    if not possible():
        if _is_loopback(host):
            return _("Browsers know passkeys only on https, or on this computer as http://localhost:%(port)s.") % {
                "port": ours.port or 80
            }
        return _("Browsers know passkeys only on https and at a name. This installation is at %(url)s.") % {
            "url": settings.FRONTDESK_URL
        }
    if request.get_host().lower() != ours.netloc.lower():
        return _("Passkeys work only at %(url)s. You have opened this page at another address.") % {
            "url": settings.FRONTDESK_URL
        }
    return ""


def begin_adding(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What the browser needs to make a passkey; remembers the challenge."""
    options, state = _server().register_begin(
        user=PublicKeyCredentialUserEntity(id=person.pk.bytes, name=person.email, display_name=person.shown_name),
        credentials=[_key(row) for row in rows_of(person)],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        extensions={"credProps": True},
    )
    _remember(request, state, person)
    return dict(options)


def finish_adding(request: HttpRequest, person: Person, text: str) -> dict[str, Any]:
    """What is kept of the new passkey. Raises NotAccepted."""
    state = _taken(request, person)
    try:
        answer = _read(text)
        made = _server().register_complete(state, RegistrationResponse.from_dict(answer))
        alone = answer.get("clientExtensionResults", {}).get("credProps", {}).get("rk")
    except MALFORMED:
        raise NotAccepted from None
    assert made.credential_data is not None  # noqa: S101 - fido2 has made sure
    key = websafe_encode(bytes(made.credential_data))
    return {"key": key, "sign_count": made.counter, "alone": alone is not False}


def begin_showing(request: HttpRequest, person: Person | None) -> dict[str, Any]:
    """What the browser needs to show a passkey of this person; of anybody, proved by finger or PIN, to sign in."""
    required, preferred = UserVerificationRequirement.REQUIRED, UserVerificationRequirement.PREFERRED
    options, state = _server().authenticate_begin(
        credentials=[_key(row) for row in rows_of(person)] if person else None,
        user_verification=preferred if person else required,
    )
    _remember(request, state, person)
    return dict(options)


@transaction.atomic
def finish_showing(request: HttpRequest, person: Person | None, text: str) -> Authenticator:
    """The passkey that was shown. Raises NotAccepted."""
    state = _taken(request, person)
    try:
        answer = AuthenticationResponse.from_dict(_read(text))
        owner = person or _owner(answer)
        rows = {bytes(_key(row).credential_id): row for row in rows_of(owner).select_for_update()}
        _server().authenticate_complete(state, [_key(row) for row in rows.values()], answer)
        row, counter = rows[bytes(answer.raw_id)], answer.response.authenticator_data.counter
    except MALFORMED:
        raise NotAccepted from None
    if (counter or row.data["sign_count"]) and counter <= row.data["sign_count"]:
        raise NotAccepted  # a copy of it has been used since
    row.data = {**row.data, "sign_count": counter}
    row.save(update_fields=["data"])
    row.user = owner
    return row


def rows_of(person: Person) -> Any:
    """The person's passkeys, the oldest first."""
    return Authenticator.objects.filter(user=person, type=Way.PASSKEY).order_by("created_at", "pk")


def _owner(answer: AuthenticationResponse) -> Person:
    handle = answer.response.user_handle
    found = Person.objects.filter(pk=handle.hex(), is_active=True).first() if handle and len(handle) == 16 else None
    if found is None:
        raise NotAccepted
    return found


def _server() -> Fido2Server:
    ours = settings.FRONTDESK_URL
    rp = PublicKeyCredentialRpEntity(id=urlsplit(ours).hostname or "", name=str(settings.FRONTDESK_BRAND["name"]))
    return Fido2Server(rp, verify_origin=lambda origin: origin == ours)


def _remember(request: HttpRequest, state: dict[str, Any], person: Person | None) -> None:
    request.session[STATE] = {**state, "for": _for(person), "at": clock.real_now().timestamp()}


def _taken(request: HttpRequest, person: Person | None) -> dict[str, Any]:
    """The challenge that is being answered; it is gone whatever the answer."""
    state: dict[str, Any] = request.session.pop(STATE, None) or {}
    age = clock.real_now().timestamp() - state.get("at", 0)
    if state.get("for") != _for(person) or not 0 <= age <= GOOD_FOR_SECONDS:
        raise NotAccepted
    return state


def _for(person: Person | None) -> str:
    return str(person.pk) if person else ""


def _key(row: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(row.data["key"]))


def _read(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise ValueError
    answer = json.loads(text)
    if not isinstance(answer, dict):
        raise TypeError
    return answer


def _browsers_allow(scheme: str, host: str) -> bool:
    if scheme == "https":
        return not _is_address(host)
    return host == "localhost" or host.endswith(".localhost")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_loopback
