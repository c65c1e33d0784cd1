"""Taking rows for change. Always in this order: codes, then licences, each by id; so does the SQL of the seats."""

from uuid import UUID

from django.db import connection

from frontdesk.licensing.models import Code, License


def code_of_digest(digest: bytes) -> Code | None:
    """The code with this keyed hash, locked, with its batch and plan."""
    return (
        Code.objects.select_for_update(of=("self",), no_key=True)
        .select_related("batch__plan_version__plan__product")
        .filter(hash=digest)
        .first()
    )


def license_row(license_id: UUID) -> License:
    """The licence, locked, with its plan."""
    return (
        License.objects.select_for_update(of=("self",), no_key=True)
        .select_related("plan_version__plan", "product", "owner")
        .get(pk=license_id)
    )


def resequence(license: License) -> None:
    """Derive the licence's span from its terms again, in the database and on the object."""
    with connection.cursor() as cursor:
        cursor.execute("select licensing_resequence(%s)", [license.id])
    license.refresh_from_db(fields=["starts_at", "expires_at"])
