"""Tags of the desk: its side."""

from django import template
from django.template import Context
from django.utils.translation import gettext as _

from frontdesk.console.levels_forms import KNOWS
from frontdesk.console.side import Side, side_for

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_side(context: Context) -> Side:
    """The side for this request, which it and the palette share."""
    request = context["request"]
    if not hasattr(request, "desk_side"):
        request.desk_side = side_for(request)
    side: Side = request.desk_side
    return side


@register.filter
def knows(level: int) -> str:
    """How well somebody knows a skill, in words."""
    return str(dict(KNOWS).get(level, level))


@register.filter
def opening_time(minutes: int | None) -> str:
    """Minutes of opening hours, in hours where they are full ones; "nothing" where nothing is promised."""
    if minutes is None:
        return _("nothing promised")
    if minutes % 60 == 0:
        return _("%(n)s h of opening hours") % {"n": minutes // 60}
    return _("%(n)s min of opening hours") % {"n": minutes}
