"""The chat on other sites of the vendor's: the script that shows a button there, and the page in the frame behind it.

The frame may stand on the sites that the chat's settings name, and nowhere else. It holds nothing when it is loaded:
its script asks for what it shows, and shows by a header who asks (`chats.askers`).
"""

import json
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlencode

from django.conf import settings as project
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from frontdesk.core.errors import NotFound
from frontdesk.portal.chats.beginning import CARRIED
from frontdesk.support.chat import settings
from frontdesk.ui.brand import current_brand

PLACE = '"%CHAT%"'
LANGUAGES = tuple(code for code, _name in project.LANGUAGES)


@require_safe
@never_cache
@xframe_options_exempt
def box(request: HttpRequest) -> HttpResponse:
    """The frame. Raises NotFound for a site that the settings do not name."""
    sites = settings.sites()
    site, language = request.GET.get("site", ""), request.GET.get("language", "")[:10]
    if site not in sites:
        raise NotFound
    carried = {name: request.GET[name][:500] for name in ("from", *CARRIED) if request.GET.get(name)}
    page = reverse("chat:page")
    about = urlencode({name: value for name, value in carried.items() if name not in {"from", "site"}})
    context = {
        "site": site,
        "piece_url": f"{page}?{urlencode(carried)}",
        "page_url": page,
        "own_url": f"{page}?{about}" if about else page,
    }
    with translation.override(language if language in LANGUAGES else translation.get_language()):
        response = render(request, "chat/box.html", context)
    setattr(response, "_csp_replace", {"frame-ancestors": sites})  # noqa: B010 - as csp's decorator does it
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@cache_control(public=True, max_age=600)
def embed(request: HttpRequest) -> HttpResponse:
    """The script for other sites, the same for everybody."""
    return HttpResponse(script(), content_type="text/javascript; charset=utf-8")


def script() -> str:
    """The script with its words in all languages, and the brand's colour."""
    brand = current_brand()
    colour = {"hue": brand.hue, "chroma": brand.chroma, "radius": brand.radius}
    chosen = {"words": {code: _words(code) for code in LANGUAGES}, "brand": brand.name, **colour}
    return _source().replace(PLACE, json.dumps(chosen, ensure_ascii=False))


def _words(language: str) -> dict[str, str]:
    with translation.override(language):
        said = {"chat": gettext("Chat"), "small": gettext("Make the chat small"), "unread": gettext("new")}
        return said | {"open": gettext("Open the chat")}


@lru_cache(maxsize=1)
def _source() -> str:
    return (files("frontdesk.ui") / "static/ui/js/embed.js").read_text(encoding="utf-8")
