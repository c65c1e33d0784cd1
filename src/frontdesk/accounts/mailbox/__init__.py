"""The demo's mailbox: every mail the demo sends, whoever it is for. A vendor's own server has no such page."""
