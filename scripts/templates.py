"""Compile every template, so that a misspelt tag is found before a visitor finds it."""

import os
import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines

SOURCES = Path(__file__).parent.parent / "src" / "frontdesk"


def main() -> int:
    """Print what does not compile; the exit status is 1 when something does not."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.project.settings")
    django.setup()
    faults = 0
    for path in sorted(SOURCES.glob("**/templates/**/*")):
        if path.is_file():
            try:
                engines["django"].from_string(path.read_text())
            except TemplateSyntaxError as error:
                faults += 1
                sys.stdout.write(f"{path.relative_to(SOURCES)}: {error}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
