"""A stand-in for Stripe: localstripe in a process of its own, on the loopback address and a free port.

Its own command listens on every interface and keeps its store in a file that all of them share: here neither.
"""

import sys

from aiohttp import web
from localstripe import resources
from localstripe.server import app


def main(port: int) -> None:
    """Serve until terminated."""
    resources.store.dump_to_disk = lambda: None
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
