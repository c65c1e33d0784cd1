"""What a new installation needs besides settings: keys that products believe, and somebody who may run it."""

from pathlib import Path

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import invite_staff
from frontdesk.core import signing
from frontdesk.core.actors import Actor
from frontdesk.project.commands import keys, questions
from frontdesk.project.commands.common import ask

ROOT_FILE = "Where to write the trust root, the key that products believe (best on a stick)"
ADMINISTRATOR = "The first administrator's e-mail address (none: invite one later)"


def make_keys(file: Path | None) -> None:
    """Make the trust root (unless `file` holds one) and the first signing keys; nothing where keys are there."""
    try:
        print(f"Signing keys are there; products pin {signing.trust_root()}")
    except signing.NoKeys:
        file = file or Path(ask(ROOT_FILE, "frontdesk-trust-root.pem", questions.root_file))
        if not file.expanduser().exists():
            keys.make_root(file)
            print(f"The trust root was written to {file.expanduser().absolute()}\n{keys.ADVICE}")
        keys.rotate(file)
        print(f"Signing keys were made; products pin {signing.trust_root()}")


def invite_administrator(email: str | None) -> None:
    """Print a one-time link for an administrator; nobody is asked once there is one."""
    if not email and Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        return
    email = email or ask(ADMINISTRATOR, check=questions.administrator)
    if not email:
        print("No administrator was named: frontdesk init --admin you@example.com")
        return
    link = invite_staff(actor=Actor.system("frontdesk init"), email=email, role=Role.ADMINISTRATOR)
    print(f"The administrator's link, for one use within two days:\n  {link}")
