"""The stub transport and the network, with the same routes behind them and the same requests before them."""

import json

import httpx

from nexus_testkit import Harness
from nexus_testkit.adapters.real.http import NetworkTransport
from tests.differential.http.origin import Answer

# What only the network knows of a request or a response, and what a server says of its own connection.
OF_THE_CONNECTION = {"date", "server", "connection", "keep-alive"}


def headers_of(pairs):
    """Names in lower case, values in order for each name; the order between names has no meaning (RFC 9110, 5.3)."""
    found = {}
    for name, value in pairs:
        if name.lower() not in OF_THE_CONNECTION:
            found.setdefault(name.lower(), []).append(value)
    return found


def seen(response):
    """Everything of a response that code can look at."""
    told = {
        "url": str(response.url),
        "status": response.status_code,
        "reason": response.reason_phrase,
        "version": response.http_version,
        "headers": headers_of(response.headers.multi_items()),
        "content": response.content,
        "encoding": response.encoding,
        "text": response.text,
        "history": [(each.status_code, str(each.url), each.request.method) for each in response.history],
        "asked by": response.request.method,
    }
    try:
        told["json"] = response.json()
    except (ValueError, UnicodeDecodeError) as error:
        told["json"] = type(error)
    try:
        response.raise_for_status()
    except httpx.HTTPStatusError as error:
        told["raised"] = str(error)
    return told


async def ask(transport, base, requests, **options):
    """What came of each request, by one client: what was seen, or the error; and the client's cookies at the end."""
    found = []
    async with httpx.AsyncClient(transport=transport, base_url=base, trust_env=False, **options) as client:
        for method, path, more in requests:
            try:
                found.append(seen(await client.request(method, path, **more)))
            except httpx.HTTPError as error:
                found.append((type(error), str(error), error.request.method, str(error.request.url)))
        cookies = sorted((each.name, each.value, each.domain, each.path) for each in client.cookies.jar)
    return found, cookies


async def on_the_network(origin, routes, requests, **options):
    """By NetworkTransport from the origin; also what it was asked."""
    origin.reset(routes)
    transport = NetworkTransport()
    try:
        told = await ask(transport, origin.base, requests, **options)
    finally:
        await transport.aclose()
    return told, [(method, target, headers_of(headers), body) for method, target, headers, body in origin.asked]


async def on_the_stub(base, routes, requests, **options):
    """By a world's `nexus.http`, likewise."""
    async with Harness() as nexus:
        nexus.http.route().raises(httpx.ConnectError)  # nobody else listens
        nexus.http.route(port=httpx.URL(base).port).respond(404)  # what the origin has no route for
        for (method, path), answer in routes.items():
            stub(nexus, method, f"{base}{path}", answer)
        told = await ask(nexus.http, base, requests, **options)
        asked = [
            (
                call.request.method,
                call.request.url.raw_path.decode("ascii"),
                headers_of(call.request.headers.multi_items()),
                call.request.content,
            )
            for call in nexus.http.calls
            if str(call.request.url).startswith(f"{base}/")
        ]
    return told, asked


def stub(nexus, method, url, answer: Answer):
    """The route of an answer, at any query."""
    route = nexus.http.request(method, url)
    if answer.pieces:
        headers = [*answer.headers, ("Transfer-Encoding", "chunked")]
        return route.respond(answer.status, headers=headers, stream=answer.chunks())
    return route.respond(answer.status, headers=list(answer.headers), content=answer.body)


def as_json(value):
    return json.dumps(value).encode()
