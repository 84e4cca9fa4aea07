"""Tests of what the tests stand on: the browser notices what a page does wrong."""

import pytest
from flask import Flask

from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.own_app]
START = "<!doctype html><html lang='en'><title>A page</title><main><h1>A page</h1>"


def with_a_page(app: Flask, *, html: str) -> None:
    app.add_url_rule("/a-page", "a_page", lambda: START + html)


def visit(open_page: Pages, live_server: LiveServer, *, html: str, javascript: bool = True) -> None:
    with_a_page(live_server.app, html=html)
    open_page(javascript=javascript).goto("/a-page", wait_until="networkidle")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_style_in_the_page_is_a_violation(open_page: Pages, live_server: LiveServer, javascript: bool) -> None:  # noqa: FBT001
    visit(open_page, live_server, html="<p style='color: red'>red</p>", javascript=javascript)
    assert "Content Security Policy" in open_page.problems.pop()


def test_a_script_in_the_page_is_a_violation(open_page: Pages, live_server: LiveServer) -> None:
    visit(open_page, live_server, html="<script>document.title = 'taken'</script>")
    assert "Content Security Policy" in open_page.problems.pop()


def test_an_error_in_a_script_is_a_problem(open_page: Pages, live_server: LiveServer) -> None:
    page = open_page()
    with_a_page(live_server.app, html="")
    page.goto("/a-page")
    page.evaluate("setTimeout(() => { throw new Error('oh') })")
    page.wait_for_timeout(100)
    assert "oh" in open_page.problems.pop()


def test_asking_another_machine_is_a_problem(open_page: Pages, live_server: LiveServer) -> None:
    visit(open_page, live_server, html="<a href='http://example.org/'>there</a>")
    page = open_page.contexts[0].pages[0]
    page.click("a", no_wait_after=True)
    page.wait_for_timeout(200)
    assert any("example.org" in problem for problem in open_page.problems)
    open_page.problems.clear()


def test_a_good_page_has_no_problems(open_page: Pages, live_server: LiveServer) -> None:
    visit(open_page, live_server, html="<p>Good</p>")
    assert_accessible(open_page.contexts[0].pages[0])


def test_axe_finds_what_is_wrong(open_page: Pages, live_server: LiveServer) -> None:
    visit(open_page, live_server, html="<input><img src='/static/none.png'>")
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(open_page.contexts[0].pages[0])
