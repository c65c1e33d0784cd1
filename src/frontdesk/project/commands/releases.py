"""`frontdesk releases`: take in builds of any size, publish and withdraw, by the same verbs as the back office."""

import argparse
from pathlib import Path

from django.core.files import File

from frontdesk.catalog import releases
from frontdesk.catalog.models import Channel, Platform, Product, Release
from frontdesk.core.actors import Actor
from frontdesk.core.reasons import Refusal
from frontdesk.project.commands.common import CommandFailed, database, migrate


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with releases."""
    actions = parser.add_subparsers(dest="action", required=True)
    add = _action(actions, "add", "take in a build; makes the release when it is new")
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument("--platform", choices=Platform.values, required=True)
    add.add_argument("--notes", default="", help="what is new; used when the release is made")
    add.add_argument("--licensed", action="store_true", help="only for holders of a licence, when the release is made")
    add.add_argument("--publish", action="store_true", help="publish it at once")
    _action(actions, "publish", "offer a release")
    _action(actions, "withdraw", "stop offering a release, links that were given out included")
    actions.add_parser("list", help="list the releases")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, help_: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=help_)
    parser.add_argument("product", help="the product's slug, such as halcyon-shield")
    parser.add_argument("version", help="such as 3.2.0")
    parser.add_argument("--channel", choices=Channel.values, default=Channel.STABLE.value)
    parser.add_argument("--reason", required=True, help="why; it stands in the audit")
    return parser


def run(options: argparse.Namespace) -> int:
    """Add, publish, withdraw or list. A refusal is told with its remedy."""
    with database():
        migrate()
        try:
            {"add": _add, "publish": _publish, "withdraw": _withdraw, "list": _list}[options.action](options)
        except Refusal as refusal:
            raise CommandFailed(f"{refusal.reason.detail} {refusal.reason.remedy}") from None
    return 0


def _actor(options: argparse.Namespace) -> Actor:
    return Actor.system(f"command line: {options.reason}")


def _product(options: argparse.Namespace) -> Product:
    product = Product.objects.filter(slug=options.product).first()
    if product is None:
        raise CommandFailed(f"there is no product {options.product}")
    return product


def _find(options: argparse.Namespace) -> Release | None:
    return Release.objects.filter(product=_product(options), version=options.version, channel=options.channel).first()


def _existing(options: argparse.Namespace) -> Release:
    release = _find(options)
    if release is None:
        raise CommandFailed(f"there is no release {options.version} of {options.product} on {options.channel}")
    return release


def _add(options: argparse.Namespace) -> None:
    actor = _actor(options)
    release = _find(options) or releases.create(
        actor=actor,
        product=_product(options),
        version=options.version,
        channel=options.channel,
        notes=options.notes,
        is_public=not options.licensed,
    )
    try:
        with options.file.open("rb") as build:
            source = File(build, name=options.file.name)
            file = releases.add_file(actor=actor, release=release, platform=options.platform, source_file=source)
    except OSError as error:
        raise CommandFailed(f"cannot read {options.file}: {error.strerror}") from None
    print(f"{file.filename}: {file.size} bytes, SHA-256 {file.sha256}, signed")
    if options.publish:
        _publish(options)


def _publish(options: argparse.Namespace) -> None:
    releases.publish(actor=_actor(options), release=_existing(options))
    print(f"{options.product} {options.version} is published")


def _withdraw(options: argparse.Namespace) -> None:
    releases.withdraw(actor=_actor(options), release=_existing(options))
    print(f"{options.product} {options.version} is withdrawn")


def _list(options: argparse.Namespace) -> None:
    for release in Release.objects.select_related("product").prefetch_related("files"):
        state = "withdrawn" if release.withdrawn_at else "published" if release.published_at else "draft"
        platforms = ", ".join(file.platform for file in release.files.all()) or "no files"
        print(f"{release.product.slug} {release.version} {release.channel} {state}: {platforms}")
