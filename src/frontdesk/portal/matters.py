"""What a customer can write about: their licences and devices, products, and what they came from.

Everything is looked up among the person's own things; what is somebody else's is left out as if it were not there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from frontdesk.accounts.models import Person
from frontdesk.billing import orders
from frontdesk.billing.invoices import selectors as invoices
from frontdesk.catalog.selectors import listed_product, listed_products
from frontdesk.core.errors import NotFound
from frontdesk.licensing import selectors
from frontdesk.licensing.models import Activation, License
from frontdesk.support.tickets.conversations.opening import Matter


@dataclass(frozen=True)
class About:
    """One thing that a message can be about.

    `line` names it at the end of the message where a conversation has no place for it (invoices, payments, orders).
    """

    key: str
    label: str
    matter: Matter
    line: str = ""


Group = tuple[str, list[About]]
KINDS = ("activation", "license", "invoice", "payment", "order", "product")  # the nearest first


def groups(person: Person | None, named: About | None = None) -> list[Group]:
    """What there is to choose from, in groups; `named` stands first when it is not among them."""
    found = [_of_license(license) for license in selectors.licenses_of(person)] if person else []
    products = [_product(each.slug) for each in listed_products()]
    if products:
        found.append((_("Products"), products))
    known = {about.key for _title, abouts in found for about in abouts}
    if named and named.key not in known:
        found.insert(0, (_("Where you came from"), [named]))
    return found


def named_in(values: Mapping[str, str], person: Person | None) -> About | None:
    """What an address names (`?license=…`), if it is this person's."""
    for kind in KINDS:
        if value := values.get(kind):
            if kind == "product":
                return _known(lambda: _product(value))
            number = _number(value)
            found = _known(lambda: _FINDERS[kind](person, number)) if person and number else None  # noqa: B023
            if found:
                return found
    return None


def _of_license(license: License) -> Group:
    devices: list[Activation] = getattr(license, "live_devices", [])
    return _name(license), [_license(license), *(_device(device, license) for device in devices)]


def _license(license: License) -> About:
    matter = Matter(product=license.product, license=license.pk, plan_name=license.plan_version.plan.name)
    return About(f"license:{license.pk}", _("%s as a whole") % _name(license), matter)


def _device(device: Activation, license: License) -> About:
    plan = license.plan_version.plan.name
    matter = Matter(product=license.product, license=license.pk, activation=device.pk, plan_name=plan)
    return About(f"activation:{device.pk}", _("Device %s") % device.name, matter)


def _product(slug: str) -> About:
    product = listed_product(slug)
    return About(f"product:{product.slug}", product.name, Matter(product=product))


def _find_license(person: Person, number: UUID) -> About:
    return _license(selectors.access_license(person, number))


def _find_device(person: Person, number: UUID) -> About:
    device = selectors.access_activation(person, number)
    return _device(device, device.license)


def _find_invoice(person: Person, number: UUID) -> About:
    label = _("Invoice %s") % invoices.access_invoice(person, number).number
    return About(f"invoice:{number}", label, Matter(), label)


def _find_payment(person: Person, number: UUID) -> About:
    payment = invoices.access_payment(person, number)
    day = date_format(localtime(payment.started_at), "DATE_FORMAT")
    label = _("The payment of %(day)s (%(invoice)s)") % {"day": day, "invoice": payment.invoice.number or number}
    return About(f"payment:{number}", label, Matter(), label)


def _find_order(person: Person, number: UUID) -> About:
    order = orders.access_order(person, number)
    plan = order.plan_version.plan
    label = _("Order %s") % order.reference
    return About(
        f"order:{number}", label, Matter(product=plan.product, plan_name=plan.name, license=order.license), label
    )


_FINDERS: dict[str, Callable[[Person, UUID], About]] = {
    "activation": _find_device,
    "license": _find_license,
    "invoice": _find_invoice,
    "payment": _find_payment,
    "order": _find_order,
}


def every(found: list[Group]) -> Iterator[About]:
    """All of them, without the groups."""
    for _title, abouts in found:
        yield from abouts


def _name(license: License) -> str:
    product, plan = license.product.name, license.plan_version.plan.name
    return plan if plan.startswith(product) else f"{product} {plan}"


def _number(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _known(find: Callable[[], About]) -> About | None:
    try:
        return find()
    except NotFound:
        return None
