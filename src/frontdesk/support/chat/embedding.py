"""What a vendor puts on another site of theirs, so that the chat is there, too."""

from django.conf import settings

SCRIPT = "/chat/embed.js"


def snippet() -> str:
    """The line of HTML. The site must be named in the chat's settings, and its content security policy, if it has one,
    must let in our origin (`policy`)."""
    return f'<script src="{settings.FRONTDESK_URL}{SCRIPT}" async></script>'


def policy() -> str:
    """What the site's content security policy needs for it."""
    return f"script-src {settings.FRONTDESK_URL}; frame-src {settings.FRONTDESK_URL}"
