"""A real IMAP server for tests: Dovecot as a process of its own, on a free port, with mailboxes in a folder."""

import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

PASSWORD = "herons-wade"
CONFIGURATION = """
protocols = imap
base_dir = {run}
state_dir = {run}/state
log_path = {folder}/log
listen = 127.0.0.1
{tls}
auth_failure_delay = 0
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_privileged_group =
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def installed() -> str | None:
    """Where it is; None on machines without it."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")


class Dovecot:
    """Started and stopped by the fixture. With a certificate (its file and its key's) it takes TLS from the start on
    `tls_port`, and STARTTLS, without which nobody may sign in."""

    def __init__(self, folder: Path, certificate: tuple[Path, Path] | None = None) -> None:
        self.folder, self._certificate = folder, certificate
        with socket.socket() as one, socket.socket() as other:
            for probe in (one, other):
                probe.bind(("127.0.0.1", 0))
            self.port = int(one.getsockname()[1])
            self.tls_port = int(other.getsockname()[1]) if certificate else 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it greets."""
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        run = self.folder / "run"
        for each in (run, self.folder / "mail"):
            each.mkdir()
        if os.geteuid() == 0:
            os.chown(self.folder / "mail", owner.pw_uid, owner.pw_gid)
        configuration = self.folder / "dovecot.conf"
        configuration.write_text(
            CONFIGURATION.format(
                run=run,
                folder=self.folder,
                user=owner.pw_name,
                group=grp.getgrgid(owner.pw_gid).gr_name,
                password=PASSWORD,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                port=self.port,
                tls_port=self.tls_port,
                tls=self._tls(),
            )
        )
        self._process = subprocess.Popen(
            [installed() or "dovecot", "-F", "-c", str(configuration)], start_new_session=True
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                imaplib.IMAP4("127.0.0.1", self.port, timeout=2).logout()
            except (OSError, imaplib.IMAP4.error):
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.folder / "log").read_text() if (self.folder / "log").exists() else "no log")

    def _tls(self) -> str:
        if self._certificate is None:
            return "ssl = no"
        certificate, key = self._certificate
        return f"ssl = required\nssl_cert = <{certificate}\nssl_key = <{key}"

    def stop(self) -> None:
        """Stop it with all its children."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=10)

    def connect(self, user: str = "support") -> imaplib.IMAP4:
        """A client that is signed in."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        if self._certificate is not None:
            client.starttls(ssl.create_default_context(cafile=str(self._certificate[0])))
        client.login(user, PASSWORD)
        return client

    def deliver(self, raw: bytes, user: str = "support", folder: str = "INBOX") -> None:
        """Put a mail into a mailbox."""
        client = self.connect(user)
        client.append(folder, "", None, raw)  # type: ignore[arg-type] # its stub wants a date
        client.logout()
