"""What happened lately on a licence: its codes, the seats that were freed, the swaps that are left."""

from datetime import datetime, timedelta

from frontdesk.licensing.models import Activation, Code, License

LATELY = timedelta(days=30)


def codes_of(license: License) -> list[Code]:
    """The licence's codes, those out of use too, the newest first."""
    return list(license.codes.select_related("batch").order_by("-redeemed_at", "id"))


def freed_lately(license: License, now: datetime, most: int = 3) -> list[Activation]:
    """The devices whose seat was freed in the last 30 days, the latest first."""
    freed = license.activations.filter(removed_at__gt=now - LATELY)
    return list(freed.order_by("-removed_at", "id")[:most])


def swaps_left(license: License, now: datetime) -> int:
    """How many more devices may take a freed seat within 30 days."""
    used = license.activations.filter(is_swap=True, created_at__gt=now - LATELY).count()
    return max(0, license.plan_version.swap_limit - used)
