"""Which platform a browser runs on: a suggestion only, every page lists all builds."""

import re

from django.http import HttpRequest

from frontdesk.catalog.models import Platform

# Order matters: Android calls itself Linux, and an iPhone says "like Mac OS X".
_SIGNS: tuple[tuple[str, Platform], ...] = (
    (r"android", Platform.ANDROID),
    (r"iphone|ipad|ipod|\bios\b", Platform.IOS),
    (r"windows", Platform.WINDOWS),
    (r"macintosh|mac ?os", Platform.MACOS),
    (r"cros|chrome ?os", Platform.OTHER),
    (r"linux|x11|bsd", Platform.LINUX),
)


def platform_of(request: HttpRequest) -> Platform | None:
    """The platform the request seems to come from, by its client hint or User-Agent; None when neither tells."""
    for header in ("Sec-CH-UA-Platform", "User-Agent"):
        text = request.headers.get(header, "")[:500].lower()
        for sign, platform in _SIGNS:
            if re.search(sign, text):
                return platform
    return None
