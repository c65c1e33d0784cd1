"""Counting what a request asks the database."""

from django.test.utils import CaptureQueriesContext


def statements(queries: CaptureQueriesContext) -> list[str]:
    """The statements of a request, without the demo clock's own, which is asked again after a second."""
    return [str(query["sql"]) for query in queries.captured_queries if "core_clockoffset" not in query["sql"]]
