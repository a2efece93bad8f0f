"""The rules of which URLs may be called."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_testkit.errors import UrlNotAllowed, ValidationError
from nexus_testkit.services.urls import UrlRules


@given(st.text() | st.text(alphabet="htps:/@.\\?#[]a%\t "))
def test_no_text_leads_outside_the_base(text):
    rules = UrlRules("https://api.example.org/v1")
    try:
        url = rules.absolute(text)
    except UrlNotAllowed:
        return
    assert (url.scheme, url.host, url.port) == ("https", "api.example.org", None)
    assert httpx.URL(str(url)).host == "api.example.org"  # also for whoever parses it again


@pytest.mark.parametrize("url", ["https://a.example/", "http://127.0.0.1:8000/x", "https://[::1]/"])
def test_without_base_and_list_every_http_url_is_allowed(url):
    assert str(UrlRules().absolute(url)) == url


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "data:,x", "//a.example/", "a.example/x", "https://u:p@a.example/"]
)
def test_without_base_and_list_other_urls_are_refused(url):
    with pytest.raises(UrlNotAllowed):
        UrlRules().absolute(url)


def test_credentials_of_a_refused_url_are_in_no_message():
    with pytest.raises(UrlNotAllowed) as caught:
        UrlRules().absolute("https://ann:secret@a.example/")
    assert "secret" not in f"{caught.value} {caught.value.url}"


def test_a_star_allows_every_host():
    assert UrlRules("https://a.example", ["*"]).absolute("http://b.example:81/").host == "b.example"


def test_an_ipv6_host_can_be_allowed():
    assert UrlRules("https://a.example", ["[::1]:8080"]).absolute("http://[::1]:8080/").port == 8080


@pytest.mark.parametrize(
    "base", ["a.example", "ftp://a.example", "https://", "https://u:p@a.example", "https://a.example/?k=1"]
)
def test_a_base_that_is_no_http_url_is_refused(base):
    with pytest.raises(ValidationError, match="base_url"):
        UrlRules(base)


@pytest.mark.parametrize("host", ["a.example:http", "https://a.example", "a.example/x", ""])
def test_an_entry_of_the_list_that_is_no_host_is_refused(host):
    with pytest.raises(ValidationError, match="allow_hosts"):
        UrlRules("https://a.example", [host])
