"""A browser's user agent in words. Only for showing: anybody can send any user agent."""

from django.utils.translation import gettext as _

# The first that is found counts: many browsers name those they resemble too.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
]
ICONS = {"iPhone": "smartphone", "iPad": "tablet", "Android": "smartphone", "Mac": "laptop", "ChromeOS": "laptop"}


def parts(user_agent: str) -> tuple[str, str]:
    """The names of browser and system; empty where the user agent does not tell."""
    return _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)


def words(browser: str, system: str) -> str:
    """Browser and system as one reads them."""
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def icon(system: str) -> str:
    """The icon that goes with a system."""
    return ICONS.get(system, "monitor")


def _first(names: list[tuple[str, str]], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
