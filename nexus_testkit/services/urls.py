"""Which URLs a service may call: the base URL, what lies below it, and the hosts of an allow-list."""

from __future__ import annotations

import re
from collections.abc import Iterable

import httpx

from nexus_testkit.errors import UrlNotAllowed, ValidationError

_PORTS = {"http": 80, "https": 443}
# RFC 3986, 3.1: "a:b" is absolute; "/a:b" and "x?y=a:b" are not.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST = re.compile(r"(?P<host>\*|(\*\.)?[^\s/:@*\[\]]+|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?")


class UrlRules:
    """Makes URLs absolute, and refuses those that lead elsewhere (server-side request forgery).

    With neither a base URL nor an allow-list, every http and https URL is allowed: there is nothing to leave.

    Args:
        base_url: relative URLs are appended to it; URLs of its scheme, host and port are allowed. `""` for none.
        allow_hosts: further hosts: `"api.example.org"` (on the scheme's own port), `"api.example.org:8443"`,
            `"*.example.org"` (its subdomains), `"*"` (every host).

    Raises:
        ValidationError: the base URL is none, or an entry is no host.
    """

    def __init__(self, base_url: str = "", allow_hosts: Iterable[str] = ()) -> None:
        try:
            self._base = _parsed(base_url) if base_url else None
        except UrlNotAllowed as error:
            raise ValidationError(f"base_url: {error}", field="base_url") from error
        if self._base is not None and (self._base.query or self._base.fragment):
            raise ValidationError(f"base_url: {base_url!r} has a query or a fragment", field="base_url")
        self._allowed = [_allowed(entry) for entry in allow_hosts]

    def absolute(self, url: str) -> httpx.URL:
        """The URL to call for `url`, which is absolute or is appended to the base URL.

        Raises:
            UrlNotAllowed: it is no URL, or leads outside.
        """
        if not isinstance(url, str):
            raise UrlNotAllowed(f"a URL must be a str, not {url!r}", url=repr(url))
        if _is_relative(url):
            if self._base is None:
                raise UrlNotAllowed(f"{url!r} is relative", url=url, hint="configure base_url, or pass an absolute URL")
            return _parsed(f"{str(self._base).rstrip('/')}/{url.lstrip('/')}")
        return self.check(_parsed(url))

    def check(self, url: httpx.URL) -> httpx.URL:
        """`url` itself, where it may be called.

        Raises:
            UrlNotAllowed: it may not.
        """
        _require_http(url)
        free = self._base is None and not self._allowed
        if free or (self._base is not None and _origin(url) == _origin(self._base)) or self._is_listed(url):
            return url
        raise UrlNotAllowed(
            f"{url.host!r} is not among the hosts that may be called ({url.scheme}, port {_port(url)})",
            url=str(url),
            hint="add it to the option 'allow_hosts', if the service is meant to call it",
        )

    def _is_listed(self, url: httpx.URL) -> bool:
        host, port = url.host.casefold(), _port(url)
        for name, wanted in self._allowed:
            matches = name == "*" or (host.endswith(name[1:]) if name.startswith("*.") else host == name)
            if matches and (port == (wanted or _PORTS[url.scheme]) or name == "*"):
                return True
        return False


def _allowed(entry: str) -> tuple[str, int | None]:
    """The host and the port of an entry of the allow-list."""
    match = _HOST.fullmatch(entry.casefold())
    if match is None:
        raise ValidationError(
            f"allow_hosts: {entry!r} is no host",
            field="allow_hosts",
            hint='"api.example.org", "api.example.org:8443", "*.example.org" or "*"',
        )
    return match["host"].strip("[]"), int(match["port"]) if match["port"] else None


def _is_relative(url: str) -> bool:
    return not url.startswith("//") and _SCHEME.match(url) is None


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise UrlNotAllowed(f"{url!r} is no URL: {error}", url=url, hint="write it out: https://host/path") from error
    _require_http(parsed)
    return parsed


def _require_http(url: httpx.URL) -> None:
    if url.scheme not in _PORTS or not url.host:
        raise UrlNotAllowed(
            f"{str(url)!r} is no http or https URL with a host",
            url=str(url),
            hint="write it out: https://host/path",
        )
    if url.userinfo:
        raise UrlNotAllowed(
            f"the URL for {url.host!r} holds credentials",
            url=str(url.copy_with(userinfo=b"")),
            hint="send them in a header",
        )


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, _port(url)


def _port(url: httpx.URL) -> int:
    return url.port or _PORTS[url.scheme]
