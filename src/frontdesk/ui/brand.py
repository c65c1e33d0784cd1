"""The vendor's brand: a name and three values that colour every page."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

_EXTERNAL = re.compile(r"^(https?:)?/")


@dataclass(frozen=True, slots=True)
class Brand:
    """What a vendor chooses: name, hue in degrees, chroma (OKLCH), corner radius in pixels, and a logo."""

    name: str = "Frontdesk"
    hue: float = 222
    chroma: float = 0.115
    radius: float = 12
    logo: str = ""

    @property
    def logo_url(self) -> str:
        """Address of the logo: an address or absolute path is kept, a static path resolved, none gets our mark."""
        if not self.logo:
            return reverse("ui:mark")
        return self.logo if _EXTERNAL.match(self.logo) else static(self.logo)

    @property
    def initial(self) -> str:
        """The letter our default mark shows."""
        return self.name.strip()[:1].upper() or "F"


def _within(value: object, low: float, high: float, default: float) -> float:
    """Read a number from the settings and keep it in the range in which contrast is proven."""
    try:
        number = float(str(value))
    except ValueError:
        return default
    return min(max(number, low), high)


def current_brand() -> Brand:
    """Read FRONTDESK_BRAND; missing or impossible values fall back to values that look right."""
    chosen = getattr(settings, "FRONTDESK_BRAND", {})
    base = Brand()
    return Brand(
        name=str(chosen.get("name") or base.name),
        hue=_within(chosen.get("hue", base.hue), 0, 360, base.hue),
        chroma=_within(chosen.get("chroma", base.chroma), 0, 0.16, base.chroma),
        radius=_within(chosen.get("radius", base.radius), 0, 24, base.radius),
        logo=str(chosen.get("logo") or ""),
    )
