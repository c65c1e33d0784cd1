"""Tags of the desk: its side."""

from django import template
from django.template import Context

from frontdesk.console.side import Side, side_for

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_side(context: Context) -> Side:
    """The side for this request."""
    return side_for(context["request"])
