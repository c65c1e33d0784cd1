"""What a customer's history says of a licence's rows beyond what was done."""

from typing import Any

import pytest

from frontdesk.core.history import detail_of
from frontdesk.core.models import AuditEntry


@pytest.mark.parametrize(
    ("action", "data", "personal", "said"),
    [
        ("code.replaced", {"tail": "7K2M"}, {}, "code ending in 7K2M"),
        ("code.replaced", {}, {}, ""),
        ("device.added", {"platform": "macos"}, {}, "macOS"),
        ("device.added", {"platform": "toaster"}, {}, ""),
        ("hand_over.offered", {}, {"to_email": "bob@example.org"}, "to bob@example.org"),
        ("hand_over.offered", {}, {}, ""),
    ],
)
def test_a_row_says_which_code_device_or_person(
    action: str, data: dict[str, Any], personal: dict[str, str], said: str
) -> None:
    assert detail_of(AuditEntry(action=action, data=data), personal) == said
