"""What the accounts' actions are called in a customer's history."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontdesk.accounts.browsers import user_agents
from frontdesk.accounts.roles import Role
from frontdesk.core import history
from frontdesk.core.history import Text, Topic

Data = Mapping[str, Any]
Personal = Mapping[str, str]

METHODS: dict[str, Text] = {
    "password": gettext_lazy("password"),
    "code": gettext_lazy("mailed code"),
    "totp": gettext_lazy("authenticator"),
    "webauthn": gettext_lazy("passkey"),
    "recovery_codes": gettext_lazy("recovery code"),
    "sms": gettext_lazy("code by text message"),
    "mail": gettext_lazy("code by mail"),
    "remembered": gettext_lazy("remembered browser"),
}
FACTORS: dict[str, Text] = {
    "totp": gettext_lazy("Authenticator"),
    "webauthn": gettext_lazy("Passkey"),
    "sms": gettext_lazy("Code by text message"),
    "mail": gettext_lazy("Code by mail"),
    "recovery_codes": gettext_lazy("Recovery codes"),
}
PAGES: dict[str, Text] = {
    "person": gettext_lazy("Your name and address"),
    "license": gettext_lazy("A licence of yours"),
    "activation": gettext_lazy("A device of yours"),
    "code": gettext_lazy("An activation code of yours"),
    "recovery": gettext_lazy("Your request to recover the account"),
    "recovery list": gettext_lazy("Your request to recover the account, in a list"),
    "customer": gettext_lazy("All your matters on one page"),
    "order": gettext_lazy("An order of yours"),
    "order list": gettext_lazy("An order of yours in a list"),
    "invoice": gettext_lazy("An invoice of yours"),
    "invoice list": gettext_lazy("An invoice of yours in a list"),
    "payment": gettext_lazy("A payment of yours"),
    "payment list": gettext_lazy("A payment of yours in a list"),
    "subscription": gettext_lazy("A subscription of yours"),
    "subscription list": gettext_lazy("A subscription of yours in a list"),
    "declaration": gettext_lazy("What you declared about a contract"),
    "declaration list": gettext_lazy("What you declared about a contract, in a list"),
    "person list": gettext_lazy("Your name and address in a list of people"),
    "license list": gettext_lazy("A licence of yours in a list"),
    "activation list": gettext_lazy("A device of yours in a list"),
}


def _browser(data: Data, personal: Personal) -> str:
    """Browser, system and place, where a row knows them."""
    known = data.get("browser") or data.get("system")
    name = user_agents.words(str(data.get("browser", "")), str(data.get("system", ""))) if known else ""
    return history.joined([name, personal.get("place", ""), personal.get("network", "")])


def _sign_in(data: Data, personal: Personal) -> str:
    used = [str(METHODS.get(method, method)) for method in data.get("methods", [])]
    how = _("with %s") % " + ".join(used) if used else ""
    new = _("new browser") if data.get("new") else ""
    return history.joined([how, new, _browser(data, personal)])


def _count(data: Data, personal: Personal) -> str:
    count = data.get("count")
    if count is None:
        return _browser(data, personal)
    return ngettext("%(n)d browser", "%(n)d browsers", count) % {"n": count}


def _factor(data: Data, _personal: Personal) -> Text:
    return FACTORS.get(str(data.get("kind", "")), "")


def _page(data: Data, _personal: Personal) -> Text:
    return PAGES.get(str(data.get("page", "")), _("A page about you"))


def _role(data: Data, _personal: Personal) -> Text:
    return next((role.label for role in Role if role == data.get("role")), "")


def enter() -> None:
    """Say what they are called."""
    about, entry = Topic.SECURITY, history.describe
    entry(about, "log-in", {"person.signed_in": gettext_lazy("Signed in")}, _sign_in)
    entry(about, "log-out", {"person.signed_out": gettext_lazy("Signed out")}, _browser)
    entry(about, "log-out", SESSIONS, _count)
    entry(about, "shield-check", BROWSERS, _count)
    entry(about, "key-round", PASSWORDS, _browser)
    entry(about, "mail", ADDRESSES)
    entry(about, "user-round", DETAILS)
    entry(about, "smartphone", SECOND_STEPS, _factor)
    entry(about, "shield-alert", ALARMS, _browser)
    entry(about, "download", PRIVACY)
    entry(about, "life-buoy", RECOVERIES)
    entry(about, "badge", STAFF, _role)
    entry(Topic.LOOKS, "eye", {"staff.looked": gettext_lazy("Looked at by our team")}, _page)


SESSIONS: dict[str, Text] = {
    "session.ended": gettext_lazy("A browser was signed out from afar"),
    "sessions.ended": gettext_lazy("Several browsers were signed out from afar"),
}
BROWSERS: dict[str, Text] = {
    "browser.remembered": gettext_lazy("A browser was remembered: no second step there"),
    "browser.forgotten": gettext_lazy("Known browsers were forgotten"),
}
PASSWORDS: dict[str, Text] = {
    "person.password_changed": gettext_lazy("Password changed"),
    "person.password_reset": gettext_lazy("Password reset by a mailed link"),
}
ADDRESSES: dict[str, Text] = {
    "person.address_change_asked": gettext_lazy("Another e-mail address was asked for"),
    "person.address_changed": gettext_lazy("E-mail address changed"),
    "person.address_change_undone": gettext_lazy("Change of the e-mail address undone"),
    "person.address_change_canceled": gettext_lazy("Change of the e-mail address given up"),
}
DETAILS: dict[str, Text] = {
    "person.added": gettext_lazy("Account made"),
    "person.phone_changed": gettext_lazy("Phone number changed"),
    "person.phone_removed": gettext_lazy("Phone number removed"),
    "person.name_changed": gettext_lazy("Name changed"),
    "person.language_changed": gettext_lazy("Language changed"),
    "person.time_zone_changed": gettext_lazy("Time zone changed"),
}
SECOND_STEPS: dict[str, Text] = {
    "second_factor.added": gettext_lazy("A second step was set up"),
    "second_factor.removed": gettext_lazy("A second step was removed"),
    "second_factor.renamed": gettext_lazy("A passkey was renamed"),
    "second_factor.recovery_code_used": gettext_lazy("A recovery code was used"),
}
ALARMS: dict[str, Text] = {
    "person.locked": gettext_lazy("Too many wrong attempts: strangers' browsers have to wait"),
    "person.unlocked": gettext_lazy("The pause after wrong attempts was ended"),
    "person.secured": gettext_lazy("The account was secured: signed out everywhere, a new password is needed"),
}
PRIVACY: dict[str, Text] = {
    "person.export_asked": gettext_lazy("A copy of all your data was asked for"),
    "person.export_downloaded": gettext_lazy("The copy of your data was downloaded"),
    "person.deletion_asked": gettext_lazy("The account is to be deleted"),
    "person.deletion_canceled": gettext_lazy("The account stays: the deletion was called off"),
    "person.deleted": gettext_lazy("The account was deleted"),
}
RECOVERIES: dict[str, Text] = {
    "recovery.asked": gettext_lazy("Help with getting back into the account was asked for"),
    "recovery.approved": gettext_lazy("The request to get back in was approved"),
    "recovery.refused": gettext_lazy("The request to get back in was refused"),
    "recovery.stopped": gettext_lazy("The request to get back in was stopped"),
    "recovery.expired": gettext_lazy("The request to get back in ran out"),
    "staff.recovered": gettext_lazy("Access was given back to a member of our team"),
    "recovery.completed": gettext_lazy("Access was given back"),
}
STAFF: dict[str, Text] = {
    "staff.role_given": gettext_lazy("Became part of our team"),
    "staff.role_taken": gettext_lazy("Left our team"),
    "staff.invited": gettext_lazy("Somebody was invited into our team"),
    "staff.invitation_accepted": gettext_lazy("Joined our team by an invitation"),
}
