"""Where the demo of this data folder is reached, for commands that are run beside it."""

import os

from frontdesk.project import environment
from frontdesk.project.demo.facts import Facts
from frontdesk.project.installation import SETTINGS_FILE, default_data_folder, is_demo


def use_of_demo() -> None:
    """Write links to where the demo is open, unless an address or a port is named. Before the settings are read."""
    data = environment.folder("FRONTDESK_DATA", str(default_data_folder()), "")
    if not is_demo(data):
        return
    environment.use_file(data / SETTINGS_FILE)
    noted = Facts.load(data).url
    if noted and not environment.is_named("PORT") and not environment.is_named("FRONTDESK_URL"):
        os.environ["FRONTDESK_URL"] = noted
