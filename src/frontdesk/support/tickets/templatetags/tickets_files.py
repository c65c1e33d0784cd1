"""Files of conversations in templates: an icon that fits, and why one was not taken."""

from django import template

from frontdesk.support.tickets.contents import REASONS
from frontdesk.support.tickets.models import Attachment

register = template.Library()
_ICONS = {
    "image": "image",
    "audio": "file-audio",
    "video": "file-video",
    "text": "file-text",
    "application/pdf": "file-text",
    "application/zip": "file-archive",
}


@register.filter
def file_icon(file: Attachment) -> str:
    """The name of the icon for what it is."""
    return _ICONS.get(file.content_type) or _ICONS.get(file.content_type.partition("/")[0], "file")


@register.filter
def why_refused(code: str) -> str:
    """Why a file was not taken, in words."""
    return str(REASONS.get(code, REASONS["unknown_kind"]))
