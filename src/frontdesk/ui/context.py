"""What every page gets: brand, navigation, the way to sign in, and the time it was made."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject

from frontdesk.core import clock
from frontdesk.ui.banners import banners_for
from frontdesk.ui.brand import current_brand
from frontdesk.ui.corners import corners_for
from frontdesk.ui.navigation import links_for
from frontdesk.ui.searching import search_url


def ui(request: HttpRequest) -> dict[str, Any]:
    """Context processor; what needs the signed-in person is computed only when a template asks for it."""
    return {
        "brand": SimpleLazyObject(current_brand),
        "nav": SimpleLazyObject(lambda: links_for(request, "main")),
        "account_nav": SimpleLazyObject(lambda: links_for(request, "account")),
        "settings_nav": SimpleLazyObject(lambda: links_for(request, "settings")),
        "footer_nav": SimpleLazyObject(lambda: links_for(request, "footer")),
        "banners": SimpleLazyObject(lambda: banners_for(request)),
        "corners": SimpleLazyObject(lambda: corners_for(request)),
        "search_url": SimpleLazyObject(search_url),
        "legal_links": getattr(settings, "FRONTDESK_LEGAL_LINKS", ()),
        "is_demo": getattr(settings, "FRONTDESK_DEMO", False),
        "page_made_at": SimpleLazyObject(clock.now),
        "sign_in_url": SimpleLazyObject(lambda: sign_in_url(request)),
    }


def sign_in_url(request: HttpRequest) -> str:
    """Where "Sign in" leads; afterwards the person is back on the page they came from."""
    login = resolve_url(settings.LOGIN_URL)
    if request.method != "GET" or request.path == "/" or request.path.startswith("/account/"):
        return login
    return f"{login}?{urlencode({'next': request.get_full_path()})}"
