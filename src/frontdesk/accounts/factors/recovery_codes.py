"""Recovery codes: ten of 75 random bits, kept only as keyed hashes, each good once."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from frontdesk.accounts.factors.ways import HASHES, Way
from frontdesk.accounts.models import Person
from frontdesk.core import clock

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKES = str.maketrans("OIL", "011")
COUNT = 10
LENGTH = 15
GROUP = 5


@transaction.atomic
def make(person: Person) -> list[str]:
    """New codes in place of all earlier ones, to be shown once."""
    codes = ["".join(secrets.choice(SYMBOLS) for _ in range(LENGTH)) for _ in range(COUNT)]
    Authenticator.objects.update_or_create(
        user=person,
        type=Way.RECOVERY,
        defaults={
            "data": {HASHES: sorted(_hash(person, code) for code in codes)},
            "created_at": clock.real_now(),  # a securing link takes away what is newer than its mail
            "last_used_at": None,
        },
    )
    return ["-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP)) for code in codes]


def left(person: Person) -> int:
    """How many unused codes there are."""
    return left_in(Authenticator.objects.filter(user=person, type=Way.RECOVERY))


def left_in(rows: Iterable[Authenticator]) -> int:
    """The same, of rows that were read already."""
    return sum(len(row.data.get(HASHES, [])) for row in rows if row.type == Way.RECOVERY)


def is_one(text: str) -> bool:
    """Whether this has the form of a recovery code."""
    return len(_read(text)) == LENGTH


def use_up(row: Authenticator, person: Person, text: str) -> bool:
    """Whether the code is one that is left, which it then no longer is. The row must be locked."""
    wanted = _hash(person, _read(text))
    kept = [each for each in row.data.get(HASHES, []) if not hmac.compare_digest(each, wanted)]
    if len(kept) == len(row.data.get(HASHES, [])):
        return False
    row.data, row.last_used_at = {**row.data, HASHES: kept}, clock.real_now()
    row.save(update_fields=["data", "last_used_at"])
    return True


def _read(text: str) -> str:
    return re.sub(r"[\s\W_]", "", text).upper().translate(LOOKALIKES)


def _hash(person: Person, code: str) -> str:
    message = b"recovery code:" + person.pk.bytes + code.encode()
    return hmac.new(settings.SECRETS.token_key.encode(), message, hashlib.sha256).hexdigest()
