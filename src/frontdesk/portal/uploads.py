"""Files that come with a form: sent along with it, or one by one before it (with progress, where scripts run)."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from frontdesk.accounts.models import Person
from frontdesk.core import throttle
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.throttle import Limit
from frontdesk.portal.forms import words_for
from frontdesk.portal.people import ip_prefix
from frontdesk.support.tickets import attachments
from frontdesk.support.tickets.attachments import Incoming
from frontdesk.support.tickets.errors import FilesLeftOut
from frontdesk.support.tickets.models import Attachment

FIELD, KEPT = "files", "attachment"  # the inputs: new files, and the numbers of those that are here already
OF_A_PERSON = Limit("upload_person", 200, 3_600)
OF_A_NETWORK = Limit("upload_network", 100, 3_600)


@dataclass(frozen=True)
class Owner:
    """To whom uploads belong until they are sent: a form by its key, or a person where it has none.

    Every door asks in the same way, so that what was uploaded for a form is found again when it is sent.
    """

    person: UUID | None = None
    key: str = ""

    @classmethod
    def of(cls, person: Person | None, key: str) -> "Owner":
        """Of the form that names a key (a guest's, whoever has signed in meanwhile), else of whoever is signed in."""
        return cls(None, key[:64]) if key or person is None else cls(person.pk)


def key_of(secret: str) -> str:
    """The key of the uploads of a guest's page: one that the page may show, unlike the secret."""
    return hashlib.sha256(f"uploads {secret}".encode()).hexdigest()


@dataclass(frozen=True)
class Files:
    """The files of a form: those that are here, those that were refused just now, and what else went wrong."""

    kept: Sequence[Attachment] = ()
    refused: Sequence[Attachment] = ()
    problem: str = ""

    @property
    def are_whole(self) -> bool:
        """Whether all that was chosen can go along."""
        return not self.refused and not self.problem


def take(request: HttpRequest, owner: Owner) -> Files:
    """Store what this request brings, and find again what was uploaded before."""
    ids, problem = _kept_ids(request), ""
    new: list[Attachment] = []
    try:
        new = _receive(request, owner)
    except TooManyAttempts as refusal:
        problem = words_for(refusal)
    ids += [file.pk for file in new if not file.refused]
    kept = attachments.waiting(ids=ids, uploaded_by=owner.person, upload_key=owner.key)
    if attachments.are_left_out(ids=ids, found=kept, uploaded_by=owner.person, upload_key=owner.key):
        problem = problem or words_for(FilesLeftOut())
    left = [file for file in new if file.refused]
    return Files(kept, left, problem)


def remove(attachment_id: UUID, owner: Owner) -> None:
    """Take one back that is not sent yet."""
    attachments.take_back(attachment_id=attachment_id, uploaded_by=owner.person, upload_key=owner.key)


def _receive(request: HttpRequest, owner: Owner) -> list[Attachment]:
    sent: Sequence[UploadedFile] = request.FILES.getlist(FIELD)
    files = [Incoming(file.name or "", _bytes(file), file.content_type or "") for file in sent]
    if not files or (owner.person is None and not owner.key):
        return []
    for _file in files:
        if owner.person:
            throttle.reserve(OF_A_PERSON, str(owner.person))
        else:
            throttle.reserve(OF_A_NETWORK, ip_prefix(request))
    return attachments.store_all(files, uploaded_by=owner.person, upload_key=owner.key)


def _kept_ids(request: HttpRequest) -> list[UUID]:
    """The numbers of files that the form says are here already; nonsense is left out."""
    ids: list[UUID] = []
    for value in request.POST.getlist(KEPT)[: 2 * attachments.MAX_COUNT]:  # enough to see that there are too many
        with suppress(ValueError):
            ids.append(UUID(value))
    return ids


def claim(ids: Sequence[UUID], owner: Owner) -> list[Attachment]:
    """Take files for the message that is sent now, in its transaction."""
    return attachments.claim(ids=ids, uploaded_by=owner.person, upload_key=owner.key)


def _bytes(file: UploadedFile) -> bytes:
    """Not more than is needed to see that it is too large."""
    return bytes(file.read(attachments.MAX_SIZE + 1))
