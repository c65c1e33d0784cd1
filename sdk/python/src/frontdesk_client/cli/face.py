"""How results and errors look: readable lines for people, one JSON object for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urljoin

from frontdesk_client.client import Status
from frontdesk_client.doctor import Finding
from frontdesk_client.errors import (
    ConfigurationInvalid,
    FrontdeskError,
    NoConnection,
    Refusal,
    ReplacementExpired,
    ReplacementPending,
    ReplacementRefused,
    ServerAnswerInvalid,
)
from frontdesk_client.keeper import Standing

OK, FAILED, USAGE, REFUSED, TRY_LATER, ON_THIS_DEVICE = 0, 1, 2, 3, 4, 5
EXIT_CODES = f"""exit codes:
  {OK}  done, or the product may run
  {FAILED}  doctor found something
  {USAGE}  wrong usage or settings
  {REFUSED}  refused by the server, or a typo in the code
  {TRY_LATER}  no connection, or try again later
  {ON_THIS_DEVICE}  not activated, expired, or another matter of this device"""

_LATER = (NoConnection, ServerAnswerInvalid, ReplacementPending)
_REFUSED = (Refusal, ReplacementRefused, ReplacementExpired)
_SIGNS = {"good": "ok", "warning": "!!", "bad": "XX"}


def exit_code(error: FrontdeskError) -> int:
    """The exit code for an error."""
    if isinstance(error, ConfigurationInvalid):
        return USAGE
    if isinstance(error, _LATER) or (isinstance(error, Refusal) and error.is_servers_fault):
        return TRY_LATER
    return REFUSED if isinstance(error, _REFUSED) else ON_THIS_DEVICE


class Face:
    """Writes to standard output; what is not the result itself goes to standard error."""

    def __init__(self, *, as_json: bool, server: str = "") -> None:
        self._as_json = as_json
        self._server = server

    def result(self, document: Mapping[str, object], lines: Sequence[str]) -> None:
        """The outcome of a command."""
        if self._as_json:
            _write(json.dumps({"ok": True, **document}, default=_plain))
        else:
            _write("\n".join(lines))

    def news(self, line: str) -> None:
        """Something on the way; programs do not need it."""
        if not self._as_json:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    def error(self, error: FrontdeskError) -> None:
        """What went wrong and what to do."""
        help_url = urljoin(self._server, error.help_url)
        if self._as_json:
            _write(json.dumps({"ok": False, "error": {**error.members(), "help_url": help_url}}, default=_plain))
            return
        lines = [f"{error.title}.", *(text for text in (error.detail,) if text)]
        if error.remedy:
            lines.append(f"What to do: {error.remedy}")
        manage_url = error.members().get("manage_url")
        if manage_url:
            lines.append(f"Manage your devices: {manage_url}")
        lines.append(f"More: {help_url}")
        sys.stderr.write("\n".join(lines) + "\n")

    def finding(self, finding: Finding) -> None:
        """A step of the doctor, as it ends."""
        if not self._as_json:
            _write(f" {_SIGNS[finding.state]}  {finding.step:<11} {finding.seen}")
            if finding.remedy:
                _write(f"     {'':<11} What to do: {finding.remedy}")


def standing_document(standing: Standing) -> dict[str, object]:
    """A right to run, for programs."""
    lease, license_ = standing.lease, standing.license
    return {
        "activated": True,
        "license": {name: getattr(license_, name) for name in license_.__slots__},
        "features": list(lease.features),
        "lease": {
            "issued_at": lease.issued_at,
            "refresh_after": lease.refresh_after,
            "expires_at": lease.expires_at,
            "refresh_due": standing.refresh_due,
        },
        "offline": standing.offline,
    }


def standing_lines(standing: Standing) -> list[str]:
    """A right to run, for people."""
    license_, lease = standing.license, standing.lease
    lines = [
        f"Licence   {license_.product}, {license_.plan} ({license_.status})",
        f"Until     {_day(lease.license_expires_at)}",
        f"Devices   {license_.devices_used} of {license_.device_limit} in use",
        f"Runs      without a connection until {_day(lease.expires_at)}",
    ]
    if lease.features:
        lines.append(f"Features  {', '.join(lease.features)}")
    if standing.offline:
        lines.append("Way       activated offline")
    return lines


def status_document(status: Status) -> dict[str, object]:
    """What is known on this device, for programs."""
    if status.standing is not None:
        return {**standing_document(status.standing), "problem": None}
    problem = status.problem.members() if status.problem else None
    return {"activated": status.activated, "problem": problem}


def _day(moment: datetime) -> str:
    return moment.astimezone().strftime("%d %B %Y, %H:%M")


def _plain(value: object) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else str(value)


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
