"""The table of endpoints: what is routed, and what OpenAPI says of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from frontdesk.catalog.errors import DownloadNeedsLicense
from frontdesk.catalog.models import Channel, Platform
from frontdesk.core.errors import (
    NotFound,
    RequestInvalid,
    RequestTooLarge,
    TemporarilyUnavailable,
    TooManyAttempts,
)
from frontdesk.core.reasons import Refusal
from frontdesk.gateway import devices, helpdesk, rare, shapes
from frontdesk.gateway.errors import RequestTimeout
from frontdesk.gateway.exchange import Call, Reply
from frontdesk.licensing import errors

Handler = Callable[[Call], Awaitable[Reply]]
Refusals = tuple[type[Refusal], ...]

PREFIX = "/api/v1"
BODY: Refusals = (RequestTooLarge, RequestInvalid, RequestTimeout)
AWAY: Refusals = (TemporarilyUnavailable,)
CODE: Refusals = (errors.CodeMalformed,)
LICENSE: Refusals = (errors.LicenseExpired, errors.LicenseSuspended, errors.LicenseRefunded)
SEAT: Refusals = (
    errors.ProductMismatch,
    errors.CodeUnknown,
    errors.CodeBlocked,
    *LICENSE,
    errors.DeviceLimitReached,
    errors.SwapLimitReached,
    TooManyAttempts,
)


@dataclass(frozen=True)
class Parameter:
    """A value in the path or the query."""

    name: str
    where: str
    schema: dict[str, Any]
    required: bool = True
    about: str = ""


@dataclass(frozen=True)
class Endpoint:
    """One endpoint. `frequent` ones are answered before any router is asked."""

    method: str
    path: str
    name: str
    summary: str
    handler: Handler
    replies: dict[int, Any]
    refusals: Refusals = ()
    request: Any = None
    parameters: tuple[Parameter, ...] = ()
    secured: bool = False
    frequent: bool = False

    @property
    def full_path(self) -> str:
        """The path from the root, as OpenAPI writes it."""
        return PREFIX + self.path


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/activations",
        "activate",
        "Activate a device with a code",
        devices.activate,
        {201: shapes.ActivationReply, 200: shapes.ActivationReply},
        (*BODY, *CODE, *SEAT, *AWAY),
        shapes.ActivationRequest,
        frequent=True,
    ),
    Endpoint(
        "POST",
        "/leases",
        "renew",
        "Renew a device's lease",
        devices.renew,
        {200: shapes.LeaseReply},
        (
            *BODY,
            errors.ActivationUnknown,
            *LICENSE,
            errors.ActivationRemoved,
            errors.FingerprintMismatch,
            *AWAY,
        ),
        shapes.LeaseRequest,
        secured=True,
        frequent=True,
    ),
    Endpoint(
        "DELETE",
        "/activations/current",
        "deactivate",
        "Give the device's seat up",
        devices.deactivate,
        {204: None},
        (errors.ActivationUnknown, *AWAY),
        secured=True,
    ),
    Endpoint(
        "POST",
        "/replacements",
        "ask_replacement",
        "Ask the owner for another device's seat",
        rare.ask_replacement,
        {202: shapes.ReplacementReply},
        (*BODY, *CODE, TooManyAttempts, *AWAY),
        shapes.ActivationRequest,
    ),
    Endpoint(
        "GET",
        "/replacements/{id}",
        "replacement",
        "How such a request stands",
        rare.replacement,
        {200: shapes.ReplacementState},
        (NotFound, *AWAY),
        parameters=(Parameter("id", "path", {"type": "string", "format": "uuid"}),),
    ),
    Endpoint(
        "POST",
        "/offline-activations",
        "activate_offline",
        "Activate a device that has no connection",
        rare.activate_offline,
        {201: shapes.OfflineAnswer, 200: shapes.OfflineAnswer},
        (*BODY, *CODE, *SEAT, errors.OfflineRequestUsed, *AWAY),
        shapes.OfflineRequest,
    ),
    Endpoint(
        "POST",
        "/offline-returns",
        "return_offline",
        "Give the seat of such a device back",
        rare.return_offline,
        {204: None},
        (*BODY, errors.ActivationUnknown, *AWAY),
        shapes.OfflineReturn,
    ),
    Endpoint(
        "GET",
        "/keys",
        "keys",
        "The keys that sign leases and releases",
        rare.keys,
        {200: shapes.KeySet},
        AWAY,
    ),
    Endpoint(
        "GET",
        "/releases/{product}/latest",
        "latest_release",
        "The newest release for a platform",
        rare.latest_release,
        {200: shapes.ReleaseReply},
        (
            RequestInvalid,
            errors.ActivationUnknown,
            errors.ActivationRemoved,
            DownloadNeedsLicense,
            NotFound,
            *AWAY,
        ),
        parameters=(
            Parameter("product", "path", {"type": "string", "minLength": 1, "maxLength": 100}),
            Parameter("platform", "query", {"type": "string", "enum": list(Platform.values)}),
            Parameter("channel", "query", {"type": "string", "enum": list(Channel.values)}, required=False),
        ),
        secured=True,
    ),
    Endpoint(
        "GET",
        "/help/search",
        "search_help",
        "Search the help centre",
        helpdesk.search,
        {200: shapes.HelpResults},
        (RequestInvalid, TooManyAttempts, *AWAY),
        parameters=(
            Parameter("q", "query", {"type": "string", "examples": ["free a device"]}, required=False),
            Parameter("language", "query", {"type": "string", "examples": ["de"]}, required=False),
            Parameter(
                "limit", "query", {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}, required=False
            ),
        ),
    ),
    Endpoint("GET", "/health", "health", "Whether the service answers", rare.health, {200: shapes.HealthReply}),
)
