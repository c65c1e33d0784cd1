"""The components as tags: `{% load ui %}`. docs/guides/pages.md shows how a page is composed of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from frontdesk.core import clock
from frontdesk.core.money import Money
from frontdesk.ui.brand import Brand, current_brand
from frontdesk.ui.parts import (
    CHART_FOOT,
    CHART_HEIGHT,
    Bar,
    TimelinePiece,
    draw_bars,
    draw_timeline,
    position_of,
    relative,
)

register = template.Library()

_NOTICE_ICONS = {"good": "circle-check", "warn": "triangle-alert", "bad": "circle-alert", "info": "info", "": "info"}
_PLATFORM_ICONS = {
    "windows": "monitor",
    "macos": "laptop",
    "linux": "laptop",
    "android": "smartphone",
    "ios": "smartphone",
    "other": "hard-drive",
}
_FLIPPED = frozenset({"arrow-left", "arrow-right", "chevron-left", "chevron-right", "log-in", "log-out", "undo-2"})
_MESSAGE_TONES = {"debug": "info", "info": "info", "success": "good", "warning": "warn", "error": "bad"}


@lru_cache(maxsize=512)
def _drawn_icon(name: str, size: int) -> SafeString:
    classes = "icon flip" if name in _FLIPPED else "icon"
    drawn = lucide(name, size=size, stroke_width="1.75", aria_hidden="true", **{"class": classes})
    return mark_safe(drawn)  # noqa: S308 - a constant picture from the icon package


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """Draw an icon of the icon package, `size` in pixels; always decorative, so say it in words beside it."""
    return _drawn_icon(str(name), size)


@register.simple_tag
def platform_icon(platform: str, size: int = 20) -> SafeString:
    """Draw the icon of a device's platform (windows, macos, linux, android, ios, other)."""
    return _drawn_icon(_PLATFORM_ICONS.get(str(platform), "hard-drive"), size)


@register.filter
def platform_icon_name(platform: str) -> str:
    """The name of a platform's icon, for tags that take one: `{% row name icon=platform|platform_icon_name %}`."""
    return _PLATFORM_ICONS.get(str(platform), "hard-drive")


@register.simple_tag
def brand_now() -> Brand:
    """The brand for pages that are rendered without a request (500, mails)."""
    return current_brand()


@register.filter
def money(minor: int, currency: str) -> Money:
    """Minor units as an amount: `{{ line.minor|money:order.currency }}`."""
    return Money(minor, currency)


@register.filter
def tone_of(level_tag: str) -> str:
    """The tone of a Django message's level."""
    return _MESSAGE_TONES.get(level_tag, "info")


@register.filter
def icon_of(tone: str) -> str:
    """The icon that goes with a tone."""
    return _NOTICE_ICONS.get(tone, "info")


@register.inclusion_tag("ui/parts/button.html")
def button(
    label: str,
    href: str = "",
    *,
    kind: str = "",
    icon: str = "",
    after: str = "",
    size: str = "",
    type: str = "submit",  # noqa: A002 - the attribute's own name
    name: str = "",
    value: str = "",
    dialog: str = "",
    disabled: bool = False,
    busy: str = "",
) -> dict[str, Any]:
    """A button, or a link that looks like one; `dialog` opens the dialog of that id, `busy` is said while sending."""
    classes = " ".join(part for part in ("button", kind, size) if part)
    return {"label": label, "href": href, "classes": classes, "icon": icon, "after": after, "type": type} | {
        "name": name,
        "value": value,
        "dialog": dialog,
        "disabled": disabled,
        "busy": busy,
    }


@register.inclusion_tag("ui/parts/badge.html")
def badge(text: str, tone: str = "", *, icon: str = "") -> dict[str, Any]:
    """A short state; tone is good, warn, bad, info, brand or nothing."""
    return {"text": text, "tone": tone, "icon": icon}


