"""``python -m frontdesk_client``: the same as the command ``frontdesk-client``."""

import sys

from frontdesk_client.cli import main

if __name__ == "__main__":
    sys.exit(main())
