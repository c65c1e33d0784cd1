"""What the catalogue's actions are called; no customer is concerned by them."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core import history
from frontdesk.core.history import Text, Topic

PRODUCTS: dict[str, Text] = {
    "product.created": _("A product was made"),
    "product.renamed": _("A product was renamed"),
    "product.described": _("A product's description was changed"),
    "product.listed": _("A product was put on the public pages"),
    "product.unlisted": _("A product was taken off the public pages"),
    "plan.created": _("A plan was made"),
    "plan.presented": _("A plan's description was changed"),
    "plan.versioned": _("A plan got new terms"),
    "release.created": _("A release was made"),
    "release.annotated": _("A release's notes were changed"),
    "release.file_added": _("A file was added to a release"),
    "release.file_removed": _("A file was taken out of a release"),
    "release.published": _("A release was published"),
    "release.withdrawn": _("A release was withdrawn"),
}


def enter() -> None:
    """Say what they are called."""
    history.describe(Topic.OTHER, "package", PRODUCTS)
