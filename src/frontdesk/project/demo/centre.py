"""Halcyon's help centre: shelves and articles of `demo/help`, by the importer that every vendor uses."""

from frontdesk.core.actors import Actor
from frontdesk.project.demo.sources import FOLDER
from frontdesk.support.helpcentre.importing import import_folder

ACTOR = Actor.system("demo")


def build_centre() -> None:
    """Import what is not there yet. Raises ValueError when something in it is unfit."""
    imported = import_folder(actor=ACTOR, folder=FOLDER / "help")
    if imported.wrong:
        raise ValueError(str(imported.wrong))
