"""A stocked desk for tests of pages: a product with priced plans and downloads, customers with licences and devices,
agents and conversations (people.customer makes the customer)."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files import File

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import make_staff
from frontdesk.catalog import plans, products, releases
from frontdesk.catalog.models import Plan, PlanVersion, Product, ReleaseFile
from frontdesk.core import signing
from frontdesk.core.actors import Actor
from frontdesk.licensing import redemption, seats
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Activation, License
from frontdesk.support.tickets.conversations.opening import Matter, Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.saying import Words, agent_answers, customer_writes
from frontdesk.support.tickets.models import Agent, Attachment, Channel, Conversation, Message, Participant, Team
from tests import people
from tests.support.shop import device, new_code

SYSTEM = Actor.system("test")
NETWORK = "192.0.2.0/24"


def shield() -> Product:
    """Halcyon Shield, as the public pages show it."""
    found = Product.objects.filter(slug="halcyon-shield").first()
    return found or products.create(
        actor=SYSTEM,
        slug="halcyon-shield",
        name="Halcyon Shield",
        tagline="Quiet protection for every machine you own.",
        description="Works **in the background**.\n\n<script>alert(1)</script>",
        icon="shield-check",
    )


def plan(slug: str = "plus-3", name: str = "Plus", devices: int = 3, minor: int = 3000, **values: Any) -> PlanVersion:
    """A priced plan of the product."""
    product = shield()
    found = Plan.objects.filter(product=product, slug=slug).first()
    made = found or plans.create(actor=SYSTEM, product=product, slug=slug, name=name)
    current = plans.current(made)
    prices = values.pop("prices", {"EUR": minor})
    return current or plans.new_version(actor=SYSTEM, plan=made, device_limit=devices, prices=prices, **values)


def publish(
    version: str = "3.2.0", platforms: tuple[str, ...] = ("linux", "windows"), *, is_public: bool = True
) -> list[ReleaseFile]:
    """A published release, with keys of its own if there are none yet."""
    try:
        signing.signer("release")
    except signing.NoKeys:
        signing.rotate(root=signing.load_root(signing.new_root()[0]))
    notes = "- Starts twice as fast\n- <b>Fixes</b> a rare crash"
    release = releases.create(actor=SYSTEM, product=shield(), version=version, notes=notes, is_public=is_public)
    files = [
        releases.add_file(
            actor=SYSTEM,
            release=release,
            platform=platform,
            source_file=File(BytesIO(platform.encode() * 9000), name=f"shield-{version}-{platform}.bin"),
        )
        for platform in platforms
    ]
    releases.publish(actor=SYSTEM, release=release)
    return files


def licensed(person: Person, version: PlanVersion | None = None) -> tuple[License, ParsedCode]:
    """A licence that the person has from a shop card, and the card's code."""
    code = new_code(version or plan())
    done = redemption.redeem(actor=Actor.customer(person.pk), person=person, code_text=code.text, ip_prefix=NETWORK)
    return done.license, code


def seat(license: License, name: str = "Ada's laptop", platform: str = "linux") -> Activation:
    """A device on the licence."""
    taken = seats.take(actor=SYSTEM, device=device(name, platform=platform), license=license.pk)
    license.refresh_from_db()
    return Activation.objects.get(pk=taken.activation)


def agent(email: str = "kim@halcyon.example", name: str = "Kim Reyes", role: Role = Role.AGENT, *teams: Team) -> Person:
    """Somebody who answers conversations, with a row at the desk and nothing to do yet."""
    person = people.customer(email, name)
    make_staff(actor=SYSTEM, person=person, role=role)
    Agent.objects.create(person=person).teams.set(teams)
    return person


def conversation(
    requester: Person | str = "ada@example.org",
    text: str = "It says that the device limit is reached.",
    subject: str = "My new laptop",
    channel: str = Channel.FORM,
    **matter: Any,
) -> Conversation:
    """A conversation that a customer (or a guest, by address) began; `matter` as in `Matter`."""
    person = requester if isinstance(requester, Person) else None
    address = requester.email if isinstance(requester, Person) else requester
    opening = Opening(
        requester=Requester(address, person=person, is_proved=person is not None),
        subject=subject,
        words=Words(text),
        channel=channel,
        matter=Matter(**matter),
    )
    actor = Actor.customer(person.pk) if person else Actor.system("mail")
    return open_conversation(actor=actor, opening=opening)


def writes(conversation: Conversation, text: str = "Any news?", channel: str = Channel.MAIL, **values: Any) -> Message:
    """The requester writes again."""
    writer = conversation.participants.get(role=Participant.Role.REQUESTER)
    actor = Actor.customer(writer.person_id) if writer.person_id else Actor.system("mail")
    values = {"client_id": uuid4(), "writer": writer, **values}
    return customer_writes(actor=actor, conversation=conversation, words=Words(text), channel=channel, **values)


def answers(
    agent: Person,
    conversation: Conversation,
    text: str = "Please try again.",
    attachments: Sequence[Attachment] = (),
    **values: Any,
) -> Message:
    """An agent answers."""
    values = {"client_id": uuid4(), **values}
    words = Words(text, attachments=attachments)
    return agent_answers(agent=agent, conversation=conversation, words=words, **values)
