"""Worlds that record from a server on loopback, and worlds that replay."""

import json

import httpx

import nexus_testkit


def play(file, body, **options):
    """Run `body(client, nexus)` in a world of its own, with the exchanges of the file; what it returns."""

    async def main(nexus):
        nexus.http.recorded(file, **options)
        async with httpx.AsyncClient(transport=nexus.http, trust_env=False) as client:
            return await body(client, nexus)

    return nexus_testkit.run(main)


def getting(*urls):
    """A body that gets these and returns the texts."""

    async def body(client, _nexus):
        return [(await client.get(url)).text for url in urls]

    return body


def exchanges(file):
    return json.loads(file.read_text(encoding="utf-8"))["exchanges"]
