"""The four roles of staff, and what each may do: the one table behind the back office and every staff page.

Each role includes the ones before it. The back office asks `permits`, pages use `access.require_role`.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What somebody on the staff is there for."""

    AGENT = "agent", _("agent")
    BILLING_AGENT = "billing_agent", _("billing agent")
    MANAGER = "manager", _("manager")
    ADMINISTRATOR = "administrator", _("administrator")


LADDER = (Role.AGENT, Role.BILLING_AGENT, Role.MANAGER, Role.ADMINISTRATOR)

MAY = {
    Role.AGENT: (
        _("see a customer's identity, licences, devices and conversations"),
        _("act on seats and codes, unlock accounts, answer conversations"),
    ),
    Role.BILLING_AGENT: (
        _("see orders, invoices and payments"),
        _("refund up to the limit, give credits, retry payments"),
    ),
    Role.MANAGER: (
        _("see reports"),
        _("refund above the limit, recover lost accounts, moderate, write macros and articles"),
    ),
    Role.ADMINISTRATOR: (
        _("see settings, staff and keys"),
        _("change the catalogue, make codes, invite staff, replace keys"),
    ),
}

# The back office's permissions, as app label → action, or action and model → the least role; what is not named is for
# administrators.
BACK_OFFICE: dict[str, dict[str, Role]] = {
    "backoffice": {"view": Role.AGENT},
    "core": {"view": Role.MANAGER},
    "accounts": {
        "view": Role.AGENT,
        "view_staffinvitation": Role.ADMINISTRATOR,
        "unlock": Role.AGENT,
        "recover": Role.MANAGER,
    },
    "catalog": {"view": Role.AGENT},
    "licensing": {
        "view": Role.AGENT,
        "seat": Role.AGENT,
        "code": Role.AGENT,
        "adjust": Role.BILLING_AGENT,
        "refund": Role.BILLING_AGENT,
        "suspend": Role.MANAGER,
    },
    "billing": {"view": Role.BILLING_AGENT},
    "helpcentre": {"view": Role.AGENT, "add": Role.MANAGER, "change": Role.MANAGER, "delete": Role.MANAGER},
    "tickets": {"view": Role.AGENT, "add": Role.MANAGER, "change": Role.MANAGER, "delete": Role.MANAGER},
}


def includes(role: str, least: Role) -> bool:
    """Whether somebody with this role may do what `least` may."""
    return role in LADDER and LADDER.index(Role(role)) >= LADDER.index(least)


def permits(role: str, permission: str) -> bool:
    """Whether a role has Django's permission `app.action_model`, by the table above."""
    app, _dot, codename = permission.partition(".")
    action = codename.partition("_")[0]
    least = BACK_OFFICE.get(app, {})
    return includes(role, least.get(codename, least.get(action, Role.ADMINISTRATOR)))
