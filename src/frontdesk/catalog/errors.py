"""Reasons of the catalogue."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Refusal, declare


class ReferencePriceMissing(Refusal):
    """A plan version without a price in the product's reference currency."""

    reason = declare(
        code="reference_price_missing",
        status=422,
        title=_("A price is missing"),
        detail=_("Each plan needs a price in the product's reference currency: other terms are valued by it."),
        remedy=_("Add a price in the reference currency and save again."),
        members=("currency",),
    )


class NameTaken(Refusal):
    """Another product, plan or release has that short name or version already; `field` names it."""

    reason = declare(
        code="name_taken",
        status=409,
        title=_("That name is in use"),
        detail=_("Something else in the catalogue has this short name or version already."),
        remedy=_("Choose another one, or change the one that exists."),
        members=("field",),
    )


class ReleaseWithoutFiles(Refusal):
    """A release cannot be published before it has a file."""

    reason = declare(
        code="release_without_files",
        status=409,
        title=_("There is nothing to download yet"),
        detail=_("A release is published with at least one file."),
        remedy=_("Add a file for a platform, then publish."),
    )


class ReleaseFileFixed(Refusal):
    """A file that may have been downloaded is never replaced."""

    reason = declare(
        code="release_file_fixed",
        status=409,
        title=_("This file stays as it is"),
        detail=_("The release has a file for this platform already, and what may have been downloaded never changes."),
        remedy=_("Make a new release with a higher version. Before publishing, a file can be removed."),
    )


class DownloadExpired(Refusal):
    """A signed link is past its time."""

    reason = declare(
        code="download_expired",
        status=410,
        title=_("This download link is too old"),
        detail=_("Download links work for some hours only."),
        remedy=_("Open the downloads page or the product and start the download again."),
    )


class DownloadWithdrawn(Refusal):
    """The release was taken back."""

    reason = declare(
        code="download_withdrawn",
        status=410,
        title=_("This version was withdrawn"),
        detail=_("The version is not offered any more, usually because a better one replaced it."),
        remedy=_("Download the newest version from the downloads page."),
    )


class DownloadNeedsLicense(Refusal):
    """The file is for people with a usable licence of the product."""

    reason = declare(
        code="download_needs_license",
        status=403,
        title=_("This download comes with a licence"),
        detail=_("This version is for customers with a valid licence of the product."),
        remedy=_("Sign in with the account that has the licence, or activate your code first."),
    )


class SigningKeysMissing(Refusal):
    """The installation has no keys to sign a release with."""

    reason = declare(
        code="signing_keys_missing",
        status=409,
        title=_("There are no signing keys yet"),
        detail=_("Each file of a release is signed, and this installation has no key to sign with."),
        remedy=_("Make the trust root and the first keys with “frontdesk keys root” and “frontdesk keys rotate”."),
    )
