"""The form of somebody who is locked out."""

from django import forms
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.forms import email_field


class AskForm(forms.Form):
    """Which account, where to reach its owner, and what happened."""

    email = email_field()
    reach_at = email_field()
    explanation = forms.CharField(
        label=_("What happened, and how can we know that it is you?"),
        max_length=2000,
        help_text=_(
            "Say what you have lost, and what only the owner knows: the product, when and where you bought it, names "
            "of your devices. Never your password, and no activation code."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    wants_address = forms.BooleanField(
        label=_("I no longer have the account's mailbox: give the account the new address"), required=False
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # Django's own signature
        self.fields["email"].label = _("Address of your account")
        self.fields["reach_at"].label = _("Address we can reach you at now")
        self.fields["reach_at"].help_text = _("A mailbox that you can open. We mail a link there first.")
        self.fields["reach_at"].widget.attrs["autocomplete"] = "off"
