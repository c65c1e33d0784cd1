"""Which providers this installation has, by name. The first is the one new payments go through."""

from frontdesk.billing.providers.protocol import Provider

_providers: dict[str, Provider] = {}


def enter(provider: Provider) -> None:
    """Make a provider known; called when the apps are ready. One of the same name is replaced."""
    _providers[provider.name] = provider


def get(name: str) -> Provider:
    """The provider of this name. Raises KeyError: a row names one that is not configured any more."""
    return _providers[name]


def default() -> Provider:
    """The provider of new payments."""
    return next(iter(_providers.values()))


def known() -> list[str]:
    """Their names."""
    return list(_providers)
