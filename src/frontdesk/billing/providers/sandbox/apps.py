from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SandboxConfig(AppConfig):
    name = "frontdesk.billing.providers.sandbox"
    label = "billing_sandbox"
    verbose_name = _("Test bank")

    def ready(self) -> None:
        """Say what is here of people: the number that the caller knows a payer by."""
        from frontdesk.billing.providers.sandbox import erasing  # noqa: PLC0415 - models exist only from here on
        from frontdesk.core import personal  # noqa: PLC0415

        personal.about_nobody(
            "a test bank's own rows: random references and made-up cards; never with real customers",
            *(f"billing_sandbox.{model.__name__}" for model in self.get_models()),
        )
        personal.erases(personal.Eraser("test bank", 4, erasing.erase, ("billing_sandbox.Intent",)))
