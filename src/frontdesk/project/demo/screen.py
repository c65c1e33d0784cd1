"""What the demo prints when it is ready."""

from frontdesk.project.demo.facts import DemoCode, Facts
from frontdesk.project.demo.sources import read

PRINTED_CODES = 8


def welcome(facts: Facts, unused: list[DemoCode], python: str, command: str) -> str:
    """Where to go, whom to sign in as, unused codes, and how the example product activates.

    `python` and `command` (frontdesk's own) as they are typed in this folder.
    """
    lines = [
        "",
        "Halcyon's front desk is open. Nothing here is real; stop it with Ctrl-C.",
        "",
        f"  Customers     {facts.url}/",
        f"  Desk          {facts.url}/desk/   (for staff)",
        f"  Back office   {facts.url}/backoffice/",
        f"  Mailbox       {facts.mailbox_url}   (every mail that the demo sends)",
        *(
            f"  Coupon        {row['code']}   ({row['percent']} % off the first term)"
            for row in read("billing")["coupons"]
        ),
        "",
        "Sign in as",
        *(
            f"  {person.email:30} {person.password:21} {person.situation}"
            for person in facts.people
            if not person.totp_secret
        ),
        "",
        f"Staff, with an authenticator (the current six digits: {command} demo totp E-MAIL)",
        *(
            f"  {person.email:30} {person.password:21} {person.role}, secret {person.totp_secret}"
            for person in facts.people
            if person.totp_secret
        ),
    ]
    if unused:
        lines += [
            "",
            f"Unused codes for {facts.product} ({len(unused)} in all; every code of the demo: {command} demo facts)",
        ]
        lines += [f"  {code.code}   {code.plan}, devices: {code.device_limit}" for code in unused[:PRINTED_CODES]]
    lines += ["", f"A year in under a minute: {command} clock travel +1y"]
    if facts.codes:
        product = f"{python} -m examples.halcyon_shield --demo --server {facts.url} --trust-root {facts.trust_root}"
        lines += ["", "The example product, in another terminal in this folder:", f"  {product}"]
    return "\n".join(lines) + "\n"
