"""The OpenAPI description: it agrees with the table, and a fuzzer that believes it finds nothing."""

from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok

from frontdesk.core import reasons
from frontdesk.gateway import openapi
from frontdesk.gateway.routes import ENDPOINTS
from tests.gateway.api import Api
from tests.support.server import Server, make_keys

CONFIG = SchemathesisConfig.from_path(str(Path(__file__).parents[2] / "schemathesis.toml"))
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_description_has_every_endpoint_and_no_other(api: Api) -> None:
    described = {
        (method.upper(), path) for path, methods in api.get("/schema").json()["paths"].items() for method in methods
    }
    assert described == {(endpoint.method, endpoint.full_path) for endpoint in ENDPOINTS}


def test_every_described_path_is_routed(api: Api) -> None:
    for path in openapi.document()["paths"]:
        reply = api.request("PATCH", path.removeprefix("/api/v1").replace("{id}", "x").replace("{product}", "x"))
        assert reply.status_code == 405, (path, reply.text)
        assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed"), path


def test_every_code_in_the_description_is_in_the_catalogue() -> None:
    for methods in openapi.document()["paths"].values():
        for operation in methods.values():
            for status, reply in operation["responses"].items():
                for code in reply.get("content", {}).get("application/problem+json", {}).get("examples", {}):
                    reason = reasons.find(code)
                    assert reason is not None
                    assert str(reason.status) == status


def test_the_page_shows_every_endpoint_and_takes_nothing_from_elsewhere(api: Api) -> None:
    page = api.get("/docs")
    assert page.status_code == 200
    assert all(f'id="{endpoint.name}"' in page.text for endpoint in ENDPOINTS)
    assert "//cdn" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<style" not in page.text
    assert api.get("/docs", headers={"accept-language": "de"}).text.startswith("<!doctype html>")


@pytest.mark.timeout(300)
def test_a_fuzzer_finds_nothing(transactional_db: None) -> None:
    make_keys()
    with Server() as server:
        schema = schemathesis.openapi.from_url(f"{server.url}/api/v1/schema", config=CONFIG)
        operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
        assert len(operations) == len(ENDPOINTS)
        for operation in operations:
            _fuzz(operation)


def _fuzz(operation: Any) -> None:
    takes_something = bool(operation.body) or any(operation.path_parameters) or any(operation.query)
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if takes_something else (GenerationMode.POSITIVE,):

        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        @hypothesis.settings(
            max_examples=3,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        )
        def check(case: Any) -> None:
            case.call_and_validate()

        check()
