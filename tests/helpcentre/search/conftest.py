"""The collection, entered."""

import pytest

from frontdesk.support.helpcentre.search import indexing
from tests.helpcentre.search.collection import findables


@pytest.fixture
def collection(db: None) -> None:
    indexing.put_all(findables())
