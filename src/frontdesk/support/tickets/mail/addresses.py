"""The addresses that conversations are reached at: the support address, with a reply token behind a plus."""


def reply_address(token: str) -> str:
    """Where replies to a conversation go: support+<token>@the vendor's domain."""
    raise NotImplementedError


def token_in(address: str) -> str:
    """The reply token in one of our addresses, or "" ."""
    raise NotImplementedError


def is_ours(address: str) -> bool:
    """Whether mail to it comes back to us: the support address, with or without a token, or our mails' sender."""
    raise NotImplementedError
