"""The button in the corner: on which pages it stands, and what it carries along from there."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from frontdesk.portal.chats import telling

# Signing in, paying, the house's own rooms, and the chat itself; pages whose address lets in `telling` knows.
NOT_UNDER = (
    "/chat/",
    "/desk/",
    "/backoffice/",
    "/ui/",
    "/sandbox/",
    "/demo/",
)
NOT_ON = {"portal:checkout", "portal:order", "portal:pay_order", "portal:trial_card", "portal:order_back"}
# What a page's address says of what it is about, in the chat's words.
SAYS = {
    "license_id": "license",
    "activation_id": "activation",
    "invoice_id": "invoice",
    "payment_id": "payment",
    "order_id": "order",
}
NAMED = {
    ("helpcentre:article", "slug"): "article",
    ("portal:reason", "code"): "reason",
    ("portal:product", "slug"): "product",
}


def is_shown(request: HttpRequest) -> bool:
    """Whether the page has it. Asks no query: the person is known to the page already."""
    found = request.resolver_match
    if found is None or request.path.startswith(NOT_UNDER) or found.view_name in NOT_ON:
        return False
    if not telling.may_be_told(found):
        return False
    is_of_account = request.path.startswith("/account/")
    return not is_of_account or (request.user.is_authenticated and "reauthenticate" not in request.path)


def addresses(request: HttpRequest) -> dict[str, str]:
    """Where the button, the panel and the count of what is new get what they show."""
    query = urlencode(_carried(request))
    page = f"{reverse('chat:page')}?{query}"
    return {"page": page, "piece": page, "state": reverse("chat:state")}


def _carried(request: HttpRequest) -> dict[str, str]:
    found = request.resolver_match
    carried = {"from": request.path} if found and telling.may_be_told(found) else {}
    for name, value in (found.kwargs if found else {}).items():
        known = SAYS.get(name) or NAMED.get((found.view_name if found else "", name))
        if known:
            carried[known] = str(value)
    return carried
