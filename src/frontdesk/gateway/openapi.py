"""The OpenAPI description, made from the table of endpoints, the shapes and the catalogue of reasons."""

from collections import defaultdict
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings
from django.utils import translation

from frontdesk import __version__
from frontdesk.core.reasons import JsonValue, Refusal
from frontdesk.gateway.errors import MethodNotAllowed
from frontdesk.gateway.exchange import ENGLISH
from frontdesk.gateway.routes import ENDPOINTS, Endpoint

Json = dict[str, Any]
REFERENCE = "#/components/schemas/{name}"
MEMBERS: Json = {
    "field": {"type": "string", "description": "The member that does not fit, dotted where nested."},
    "wrong_groups": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 4}},
    "device_limit": {"type": "integer", "minimum": 1},
    "manage_url": {"type": "string"},
    "retry_at": {"type": "string", "description": "RFC 3339, UTC."},
    "retry_after": {"type": "integer", "minimum": 1, "description": "Seconds, as in the header Retry-After."},
}
EXAMPLES: dict[str, JsonValue] = {
    "field": "device.name",
    "wrong_groups": [3],
    "device_limit": 5,
    "manage_url": "https://desk.halcyon.example/activate/",
    "retry_at": "2026-11-09T12:00:00Z",
    "retry_after": 60,
}
PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457. `help_url` is a page that explains the code.",
    "required": ["type", "code", "title", "detail", "status", "remedy", "help_url"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "code", "title", "detail", "remedy", "help_url")},
        "status": {"type": "integer"},
        **MEMBERS,
    },
}


@cache
def document() -> Json:
    """The whole description, in English."""
    shapes = [shape for endpoint in ENDPOINTS for shape in (endpoint.request, *endpoint.replies.values()) if shape]
    _, components = msgspec.json.schema_components(shapes, ref_template=REFERENCE)
    paths: dict[str, Json] = defaultdict(dict)
    with translation.override(ENGLISH):
        for endpoint in ENDPOINTS:
            paths[endpoint.full_path][endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Frontdesk device API",
            "version": "1",
            "summary": "Activation, leases, releases: what a product on a customer's device asks its vendor.",
            "x-server-version": __version__,
        },
        "servers": [{"url": settings.FRONTDESK_URL}],
        "paths": dict(paths),
        "components": {
            "schemas": {**components, "Problem": PROBLEM},
            "securitySchemes": {
                "device": {"type": "http", "scheme": "bearer", "description": "The token that the activation gave."}
            },
        },
    }


def _operation(endpoint: Endpoint) -> Json:
    about = (endpoint.handler.__doc__ or "").partition(": ")[2]
    made: Json = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": about[:1].upper() + about[1:],
        "responses": _good(endpoint) | _refused((*endpoint.refusals, MethodNotAllowed)),
    }
    if endpoint.parameters:
        made["parameters"] = [
            {"name": each.name, "in": each.where, "required": each.required, "schema": each.schema}
            for each in endpoint.parameters
        ]
    if endpoint.request:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(endpoint.request)}}}
    if endpoint.secured:
        made["security"] = [{"device": []}]
    return made


def _ref(shape: Any) -> Json:
    return {"$ref": REFERENCE.format(name=shape.__name__)}


def _good(endpoint: Endpoint) -> Json:
    made: Json = {}
    for status, shape in sorted(endpoint.replies.items()):
        made[str(status)] = {"description": HTTPStatus(status).phrase}
        if shape:
            made[str(status)]["content"] = {"application/json": {"schema": _ref(shape)}}
    return made


def _refused(refusals: tuple[type[Refusal], ...]) -> Json:
    by_status: dict[int, list[type[Refusal]]] = defaultdict(list)
    for refusal in refusals:
        by_status[refusal.reason.status].append(refusal)
    return {str(status): _problem(status, kinds) for status, kinds in sorted(by_status.items())}


def _problem(status: int, kinds: list[type[Refusal]]) -> Json:
    codes = [kind.reason.code for kind in kinds]
    examples = {
        kind.reason.code: {
            "summary": str(kind.reason.title),
            "value": kind(**{name: EXAMPLES[name] for name in kind.reason.members}).problem(settings.FRONTDESK_URL),
        }
        for kind in kinds
    }
    narrowed = {"type": "object", "properties": {"code": {"enum": codes}, "status": {"const": status}}}
    schema = {"allOf": [{"$ref": REFERENCE.format(name="Problem")}, narrowed]}
    made: Json = {
        "description": " · ".join(f"`{code}`" for code in codes),
        "content": {"application/problem+json": {"schema": schema, "examples": examples}},
    }
    if status in {429, 503}:
        made["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds."}}
    return made