@register.inclusion_tag("ui/parts/meter.html")
def meter(used: int, limit: int, *, label: str = "") -> dict[str, Any]:
    """How many of a limit are used; up to 12 as pieces, above as one bar. The words stand beside it."""
    pieces = [(index * 31, index < used) for index in range(limit)] if 0 < limit <= 12 else []
    share = f"{100 * min(used, limit) / limit:.2f}" if limit else "0"
    words = label or _("%(used)s of %(limit)s devices used") % {"used": used, "limit": limit}
    context = {"pieces": pieces, "width": len(pieces) * 31 - 5, "share": share, "words": words}
    return context | {"full": bool(limit) and used >= limit, "show_words": not label}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(pieces: Sequence[TimelinePiece], *, now: datetime | None = None, detail: bool = False) -> dict[str, Any]:
    """A licence's pieces as a bar with a legend; `detail` writes each piece out as a list of dated steps."""
    moment = now or clock.now()
    drawn = draw_timeline(pieces, moment)
    valid = [piece for piece in pieces if not piece.revoked]
    context: dict[str, Any] = {"pieces": drawn, "today": position_of(pieces, moment), "now": moment, "detail": detail}
    return context | {
        "start": valid[0].start if valid else None,
        "end": valid[-1].end if valid else None,
        "days_left": sum(item.days_left for item in drawn),
    }


@register.inclusion_tag("ui/parts/bars.html")
def bars(values: Sequence[Bar], label: str) -> dict[str, Any]:
    """A chart of bars; `label` names it. What it shows must stand in a table too."""
    return {"bars": draw_bars(values), "label": label, "line": CHART_HEIGHT - CHART_FOOT}


@register.inclusion_tag("ui/parts/steps.html")
def steps(current: int, *labels: str) -> dict[str, Any]:
    """Where one is in a row of steps; `current` counts from 1, one above the last means all are done."""
    states = ["done" if at < current else "current" if at == current else "" for at in range(1, len(labels) + 1)]
    return {"steps": list(zip(labels, states, strict=True)), "current": min(current, len(labels))}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(current: str, *pairs: str, label: str = "") -> dict[str, Any]:
    """Tabs that are links: label and address in turn; `current` is the address shown."""
    items = [(name, url, url == current) for name, url in zip(pairs[::2], pairs[1::2], strict=True)]
    return {"items": items, "label": label or _("Views")}


