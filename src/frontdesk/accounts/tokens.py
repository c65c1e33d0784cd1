"""Tokens in links. A reset link is worth nothing once the person has signed in or the password has changed."""

import hashlib
import hmac
import secrets

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator


class ResetTokens(PasswordResetTokenGenerator):
    """Django's, with the sign-in's time in full, so that two events in one second are told apart."""

    key_salt = "frontdesk.accounts.reset"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        last = user.last_login.isoformat() if user.last_login else ""
        return f"{user.pk}{user.password}{last}{timestamp}{user.get_username()}"


reset_tokens = ResetTokens()


def new_token() -> str:
    """256 random bits for a link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    key = settings.SECRETS.token_key.encode()
    return hmac.new(key, b"link:" + token.encode(), hashlib.sha256).hexdigest()
