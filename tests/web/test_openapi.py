from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

# design.md, Public API. What stands here is promised: fields are added, never taken away.
PROMISED = {
    ("post", "/api/v1/messages"),
    ("delete", "/api/v1/conversations/{token}"),
    ("get", "/api/v1/topics"),
    ("get", "/api/v1/topics/{topic}"),
    ("get", "/api/v1/search"),
    ("get", "/api/v1/texts"),
    ("get", "/api/v1/languages"),
    ("get", "/api/v1/notice"),
    ("get", "/api/v1/facts"),
    ("get", "/api/v1/facts/{fact}/history"),
    ("post", "/api/v1/feedback"),
    ("post", "/api/v1/questions"),
}
Document = dict[str, Any]


@pytest.fixture
async def document(client: httpx.AsyncClient) -> Document:
    response = await client.get("/api/v1/openapi.json")
    assert response.headers["content-type"] == "application/json"
    return dict(response.json())


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_promised_routes_are_described_and_no_others(document: Document) -> None:
    assert {(method, path) for method, path, _ in operations(document)} == PROMISED


async def test_what_is_described_is_served(client: httpx.AsyncClient, document: Document) -> None:
    for method, path, _ in operations(document):
        url = path.format(token="x", topic="city_grant", fact="grant_adult")
        assert (await client.request(method, url, json={} if method == "post" else None)).status_code not in (404, 405)


def test_every_problem_is_described_as_a_problem_document(document: Document) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

    for _, _, operation in operations(document):
        problems = {
            int(status): response["content"]
            for status, response in operation["responses"].items()
            if int(status) >= 400
        }
        assert problems.keys() >= {404, 413, 422, 429, 503}
        assert all(content == problem for content in problems.values())


def test_every_reference_leads_somewhere(document: Document) -> None:
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    assert set(references(document)) <= schemas


def test_every_route_is_explained(document: Document) -> None:
    assert all(operation["description"] for _, _, operation in operations(document))


def test_no_unknown_field_is_taken(document: Document) -> None:
    schemas = document["components"]["schemas"]

    assert [schemas[name]["additionalProperties"] for name in ("MessageIn", "FeedbackIn")] == [False, False]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_no_page_that_loads_from_elsewhere_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404
