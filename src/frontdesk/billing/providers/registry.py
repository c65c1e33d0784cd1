"""Which providers this installation has, by name, and which one new payments go through (none: nothing is sold)."""

from frontdesk.billing.providers.protocol import Provider

_providers: dict[str, Provider] = {}
_selling: list[str] = []


def enter(provider: Provider, *, sells: bool = True) -> None:
    """Make a provider known; called when the apps are ready. One of the same name is replaced.

    The first that `sells` takes new payments. One that does not still serves what was paid through it before.
    """
    _providers[provider.name] = provider
    if sells and provider.name not in _selling:
        _selling.append(provider.name)


def get(name: str) -> Provider:
    """The provider of this name. Raises KeyError: a row names one that is not configured any more."""
    return _providers[name]


def sells() -> bool:
    """Whether customers can pay here at all: without a provider there is no shop."""
    return bool(_selling)


def default() -> Provider:
    """The provider of new payments. Raises LookupError where there is none: ask `sells` first."""
    if not _selling:
        raise LookupError("FRONTDESK_PAYMENTS is off")
    return _providers[_selling[0]]


def known() -> list[str]:
    """Their names."""
    return list(_providers)
