"""What programs send and get, as msgspec sees it and as OpenAPI describes it."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

# No control character: PostgreSQL refuses NUL, and a terminal or a mail should not obey a device's name; nor may a name
# turn the direction of the text around it.
PLAIN = r"^(?![\s\S]*[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069])"
CODE = "K7Q2M-9XAVT-3HRWB-PD4N8"

Text = Annotated[str, Meta(max_length=4096, description="The code, as typed or pasted; case, spaces and hyphens do not matter.", examples=[CODE])]  # fmt: skip  # noqa: E501
Slug = Annotated[str, Meta(min_length=1, max_length=100, pattern=PLAIN, examples=["halcyon-shield"])]
Fingerprint = Annotated[str, Meta(min_length=16, max_length=256, pattern=PLAIN, description="Stable for the device; only its SHA-256 is kept.", examples=["4f0a9c2e7b1d8360a5c4e2f19b7d6038"])]  # fmt: skip  # noqa: E501
DeviceName = Annotated[str, Meta(min_length=1, max_length=100, pattern=PLAIN + r"[\s\S]*\S", examples=["Ada's laptop"])]
AppVersion = Annotated[str, Meta(min_length=1, max_length=50, pattern=PLAIN, examples=["3.2.0"])]
Moment = Annotated[str, Meta(description="RFC 3339, UTC, whole seconds.", examples=["2026-10-31T12:00:00Z"])]
Lease = Annotated[str, Meta(description="Compact JWS (EdDSA), type frontdesk-lease+jwt.")]
Nonce = Annotated[str, Meta(min_length=22, max_length=86, pattern="^[A-Za-z0-9_-]{22,86}$", description="base64url of 16 to 64 random bytes, without padding.", examples=["sh5RXOuPXaiQjcZJKu2uXxGqt2W5Dx9c7V6IYtJ7k8k"])]  # fmt: skip  # noqa: E501
PublicKey = Annotated[str, Meta(min_length=43, max_length=43, pattern="^[A-Za-z0-9_-]{43}$", description="base64url of the device's Ed25519 public key.", examples=["X0jkvoIMARtuH_rsswUmpl3olRqv-qD_4SR5TsBg9F0"])]  # fmt: skip  # noqa: E501
Signature = Annotated[str, Meta(min_length=86, max_length=86, pattern="^[A-Za-z0-9_-]{86}$", description="base64url of the Ed25519 signature.", examples=["Jh8eEBimMJDE8hXI1mPaH3JZdYEvbqhxgo0PbjinX8t102xtg4AH9Q-6_TWBfgPou2itftIcDQ-MgOnVL7S_Bw"])]  # fmt: skip  # noqa: E501
Wait = Annotated[int, Meta(ge=1, description="Seconds until the next question.", examples=[5])]
PlatformName = Literal["windows", "macos", "linux", "android", "ios", "other"]
ChannelName = Literal["stable", "beta"]
Status = Literal["active", "grace", "expired", "suspended", "refunded"]


class DeviceShape(Struct, frozen=True, gc=False):
    """The device that asks."""

    fingerprint: Fingerprint
    name: DeviceName
    platform: PlatformName
    app_version: AppVersion


class ActivationRequest(Struct, frozen=True, gc=False):
    """A device with a code."""

    code: Text
    product: Slug
    device: DeviceShape


class LeaseRequest(Struct, frozen=True, gc=False):
    """A device that renews."""

    fingerprint: Fingerprint
    app_version: AppVersion


class OfflineRequest(Struct, frozen=True, gc=False):
    """The request file of a device without a connection."""

    type: Literal["frontdesk-offline-request"]
    version: Literal[1]
    code: Text
    product: Slug
    device: DeviceShape
    nonce: Nonce
    public_key: PublicKey
    created_at: Annotated[str, Meta(max_length=40, examples=["2026-10-31T12:00:00Z"])] = ""


class OfflineReturn(Struct, frozen=True, gc=False):
    """The signed return file of a device that was activated offline."""

    type: Literal["frontdesk-offline-return"]
    version: Literal[1]
    activation_id: UUID
    nonce: Nonce
    returned_at: Annotated[str, Meta(min_length=1, max_length=40, pattern=PLAIN, examples=["2026-11-03T12:00:00Z"])]
    signature: Signature


class ActivationFacts(Struct, frozen=True, gc=False):
    """A device's seat."""

    id: UUID
    created_at: Moment


class LicenseReply(Struct, frozen=True, gc=False):
    """What a device may know of its licence."""

    id: UUID
    product: str
    plan: str
    status: Status
    starts_at: Moment
    expires_at: Moment
    device_limit: int
    devices_used: int


class ActivationReply(Struct, frozen=True, gc=False):
    """The seat, with a new token and a lease."""

    activation: ActivationFacts
    license: LicenseReply
    token: Annotated[str, Meta(pattern="^fda_[A-Za-z0-9_-]{54}$")]
    lease: Lease


class LeaseReply(Struct, frozen=True, gc=False):
    """A renewed lease."""

    license: LicenseReply
    lease: Lease


class ReplacementReply(Struct, frozen=True, gc=False):
    """A request for another device's seat was taken in; alike for every code."""

    id: UUID
    poll_after: Wait


class ReplacementState(Struct, frozen=True, gc=False):
    """How a request stands."""

    id: UUID
    status: Literal["pending", "approved", "refused", "expired"]
    poll_after: Wait


class Key(Struct, frozen=True, gc=False):
    """A public key as RFC 8037 writes it."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    kid: str
    x: str
    use: Literal["sig", "release"]
    alg: Literal["EdDSA"]


class KeySet(Struct, frozen=True, gc=False):
    """The keys that are trusted, signed by the trust root; the serial only grows."""

    keys: list[Key]
    serial: int
    signature: str


class OfflineAnswer(Struct, frozen=True, gc=False):
    """The answer file: a longer lease, bound to the request's nonce."""

    type: Literal["frontdesk-offline-answer"]
    version: Literal[1]
    activation: ActivationFacts
    license: LicenseReply
    lease: Lease
    keys: KeySet


class ReleaseReply(Struct, frozen=True, gc=False):
    """The newest release for a platform."""

    product: str
    version: str
    platform: PlatformName
    channel: ChannelName
    notes: str
    published_at: Moment
    filename: str
    size: int
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    url: Annotated[str, Meta(description="Signed, for a short time.")]
    signature: Annotated[str, Meta(description="Compact JWS by a release key.")]


class HelpResult(Struct, frozen=True, gc=False):
    """An article that answers."""

    slug: Annotated[
        str, Meta(description="The article's address is /help/articles/{slug}/.", examples=["free-a-device"])
    ]
    title: str
    snippet: Annotated[str, Meta(description="HTML: escaped text with <mark> around what matched.")]
    score: float


class HelpResults(Struct, frozen=True):
    """What was found, the best first."""

    results: list[HelpResult]


class LiveHealth(Struct, frozen=True, gc=False):
    """Where this process hears of what open pages wait for: `away` is tried again, `off` is not used here."""

    postgresql: Literal["listening", "away", "off"]
    redis: Literal["listening", "away", "off"]


class HealthReply(Struct, frozen=True, gc=False):
    """The service answers."""

    status: Literal["ok"]
    live: LiveHealth
