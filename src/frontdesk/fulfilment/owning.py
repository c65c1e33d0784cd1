"""What billing asks about licences."""

from uuid import UUID

from frontdesk.licensing.models import License


def is_owner(license: UUID, person: UUID) -> bool:
    """Whether a licence is a person's."""
    return License.objects.filter(pk=license, owner=person).exists()
