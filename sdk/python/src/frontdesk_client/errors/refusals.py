"""Refusals of the server: one class for each code of its problem documents."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self

from frontdesk_client.errors.base import FrontdeskError


class Refusal(FrontdeskError):
    """The server refused, with a problem document. Also stands for reasons this version does not know."""

    code = "refused"
    status: int = 400

    def __init__(self, problem: Mapping[str, object] | None = None) -> None:
        self.problem = dict(problem or {})
        super().__init__(
            self._text("detail"),
            title=self._text("title"),
            remedy=self._text("remedy"),
            help_url=self._text("help_url"),
        )
        self.status = self._integer("status") or type(self).status

    @property
    def reason(self) -> str:
        return self._text("code") or self.code

    @property
    def is_servers_fault(self) -> bool:
        """Whether trying again later may help: the server has trouble of its own, or heard too little of us."""
        return self.status >= 500 or self.status in {408, 429}

    def members(self) -> dict[str, object]:
        return self.problem | super().members() | {"status": self.status}

    def _text(self, name: str) -> str:
        value = self.problem.get(name)
        return value if isinstance(value, str) else ""

    def _integer(self, name: str) -> int | None:
        value = self.problem.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


class RequestTooLarge(Refusal):
    code, status = "request_too_large", 413
    default_title = "The request is too large"


class RequestInvalid(Refusal):
    """``field`` names the member the server did not accept."""

    code, status = "request_invalid", 422
    default_title = "The server did not understand the request"

    @property
    def field(self) -> str:
        return self._text("field")


class CodeMalformed(Refusal):
    """A typo: ``wrong_groups`` (1 to 4), empty when the code is too short or too long.

    ``read_as`` is what was understood, to point at the typo on the screen; it never becomes a member of the document.
    """

    read_as: str = ""

    code, status = "code_malformed", 422
    default_title = "There is a typo in the code"
    default_remedy = "Compare it with your card or mail and correct it."

    @classmethod
    def local(cls, *, wrong_groups: tuple[int, ...], read_as: str = "") -> Self:
        """The same refusal, found on this device before any request."""
        if wrong_groups:
            plural = "s" if len(wrong_groups) > 1 else ""
            detail = f"Look at group{plural} {' and '.join(str(number) for number in wrong_groups)}."
        else:
            detail = "A code has four groups of five letters and digits."
        error = cls({"status": cls.status, "code": cls.code, "detail": detail, "wrong_groups": list(wrong_groups)})
        error.read_as = read_as
        return error

    @property
    def wrong_groups(self) -> tuple[int, ...]:
        value = self.problem.get("wrong_groups")
        return tuple(number for number in value if isinstance(number, int)) if isinstance(value, list) else ()


class ProductMismatch(Refusal):
    code, status = "product_mismatch", 422
    default_title = "This code is for another product"


class CodeUnknown(Refusal):
    code, status = "code_unknown", 404
    default_title = "This code was never issued"
    default_remedy = "Check that you typed it in full, and that it is from this vendor."


class CodeBlocked(Refusal):
    code, status = "code_blocked", 403
    default_title = "This code has been blocked"


class LicenseExpired(Refusal):
    code, status = "license_expired", 403
    default_title = "The licence has expired"
    default_remedy = "Renew it, or enter a new code."


class LicenseSuspended(Refusal):
    code, status = "license_suspended", 403
    default_title = "The licence is suspended"


class LicenseRefunded(Refusal):
    code, status = "license_refunded", 403
    default_title = "The licence was refunded"


class DeviceLimitReached(Refusal):
    """All seats are taken. ``manage_url`` is where the owner frees one."""

    code, status = "device_limit_reached", 409
    default_title = "All devices of this licence are in use"
    default_remedy = "Free a device, or ask the owner of the licence to replace one."

    @property
    def device_limit(self) -> int | None:
        return self._integer("device_limit")

    @property
    def manage_url(self) -> str:
        return self._text("manage_url")


class SwapLimitReached(Refusal):
    """Devices were changed too often; ``retry_at`` says when the next change is possible."""

    code, status = "swap_limit_reached", 409
    default_title = "Devices were changed too often"

    @property
    def retry_at(self) -> datetime | None:
        return _moment(self._text("retry_at"))


class TooManyAttempts(Refusal):
    """``retry_after``: seconds to wait, as the server said, or None."""

    code, status = "too_many_attempts", 429
    default_title = "Too many attempts"
    default_remedy = "Wait a little, then try again."
    retry_after: float | None = None


class TemporarilyUnavailable(Refusal):
    """``retry_after``: seconds to wait, as the server said, or None."""

    code, status = "temporarily_unavailable", 503
    default_title = "The licence server is not available for a moment"
    default_remedy = "Try again in a minute. Nothing was lost."
    retry_after: float | None = None


class ActivationUnknown(Refusal):
    code, status = "activation_unknown", 401
    default_title = "The server does not know this activation"
    default_remedy = "Enter your activation code again."


class ActivationRemoved(Refusal):
    code, status = "activation_removed", 403
    default_title = "This device was removed from the licence"
    default_remedy = "Enter your activation code again to use it here."


class FingerprintMismatch(Refusal):
    code, status = "fingerprint_mismatch", 409
    default_title = "The activation belongs to another device"
    default_remedy = "Enter your activation code again on this device."


REFUSALS: Mapping[str, type[Refusal]] = {
    refusal.code: refusal
    for refusal in (
        RequestTooLarge,
        RequestInvalid,
        CodeMalformed,
        ProductMismatch,
        CodeUnknown,
        CodeBlocked,
        LicenseExpired,
        LicenseSuspended,
        LicenseRefunded,
        DeviceLimitReached,
        SwapLimitReached,
        TooManyAttempts,
        TemporarilyUnavailable,
        ActivationUnknown,
        ActivationRemoved,
        FingerprintMismatch,
    )
}


def refusal_from(problem: Mapping[str, object]) -> Refusal:
    """The typed error for a problem document; ``Refusal`` itself for a reason this version does not know."""
    return REFUSALS.get(str(problem.get("code")), Refusal)(problem)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
