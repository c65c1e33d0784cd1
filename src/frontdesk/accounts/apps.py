from django.apps import AppConfig
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# The tabs of the account's own pages, in order.
PAGES = [
    (_("Profile"), "profile"),
    (_("Security"), "security"),
    (_("Browsers"), "browsers"),
    (_("History"), "history"),
    (_("Your data"), "privacy"),
]


def _recovery_waits(request: HttpRequest) -> bool:
    person = getattr(request, "user", None)
    return bool(person and person.is_authenticated and person.recovery_due_at)


def _is_frozen(request: HttpRequest) -> bool:
    from frontdesk.core import clock  # noqa: PLC0415 - models exist only once the apps are ready

    person = getattr(request, "user", None)
    if not (person and person.is_authenticated and person.frozen_until):
        return False
    return bool(person.is_frozen(clock.now()))


def _will_be_deleted(request: HttpRequest) -> bool:
    person = getattr(request, "user", None)
    return bool(person and person.is_authenticated and person.deletion_due_at)


class AccountsConfig(AppConfig):
    name = "frontdesk.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Take mails from the outbox, and say in the menus where the pages are found."""
        from frontdesk.accounts import phrases, registration  # noqa: PLC0415 - models exist only from here on
        from frontdesk.accounts.events import PersonSecured  # noqa: PLC0415
        from frontdesk.accounts.guard import telling  # noqa: PLC0415
        from frontdesk.accounts.messages import delivery, sending  # noqa: PLC0415
        from frontdesk.accounts.services import deletion, locks, notices, passwords  # noqa: PLC0415
        from frontdesk.accounts.sms import sending as sms  # noqa: PLC0415
        from frontdesk.core import events, outbox  # noqa: PLC0415
        from frontdesk.ui import banners, navigation  # noqa: PLC0415

        phrases.enter()
        outbox.handle(sending.TOPIC, delivery.deliver)
        outbox.handle(sms.TOPIC, sms.deliver, apart=True)
        outbox.handle(telling.TOPIC, locks.deliver)
        outbox.handle(notices.NEW_BROWSER, notices.tell_of_browser)
        outbox.handle(passwords.RESET_ASKED, passwords.write_reset_mail)
        events.react(PersonSecured, deletion.cancel_secured)
        banners.register("accounts/recovery/banner.html", _recovery_waits)
        banners.register("accounts/frozen_banner.html", _is_frozen)
        banners.register("accounts/privacy_banner.html", _will_be_deleted)
        registration.enter()
        navigation.register(_("Messages"), "messages:list", 60, "customer", place="account", icon="mail")
        navigation.register(_("Security"), "security", 70, "customer", place="account", icon="shield")
        for order, (label, url_name) in enumerate(PAGES):
            navigation.register(label, url_name, order, "customer", place="settings")
        if settings.FRONTDESK_DEMO:
            navigation.register(_("Demo mailbox"), "mailbox:list", 90, place="footer")
        navigation.register(_("Is this mail from us?"), "messages:check", 50, place="footer")
