"""/api/v1/schema for programs, /api/v1/docs for people: both from the same description."""

from typing import Any

import msgspec
from django.template.loader import render_to_string
from django.utils import translation
from litestar import asgi

from frontdesk.gateway import openapi, threads
from frontdesk.gateway.exchange import Call, wrong_method

CSP = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@asgi("/api/v1/schema", copy_scope=True)
async def description_door(scope: Any, receive: Any, send: Any) -> None:
    """GET: the OpenAPI description."""
    if await _is_reading(scope, receive, send):
        await _send(send, msgspec.json.encode(openapi.document()), b"application/json")


@asgi("/api/v1/docs", copy_scope=True)
async def docs_door(scope: Any, receive: Any, send: Any) -> None:
    """GET: the same, to be read."""
    language = Call(scope, receive).language()
    if not await _is_reading(scope, receive, send):
        return

    def render() -> str:
        with translation.override(language):
            return render_to_string("gateway/docs.html", {"api": page()})

    html = await threads.run(render)
    await _send(send, html.encode(), b"text/html; charset=utf-8", [(b"content-security-policy", CSP)])


async def _is_reading(scope: Any, receive: Any, send: Any) -> bool:
    """Whether the request reads; any other verb has been answered with 405 then."""
    if scope["method"] in {"GET", "HEAD"}:
        return True
    reply = wrong_method(Call(scope, receive).language(), "GET", "HEAD")
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.all_headers()})
    await send({"type": "http.response.body", "body": reply.body})
    return False


def page() -> list[dict[str, Any]]:
    """The description, arranged for a template: schemas resolved and examples written out."""
    document = openapi.document()
    return [
        _section(document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _section(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "about": operation["description"],
        "secured": "security" in operation,
        "parameters": operation.get("parameters", []),
        "request": _json(example(document, body["content"]["application/json"]["schema"])) if body else "",
        "replies": [_reply(document, status, reply) for status, reply in operation["responses"].items()],
    }


def _reply(document: dict[str, Any], status: str, reply: dict[str, Any]) -> dict[str, Any]:
    content = reply.get("content", {})
    good = content.get("application/json")
    problems = content.get("application/problem+json", {}).get("examples", {})
    return {
        "status": status,
        "about": reply["description"] if not problems else "",
        "example": _json(example(document, good["schema"])) if good else "",
        "problems": [
            {
                "code": code,
                "title": each["summary"],
                "remedy": each["value"]["remedy"],
                "help_url": f"/help/r/{code}",
                "members": [name for name in openapi.MEMBERS if name in each["value"]],
            }
            for code, each in problems.items()
        ],
    }


def example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """A value that fits a schema of ours."""
    if "$ref" in schema:
        return example(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    given = [*schema.get("examples", []), *schema.get("enum", [])]
    if given:
        return given[0]
    kind = schema.get("format") or schema.get("type")
    if kind == "object":
        return {name: example(document, member) for name, member in schema["properties"].items()}
    if kind == "array":
        return [example(document, schema["items"])]
    return {"uuid": "0192f0c4-7e11-7c3a-9d55-2b6a1f0c8e21", "integer": 1}.get(str(kind), "…")


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


async def _send(send: Any, body: bytes, kind: bytes, more: list[tuple[bytes, bytes]] | None = None) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"public, max-age=300"),
        (b"x-content-type-options", b"nosniff"),
        *(more or []),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
