"""The adapters, chosen by FRONTDESK_SMS."""

import base64
import json
import sys
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from frontdesk.accounts.sms.protocol import Sender, Sms, SmsFailed
from frontdesk.core import clock

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def offered() -> bool:
    """Whether this installation sends SMS at all."""
    return bool(settings.SMS_ADAPTER != "off")


def sender() -> Sender:
    """The adapter in force."""
    adapters: dict[str, Callable[[], Sender]] = {
        "console": Console,
        "file": Files,
        "twilio": Twilio,
        "http": GenericHttp,
    }
    return adapters.get(settings.SMS_ADAPTER, Off)()


class Off:
    """None are sent."""

    def send(self, message: Sms) -> None:
        """Refuse. Raises SmsFailed."""
        raise SmsFailed("FRONTDESK_SMS is off")


class Console:
    """Writes to the worker's terminal, for whoever develops."""

    def send(self, message: Sms) -> None:
        """Print it."""
        sys.stdout.write(f"SMS to {message.to}\n{message.text}\n{'-' * 40}\n")
        sys.stdout.flush()


class Files:
    """A file each in the data folder, which the demo's mailbox shows."""

    def send(self, message: Sms) -> None:
        """Write it; the same message twice is one file."""
        settings.SMS_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = settings.SMS_FOLDER / f"{message.key}.new"
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps({"to": message.to, "text": message.text}))
        unfinished.replace(unfinished.with_suffix(".sms"))


class Twilio:
    """Twilio's REST API, or one that speaks it."""

    def send(self, message: Sms) -> None:
        """Post a form; the message is dropped by Twilio once it is worth nothing. Raises SmsFailed."""
        options = settings.SMS_TWILIO
        left = int((message.expires_at - clock.real_now()).total_seconds())
        origin = "MessagingServiceSid" if settings.SMS_FROM.startswith("MG") else "From"
        fields = {"To": message.to, origin: settings.SMS_FROM, "Body": message.text, "ValidityPeriod": max(10, left)}
        login = f"{options['key'] or options['account']}:{options['secret']}".encode()
        _post(
            f"{options['url'].rstrip('/')}/2010-04-01/Accounts/{quote(options['account'], safe='')}/Messages.json",
            urlencode(fields).encode(),
            {"Content-Type": FORM, "Authorization": f"Basic {base64.b64encode(login).decode()}"},
        )


class GenericHttp:
    """Any provider that takes JSON by POST: address, headers and body template are settings."""

    def send(self, message: Sms) -> None:
        """Fill {to}, {text}, {from} and {key} into the template's texts. Raises SmsFailed."""
        values = {"{to}": message.to, "{text}": message.text, "{from}": settings.SMS_FROM, "{key}": str(message.key)}
        body = json.dumps(_filled(settings.SMS_HTTP["body"], values)).encode()
        headers = {"Content-Type": JSON, "Idempotency-Key": str(message.key), **settings.SMS_HTTP["headers"]}
        _post(settings.SMS_HTTP["url"], body, headers)


def _filled(template: Any, values: dict[str, str]) -> Any:
    """The template with its texts filled in; only texts are touched, so nothing can break out of the JSON."""
    if isinstance(template, dict):
        return {name: _filled(part, values) for name, part in template.items()}
    if isinstance(template, list):
        return [_filled(part, values) for part in template]
    return _filled_text(template, values) if isinstance(template, str) else template


def _filled_text(template: str, values: dict[str, str]) -> str:
    for number, name in enumerate(values):
        template = template.replace(name, f"\0{number}\0")  # what was filled in is not searched again
    for number, value in enumerate(values.values()):
        template = template.replace(f"\0{number}\0", value)
    return template


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry secrets to an address that nobody has configured."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow none: the answer counts as a failure."""


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    request = Request(url, data=body, headers={"User-Agent": "frontdesk", **headers})  # noqa: S310 - from the settings
    try:
        with build_opener(_NoRedirect).open(request, timeout=settings.SMS_TIMEOUT):
            return
    except HTTPError as error:
        error.close()
        raise SmsFailed(f"status {error.code}") from None
    except (OSError, ValueError, HTTPException) as error:
        raise SmsFailed(type(error).__name__) from None
