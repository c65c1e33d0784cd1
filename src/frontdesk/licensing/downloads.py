"""Who may download what: public releases anybody, the others whoever holds a licence that is usable now."""

from uuid import UUID

from frontdesk.accounts.models import Person
from frontdesk.catalog import files, releases
from frontdesk.catalog.errors import DownloadNeedsLicense
from frontdesk.catalog.models import Channel, Product, ReleaseFile
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.licensing.models import Activation, License


def may_download(person: Person | None, file: ReleaseFile) -> bool:
    """Whether this person (None: a visitor) may have the file, which must be offered."""
    return file.release.is_public or (person is not None and _holds_license(person, file.release.product))


def link_for(person: Person | None, file: ReleaseFile) -> str:
    """A signed path to an offered file (`releases.offered_file`), for a page to redirect to.

    Raises DownloadNeedsLicense.
    """
    if not may_download(person, file):
        raise DownloadNeedsLicense
    return files.signed_url(file, person=person.pk if person else None)


def link_for_activation(activation_id: UUID, file: ReleaseFile) -> str:
    """A signed path for a device that holds a seat. Raises NotFound for another product, DownloadNeedsLicense."""
    activation = (
        Activation.objects.filter(pk=activation_id, removed_at=None, license__product_id=file.release.product_id)
        .select_related("license__plan_version")
        .first()
    )
    if activation is None:
        raise NotFound
    if not file.release.is_public and not activation.license.is_usable_at(clock.now()):
        raise DownloadNeedsLicense
    return files.signed_url(file, activation=activation_id)


def latest_for_activation(
    activation_id: UUID, *, product_slug: str, platform: str, channel: str = Channel.STABLE
) -> tuple[ReleaseFile, str]:
    """The newest file for a device, and its signed path. Raises NotFound, DownloadNeedsLicense."""
    file = releases.latest(product_slug, platform, channel)
    return file, link_for_activation(activation_id, file)


def _holds_license(person: Person, product: Product) -> bool:
    now = clock.now()
    owned = License.objects.filter(owner=person, product=product).select_related("plan_version")
    return any(held.is_usable_at(now) for held in owned)
