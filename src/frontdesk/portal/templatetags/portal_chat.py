"""The chat's button for pages."""

from django import template
from django.template import Context

from frontdesk.portal.chats import launcher

register = template.Library()


@register.simple_tag(takes_context=True)
def chat_addresses(context: Context) -> dict[str, str]:
    """Where the button and its panel lead from this page."""
    return launcher.addresses(context["request"])
