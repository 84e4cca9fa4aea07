"""Mail that is kept in development, and read in the app."""

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from forum.notify.worker import Worker
from tests.notify.outbox import CakeBaked, settle, tell


@pytest.fixture
def reader(keeping: Flask) -> FlaskClient:
    """Somebody who isn't signed in, where mail is kept."""
    tell(keeping, CakeBaked(addresses=["guest@example.org"], cake="<b>rum</b> https://baton.example.org/i/abc?x=1&y=2"))
    settle(Worker(keeping))
    return keeping.test_client()


def test_the_list_names_each_mail_and_says_why_anybody_may_read_it(reader: FlaskClient) -> None:
    page = reader.get("/dev/mail").text
    assert "Cake: &lt;b&gt;rum&lt;/b&gt;" in page
    assert "guest@example.org" in page
    assert "Anyone who can open this site can read these mails" in page


def test_links_in_a_mail_can_be_followed_and_everything_else_is_text(reader: FlaskClient) -> None:
    """A12."""
    page = reader.get("/dev/mail/1").text
    assert '<a href="https://baton.example.org/i/abc?x=1&amp;y=2"' in page
    assert "There is &lt;b&gt;rum&lt;/b&gt;" in page
    assert "<b>rum</b>" not in page


def test_a_mail_that_isn_t_there_is_missing(reader: FlaskClient) -> None:
    assert reader.get("/dev/mail/99").status_code == 404


def test_an_empty_list_says_what_to_do(keeping: Flask) -> None:
    assert "No mail yet" in keeping.test_client().get("/dev/mail").text


@pytest.mark.parametrize("others", [{"mail_host": "mail.example.org"}, {"env": "production"}])
def test_where_mail_is_sent_the_pages_don_t_exist(keeping: Flask, reader: FlaskClient, others: dict[str, str]) -> None:
    """A14: production keeps no mail where it can be read."""
    baton = keeping.extensions["baton"]
    keeping.extensions["baton"] = dataclasses.replace(baton, settings=dataclasses.replace(baton.settings, **others))
    assert reader.get("/dev/mail").status_code == 404
    assert reader.get("/dev/mail/1").status_code == 404


def test_templates_know_where_mail_is_kept(keeping: Flask, app: Flask) -> None:
    asked: Callable[[], str] = lambda: render_template_string("{{ kept_mail_url }}")  # noqa: E731  # asked twice
    with keeping.test_request_context():
        assert asked() == "/dev/mail"
    with app.test_request_context():
        assert asked() == "None"