@register.inclusion_tag("ui/parts/breadcrumb.html")
def breadcrumb(*parts: str) -> dict[str, Any]:
    """The way here: label and address in turn, the last label without address is this page."""
    trail = list(zip(parts[:-1:2], parts[1::2], strict=True))
    return {"trail": trail, "here": parts[-1] if len(parts) % 2 else ""}


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], *, param: str = "page") -> dict[str, Any]:
    """Earlier, numbers, later; keeps the other parts of the address."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query.pop(param, None)
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [(number, number == page.number) for number in numbers]
    prefix = f"?{query.urlencode()}&" if query else "?"
    return {"page": page, "links": links, "prefix": f"{prefix}{param}=", "ellipsis": page.paginator.ELLIPSIS}


@register.inclusion_tag("ui/parts/avatar.html")
def avatar(name: str, *, size: str = "") -> dict[str, Any]:
    """A person's initials; decorative, the name stands beside it. Size is nothing, small or large."""
    words = [word for word in str(name).replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    chosen = words[:1] + (words[1:] and words[-1:]) if "@" not in str(name) else words[:1]
    return {"initials": "".join(word[0] for word in chosen).upper() or "?", "size": size}


@register.simple_tag
def when(moment: datetime | None, *, now: datetime | None = None) -> str:
    """A relative time with the exact one on hover; nothing given says "never"."""
    if moment is None:
        return _("never")
    iso, exact = _written(moment, timezone.get_current_timezone(), get_language() or "")
    words = relative(moment, now or clock.now())
    return format_html('<time datetime="{}" title="{}" data-relative>{}</time>', iso, exact, words)


@lru_cache(maxsize=4096)
def _written(moment: datetime, zone: tzinfo, language: str) -> tuple[str, str]:
    """For machines and for people. Lists show the same moments again and again, and writing them out takes longest."""
    local = timezone.localtime(moment, zone)
    with translation.override(language or None):
        return local.isoformat(), date_format(local, "DATETIME_FORMAT")


@register.inclusion_tag("ui/parts/copy.html")
def copy(text: str, *, label: str = "", shown: str = "") -> dict[str, Any]:
    """A value with a button that copies it; `shown` stands for a value that is too long to read."""
    return {"text": text, "label": label or _("Copy"), "shown": shown or text}


@register.inclusion_tag("ui/parts/progress.html")
def progress(value: int | None, limit: int = 100, *, label: str = "", detail: str = "") -> dict[str, Any]:
    """Long work; no value means "we cannot say how far"."""
    percent = None if value is None or limit <= 0 else min(100, 100 * value // limit)
    return {"value": value, "limit": limit, "label": label, "detail": detail, "percent": percent}


@register.inclusion_tag("ui/parts/skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """The shape of what is loading."""
    return {"lines": range(lines), "last": lines - 1}


@register.inclusion_tag("ui/parts/palette.html")
def palette(items: Sequence[Mapping[str, str]], *, id: str = "palette") -> dict[str, Any]:  # noqa: A002 - the attribute's own name
    """The command palette (Ctrl K); items have label, url, and optionally group, icon, shortcut."""
    return {"items": items, "id": id}


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, *, label: str = "", hint: str = "") -> dict[str, Any]:
    """A form field as `as_field_group` renders it, with another label or hint."""
    if label:
        bound.label = label
    if hint:
        bound.help_text = hint
    return {"field": bound}


def _block(name: str, content: str, **values: object) -> SafeString:
    return render_to_string(f"ui/parts/{name}.html", {"content": content, **values})


@register.simple_block_tag
def card(
    content: str, title: str = "", *, icon: str = "", note: str = "", badge: str = "", tone: str = "", level: int = 2
) -> SafeString:
    """A card; with a title it becomes a section with a heading of `level` 2 or 3, a note under it and a badge."""
    return _block("card", content, title=title, icon=icon, note=note, badge=badge, tone=tone, level=level)


@register.simple_block_tag
def row(content: str, title: str, *, icon: str = "", note: str = "", href: str = "", tone: str = "") -> SafeString:
    """A line in `<ul class="rows">`: icon, title and note; the content stands at the end."""
    return _block("row", content, title=title, icon=icon, note=note, href=href, tone=tone)


@register.simple_block_tag
def notice(content: str, title: str = "", *, tone: str = "info", icon: str = "") -> SafeString:
    """Something to know before going on; warn and bad are announced."""
    chosen = icon or _NOTICE_ICONS.get(tone, "info")
    return _block("notice", content, title=title, tone=tone, icon=chosen, announced=tone == "bad")


@register.simple_block_tag
def empty(content: str, title: str, *, icon: str = "inbox", text: str = "") -> SafeString:
    """Nothing here yet: says why and what to do; the content holds the way on."""
    return _block("empty", content, title=title, icon=icon, text=text)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, *, wide: bool = False) -> SafeString:  # noqa: A002 - the attribute's own name
    """A native dialog; anything with `data-dialog="<id>"` opens it."""
    return _block("dialog", content, id=id, title=title, wide=wide)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    id: str,  # noqa: A002 - the attribute's own name
    title: str,
    *,
    action: str,
    label: str,
    tone: str = "danger",
    cancel: str = "",
) -> SafeString:
    """A dialog that posts to `action`; the content says the consequences and may hold further fields."""
    token = context.get("csrf_token")
    chosen = cancel or _("Cancel")
    return _block(
        "confirm", content, id=id, title=title, action=action, label=label, tone=tone, cancel=chosen, csrf_token=token
    )


@register.simple_block_tag
def bubble(content: str, *, author: str = "", at: datetime | None = None, kind: str = "theirs") -> SafeString:
    """A message; kind is theirs, ours, note or event."""
    return _block("bubble", content, author=author, at=at, kind=kind)


@register.simple_block_tag
def table(content: str, label: str) -> SafeString:
    """A table that scrolls sideways on its own where the page is narrow; `label` names it."""
    return _block("table", content, label=label)
