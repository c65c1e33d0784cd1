"""The command ``frontdesk-client``."""

from frontdesk_client.cli.main import main

__all__ = ["main"]
