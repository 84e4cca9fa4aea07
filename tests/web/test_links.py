"""Addresses that requests may and may not lead to, and those in mail."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.utils import redirect

from forum.web.links import absolute, same_site


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/s/champions/",
        "/s/champions/threads/8f3k2m9x4q/?page=2#p21",
        "/people/priya.nair?a=//evil.example",
        "/s/a:b",
    ],
)
def test_addresses_of_this_site_are_kept(target: str) -> None:
    assert same_site(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "evil",
        "//evil.example",
        "///evil.example",
        r"/\evil.example",
        r"\\evil.example",
        r"/\/evil.example",
        "https://evil.example/",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/\x00/evil.example",
        "/\x7f/evil.example",
        "/\x85/evil.example",
        "/\u2028/evil.example",
        "/\u202e/evil.example",
        "/\ufeff/evil.example",
        "/" + "a" * 2000,
    ],
)
def test_no_spelling_of_another_site_gets_through(target: str | None) -> None:
    """A9."""
    assert same_site(target) is None


@given(st.text(alphabet=st.sampled_from("/\\ \t\n\r.:@evil?#%"), max_size=12))
def test_what_gets_through_stays_here_as_browsers_read_it(target: str) -> None:
    """A9: browsers drop tabs and line breaks, and read a backslash as a slash."""
    kept = same_site(target)
    if kept is not None:
        seen = "".join(char for char in kept if char not in "\t\n\r").replace("\\", "/").strip()
        assert seen.startswith("/")
        assert not seen.startswith("//")
        assert not redirect(kept).headers["Location"].startswith("//")


def test_mail_carries_the_address_in_the_settings_whatever_the_host_header_says(app: Flask) -> None:
    """A9."""
    with app.test_request_context("/", headers={"Host": "evil.example"}):
        assert absolute("people.reset_link", token="x") == "http://127.0.0.1:8000/reset/x"
    with app.app_context():
        assert absolute("people.sign_in", next="/s/a") == "http://127.0.0.1:8000/sign-in?next=/s/a"
