"""What a web process loads before it answers: after kill -9 the port stays closed for as long as that takes."""

import os
import subprocess
import sys

from tests.support.server import ROOT

RARELY_NEEDED = ("fpdf", "fontTools", "PIL")
PROGRAM = f"""
import sys
import frontdesk.project.asgi
print(*[name for name in {RARELY_NEEDED!r} if name in sys.modules])
"""


def test_what_few_requests_need_is_not_loaded_at_the_start() -> None:
    paths = os.pathsep.join(str(ROOT / part) for part in ("src", "sdk/python/src", ""))
    environment = os.environ | {"PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], env=environment, text=True, capture_output=True, check=True
    )
    assert done.stdout.split() == []
