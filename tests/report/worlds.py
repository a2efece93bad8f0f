"""Worlds whose journals make pages: one call of each port, many calls, hostile text."""

from email.message import EmailMessage

import httpx

from nexus_testkit import run
from nexus_testkit.report import About, write_page

HOSTILE = "</script><script>window.top.pwned=1</script><img src=x onerror='window.top.pwned=2'>"


def page_of(path, body, **about):
    """Run `body` in a world, and write the page of its journal; what it raises is the failure."""
    error = None

    async def world(nexus):
        nonlocal error
        try:
            await body(nexus)
        except LookupError as raised:
            error = raised
        return nexus

    nexus = run(world)
    given = {
        "test": "tests/test_it.py::test_it",
        "outcome": "passed" if error is None else "failed",
        "error": "" if error is None else f"{type(error).__name__}: {error}",
        "raised": error,
        "failed_after": None if error is None else len(nexus.journal),
        "elapsed_s": nexus.elapsed_s,
    }
    write_page(path, nexus.journal, About(**given | about))
    return path


def mail(subject="Hello", html="<h1>Hello <em>Ann</em></h1>", to="ann@example.org"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shop@example.org", to, subject
    message.set_content("Hello Ann, as text")
    message.add_alternative(html, subtype="html")
    message.add_attachment("a;b\n1;2\n", subtype="csv", filename="list.csv")
    return message


async def each_port(nexus):
    """Calls 1 to 10."""
    await nexus.db.execute("CREATE TABLE people (id SERIAL PRIMARY KEY, name TEXT, password TEXT)")
    await nexus.db.execute("INSERT INTO people (name, password) VALUES ($1, $2)", "ann", "hunter2")
    await nexus.db.fetch_all("SELECT id, name, password FROM people WHERE name = $1", "ann")
    await nexus.cache.set("user:1", "two words", ttl=60)
    await nexus.cache.get("user:1")
    await nexus.mail.send(mail(), sender="shop@example.org", recipients=["ann@example.org"])
    nexus.http.post("https://crm.example/people").respond(201, json={"id": 7}, headers={"Set-Cookie": "sid=abc"})
    async with httpx.AsyncClient(transport=nexus.port("http")) as client:
        await client.post(
            "https://crm.example/people?page=2", json={"name": "ann"}, headers={"Authorization": "Bearer abc"}
        )
    await nexus.files.write_text("notes/a.txt", "text")
    await nexus.clock.sleep(90)
    await nexus.files.read_text("missing.txt")


async def failing(nexus):
    try:
        await each_port(nexus)
    except OSError as error:
        raise LookupError("no such person") from error


async def many(nexus):
    for number in range(10_000):
        nexus.seam.note("cache.get" if number % 4 else "database.execute", f"key {number}")
        if number % 1_000 == 0:
            await nexus.clock.advance(seconds=1)


async def hostile(nexus):
    await nexus.db.execute("CREATE TABLE people (name TEXT)")
    await nexus.db.fetch_val("INSERT INTO people VALUES ($1) RETURNING name", HOSTILE)
    await nexus.db.fetch_all(f'SELECT name AS "{HOSTILE[:40]}" FROM people')
    await nexus.cache.set(HOSTILE, HOSTILE)
    remote = f"<p>{HOSTILE}</p><img src='https://tracker.example/p.gif'><a href='https://evil.example/'>go</a>"
    await nexus.mail.send(
        mail(subject="<img src=x onerror=alert(1)>", html=remote),
        sender="a@example.org",
        recipients=["ann@example.org"],
    )
    nexus.http.get("https://crm.example/").respond(200, html=HOSTILE)
    async with httpx.AsyncClient(transport=nexus.port("http")) as client:
        await client.get("https://crm.example/", headers={"X-Evil": HOSTILE})
    raise LookupError(HOSTILE)
