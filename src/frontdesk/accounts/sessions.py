"""Our own session table, as Django's session engine (SESSION_ENGINE = "frontdesk.accounts.sessions").

A copy of the table signs nobody in: the cookie's key is kept as an HMAC, the data is sealed under a key outside the
database. Few queries: one to read, one to write, and the last use is written at most every five minutes.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase, UpdateError
from django.core.signing import JSONSerializer
from django.db import models
from django.utils.crypto import get_random_string

from frontdesk.accounts.browsers import Browser
from frontdesk.core import clock, encryption
from frontdesk.core.live import waking

PURPOSE = "session"
USE_WRITTEN_EVERY = timedelta(minutes=5)


def key_hash(session_key: str) -> str:
    """The name of a session's row."""
    return hmac.new(settings.SECRETS.token_key.encode(), b"session:" + session_key.encode(), hashlib.sha256).hexdigest()


class SessionStore(SessionBase):
    """One session. `browser` is set by the middleware, for the list of sessions."""

    browser = Browser()
    _replaced: str | None = None

    @classmethod
    def get_model_class(cls) -> "type[models.Model]":
        """The table; looked up late, since Django imports the engine before the models."""
        from frontdesk.accounts.models import Session  # noqa: PLC0415 - Django imports the engine first

        return Session

    def load(self) -> dict[str, Any]:
        """Read the session's data; an unknown, ended or unreadable one starts anew under another key."""
        now = clock.real_now()
        row = self._rows(self.session_key).filter(expires_at__gt=now).first() if self.session_key else None
        if row is None:
            self._session_key = None
            return {}
        if now - row.last_used_at > USE_WRITTEN_EVERY:
            self._rows(self.session_key).update(last_used_at=now, expires_at=_end(row.created_at, now))
        try:
            data = encryption.unseal(bytes(row.sealed_data), purpose=PURPOSE, context=row.pk.encode())
            values: dict[str, Any] = JSONSerializer().loads(data)
        except encryption.NotOurs:
            self._session_key = None
            return {}
        return values

    def exists(self, session_key: str) -> bool:
        """Whether this key is in use."""
        return self._rows(session_key).exists()

    def _get_new_session_key(self) -> str:
        """Drawn without asking the table: 160 random bits do not meet twice, and the insert would refuse it."""
        return get_random_string(32, VALID_KEY_CHARS)

    def create(self) -> None:
        """Start an empty session under a new key."""
        self._session_key = None
        self._session_cache: dict[str, Any] = {}
        self.save(must_create=True)
        self.modified = True

    def cycle_key(self) -> None:
        """Go on under a new key; the row takes its name when the session is saved, in the same request."""
        data = self._session  # type: ignore[attr-defined] # defined by SessionBase, unknown to the stubs
        self._replaced = self._replaced or self.session_key
        self._session_key = None
        self._session_cache = data
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Write the session. Raises UpdateError when it was ended meanwhile."""
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined] # as above
        if self.session_key is None:
            self._session_key = self._get_new_session_key()
            must_create = True
        name = key_hash(str(self.session_key))
        sealed = encryption.seal(JSONSerializer().dumps(data), purpose=PURPOSE, context=name.encode())
        person = data.get(SESSION_KEY)
        if not must_create:
            if not self._rows(self.session_key).update(sealed_data=sealed, person=person):
                raise UpdateError
            return
        if not self._take_over(name, sealed, person):
            self._manager().create(id=name, **self._row(sealed, person))

    def _take_over(self, name: str, sealed: bytes, person: str | None) -> bool:
        """Give the row of the replaced key this key's name, which ends the former; False where there is none."""
        replaced, self._replaced = self._replaced, None
        return bool(replaced and self._rows(replaced).update(id=name, **self._row(sealed, person)))

    def _row(self, sealed: bytes, person: str | None) -> dict[str, Any]:
        now = clock.real_now()
        return {
            "person_id": person,
            "sealed_data": sealed,
            "user_agent": self.browser.user_agent,
            "ip_prefix": self.browser.ip_prefix,
            "place": self.browser.place() if person else "",
            "created_at": now,
            "last_used_at": now,
            "expires_at": _end(now, now),
        }

    def delete(self, session_key: str | None = None) -> None:
        """End a session, this one by default; streams that it opened end as well."""
        key = session_key or self.session_key
        rows = self._rows(key) if key else self._manager().none()
        for person in list(rows.exclude(person=None).values_list("person", flat=True)):
            waking.judge_anew(person)
        rows.delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Delete what nobody can use any more."""
        cls._manager().filter(expires_at__lte=clock.real_now()).delete()

    @classmethod
    def _manager(cls) -> "models.Manager[Any]":
        manager: models.Manager[Any] = cls.get_model_class()._default_manager  # noqa: SLF001 - Django's own name
        return manager

    @classmethod
    def _rows(cls, session_key: str | None) -> "models.QuerySet[Any]":
        return cls._manager().filter(pk=key_hash(session_key or ""))


def _end(created: datetime, used: datetime) -> datetime:
    """When a session ends: so long after its last use, and in any case so long after the sign-in."""
    idle = used + timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    return min(idle, created + timedelta(seconds=settings.SESSION_COOKIE_AGE))
