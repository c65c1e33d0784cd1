"""What each command does: one function a command, with the client made and the face ready."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from frontdesk_client.cli.face import FAILED, OK, Face, standing_document, standing_lines, status_document
from frontdesk_client.client import Client
from frontdesk_client.doctor import BAD, Doctor
from frontdesk_client.errors import ConfigurationInvalid, OfflineAnswerInvalid, StoreUnusable
from frontdesk_client.releases import Release
from frontdesk_client.store import unusable

Command = Callable[[Client, argparse.Namespace, Face], int]


def activate(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    standing = client.activate(_code(arguments))
    heading = "Activated. Thank you." if standing.new_seat else "This device was activated already; all is well."
    face.result({**standing_document(standing), "new_seat": standing.new_seat}, [heading, *standing_lines(standing)])
    return OK


def check(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    standing = client.check(wait=True)
    face.result(standing_document(standing), ["The product may run.", *standing_lines(standing)])
    return OK


def status(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    found = client.status()
    if found.standing is not None:
        face.result(status_document(found), standing_lines(found.standing))
    else:
        face.result(status_document(found), [str(found.problem)])
    return OK


def deactivate(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    client.deactivate()
    face.result({"activated": False}, ["Done. The seat of this device is free again."])
    return OK


def replace(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    def waiting(request_id: str, seconds: float) -> None:
        face.news(f"Waiting for the owner of the licence to answer their mail (request {request_id}) …")

    standing = client.replace(_code(arguments), request_id=arguments.request_id, wait=arguments.wait, on_wait=waiting)
    face.result(standing_document(standing), ["The owner agreed; this device is activated.", *standing_lines(standing)])
    return OK


def request_offline(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    _save(arguments.out, client.request_offline(_code(arguments)))
    lines = [
        f"The request is in {arguments.out}. It holds your code: keep it to yourself.",
        f"1. Take it to a computer with internet and open {client.server}offline/",
        "2. Upload it there and save the answer file.",
        "3. Bring that back here: frontdesk-client offline complete FILE",
    ]
    face.result({"file": str(arguments.out)}, lines)
    return OK


def complete_offline(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    standing = client.complete_offline(_read(arguments.file))
    face.result(standing_document(standing), ["Activated, without a connection.", *standing_lines(standing)])
    return OK


def return_offline(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    _save(arguments.out, client.return_offline())
    page = f"{client.server}offline/return/"
    lines = [
        "This device no longer uses the licence.",
        f"To free its seat, take {arguments.out} to a computer with internet and upload it at {page}",
    ]
    face.result({"file": str(arguments.out)}, lines)
    return OK


def release(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    newest = client.latest_release(platform=arguments.platform, channel=arguments.channel)
    heading = f"{newest.product} {newest.version} for {newest.platform} ({_spoken_size(newest.size)})"
    # The signed address stays out: it would be good for whoever reads the log.
    shown = {name: getattr(newest, name) for name in Release.__slots__ if name not in {"url", "signature"}}
    face.result({"release": shown}, [heading, newest.notes])
    return OK


def download(client: Client, arguments: argparse.Namespace, face: Face) -> int:
    newest = client.latest_release(platform=arguments.platform, channel=arguments.channel)
    told = [-1]

    def progress(done: int, size: int) -> None:
        tenth = done * 10 // max(size, 1)
        if tenth != told[0]:
            told[0] = tenth
            face.news(f"{tenth * 10:3d} % of {_spoken_size(size)}")

    path = client.download(newest, arguments.to, progress=progress)
    document = {"file": str(path), "version": newest.version, "sha256": newest.sha256}
    face.result(document, [f"{path} is complete, and signed by the vendor."])
    return OK


def examine(arguments: argparse.Namespace, face: Face) -> int:
    """The doctor needs no activation, so it works without product and store."""
    findings = []
    for finding in Doctor(arguments.server, trust_root=arguments.trust_root, code=arguments.code).walk():
        findings.append(finding)
        face.finding(finding)
    bad = [finding for finding in findings if finding.state == BAD]
    last = "Start with the line marked XX." if bad else "Nothing stands in the way of an activation."
    face.result({"healthy": not bad, "steps": [finding.document() for finding in findings]}, ["", last])
    return FAILED if bad else OK


COMMANDS: Mapping[str, Command] = {
    "activate": activate,
    "check": check,
    "status": status,
    "deactivate": deactivate,
    "replace": replace,
    "offline request": request_offline,
    "offline complete": complete_offline,
    "offline return": return_offline,
    "release": release,
    "download": download,
}


def _code(arguments: argparse.Namespace) -> str:
    if arguments.code == "-":
        return sys.stdin.read()
    if arguments.code:
        return str(arguments.code)
    if not sys.stdin.isatty():
        raise ConfigurationInvalid("No code was given.", remedy="Name it, or give - and write it to standard input.")
    sys.stderr.write("Activation code: ")
    sys.stderr.flush()
    return sys.stdin.readline()


def _save(path: Path, document: Mapping[str, object]) -> None:
    with unusable(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)


def _read(path: Path) -> dict[str, object]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreUnusable(f"{path}: {error.strerror}.", title="The file cannot be read") from error
    except ValueError as error:
        raise OfflineAnswerInvalid(f"{path} is not an answer file.") from error
    if not isinstance(value, dict):
        raise OfflineAnswerInvalid(f"{path} is not an answer file.")
    return value


def _spoken_size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 1_000_000 else f"{size / 1_000:.1f} kB"
