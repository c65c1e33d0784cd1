"""The search field of public pages: an app says where it leads, and the header shows it without knowing more.

The address takes `q` and shows results. Asked with the header `X-Part: options` it answers with `role="option"`
links alone, which stand below the field while somebody types.
"""

from django.urls import NoReverseMatch, reverse

_names: list[str] = []


def register(url_name: str) -> None:
    """Let the field lead to this page; the last to say so is right."""
    _names.append(url_name)


def search_url() -> str:
    """Where the field leads; empty where nothing can be searched."""
    if not _names:
        return ""
    try:
        return reverse(_names[-1])
    except NoReverseMatch:
        return ""
