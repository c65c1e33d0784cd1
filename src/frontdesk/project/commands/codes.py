"""`frontdesk codes`: make, export and void activation codes, by the same verbs as the back office."""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from uuid import UUID

from frontdesk.catalog.models import PlanVersion
from frontdesk.core.actors import Actor
from frontdesk.core.reasons import Refusal
from frontdesk.licensing import batches, codes, generation
from frontdesk.licensing.cards import MOST_IN_A_FILE
from frontdesk.licensing.models import Batch, BatchKind, Code
from frontdesk.project.commands.common import CommandFailed, database, migrate

POLL_SECONDS = 0.5


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with codes."""
    actions = parser.add_subparsers(dest="action", required=True)
    make = actions.add_parser("make", help="make a batch of codes")
    make.add_argument("plan", metavar="PRODUCT/PLAN", help="such as halcyon-shield/plus-5")
    make.add_argument("count", type=int)
    make.add_argument("--kind", choices=["retail", "gift", "reseller"], default="retail")
    make.add_argument("--label", default="", help="how people will recognise the batch")
    make.add_argument("--reason", required=True, help="why; it stands in the audit")
    make.add_argument("--out", type=Path, metavar="FILE", help="export the list at once: .csv, or .pdf/.zip for cards")
    export = actions.add_parser("export", help="take a batch's list of clear codes; possible once")
    export.add_argument("batch", type=UUID)
    export.add_argument("out", type=Path, metavar="FILE", help=".csv, or .pdf (.zip over 1,000 codes) for cards")
    void = actions.add_parser("void", help="void codes, or all codes of a batch")
    void.add_argument("what", nargs="+", metavar="CODE|BATCH", help="codes, or the id of one batch")
    void.add_argument("--reason", required=True, help="why; it stands in the audit")
    actions.add_parser("batches", help="list the batches")


def run(options: argparse.Namespace) -> int:
    """Make, export, void or list. A refusal is told with its remedy."""
    with database():
        migrate()
        try:
            {"make": _make, "export": _export, "void": _void, "batches": _list}[options.action](options)
        except Refusal as refusal:
            raise CommandFailed(f"{refusal.reason.detail} {refusal.reason.remedy}") from None
    return 0


def _actor(reason: str) -> Actor:
    return Actor.system(f"command line: {reason}")


def _make(options: argparse.Namespace) -> None:
    product, _, plan = options.plan.partition("/")
    version = PlanVersion.objects.filter(plan__product__slug=product, plan__slug=plan).order_by("-number").first()
    if version is None:
        raise CommandFailed(f"there is no plan {options.plan}")
    if options.out:
        _check_target(options.out, options.count)  # before codes are made that could then not be written
    batch = batches.create(
        actor=_actor(options.reason), plan_version=version, count=options.count,
        kind=BatchKind(options.kind), label=options.label, reason=options.reason,
    )  # fmt: skip
    _fill(batch)
    print(f"Batch {batch.pk}: {batch.count} codes for {version.plan}")
    if options.out:
        _save(batch, options.out)
    else:
        print(f"Take the list within 24 hours: frontdesk codes export {batch.pk} FILE")


def _fill(batch: Batch) -> None:
    """Make the codes here, or wait for the worker that was quicker; shows how far it is."""
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(generation.fill, batch.pk)
        while batch.finished_at is None:
            wait([making], timeout=POLL_SECONDS)
            if making.done():
                making.result()  # what went wrong is raised here
                time.sleep(POLL_SECONDS if batch.finished_at is None else 0)
            batch.refresh_from_db()
            if sys.stderr.isatty():
                print(f"\r{batch.made} of {batch.count}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _export(options: argparse.Namespace) -> None:
    batch = Batch.objects.filter(pk=options.batch).first()
    if batch is None:
        raise CommandFailed(f"there is no batch {options.batch}")
    _check_target(options.out, batch.count)
    _save(batch, options.out)


def _check_target(out: Path, count: int) -> None:
    """Raises CommandFailed when the list cannot go there."""
    if out.exists():
        raise CommandFailed(f"{out} cannot be written: it exists already")
    if out.suffix == ".pdf" and count > MOST_IN_A_FILE:
        raise CommandFailed(f"{count} cards are several PDFs in one archive: name it {out.with_suffix('.zip')}")


def _save(batch: Batch, out: Path) -> None:
    """Write the list (mode 0600). The file is opened first: a list can be taken only once."""
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandFailed(f"{out} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as target:
        try:
            taken = batches.take_list(actor=_actor("export"), batch=batch, as_="csv" if out.suffix == ".csv" else "pdf")
        except Refusal:
            out.unlink()
            raise
        for chunk in taken.chunks:
            target.write(chunk)
    print(f"{batch.count} clear codes are in {out}; they cannot be exported again.")


def _void(options: argparse.Namespace) -> None:
    actor = _actor(options.reason)
    batch = _batch(options.what[0]) if len(options.what) == 1 else None
    if batch:
        voided = batches.void_batch(actor=actor, batch=batch, reason=options.reason)
    else:
        digests = [codes.digest(codes.parse(text)) for text in options.what]
        found = list(Code.objects.filter(hash__in=digests))
        if len(found) < len(set(digests)):
            raise CommandFailed("not all of these codes exist; none was voided")
        voided = batches.void_codes(actor=actor, codes=found, reason=options.reason)
    print(f"{voided} voided")


def _batch(text: str) -> Batch | None:
    try:
        return Batch.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def _list(options: argparse.Namespace) -> None:
    for batch in Batch.objects.select_related("plan_version__plan__product"):
        state = "voided" if batch.voided_at else "made" if batch.finished_at else f"{batch.made} made"
        print(
            f"{batch.pk}  {batch.created_at:%Y-%m-%d}  {batch.count:7}  {state:8}  {batch.plan_version.plan}  {batch}"
        )
