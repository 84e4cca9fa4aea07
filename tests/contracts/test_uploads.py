"""Addresses that take files: few, marked, and known to the server by how they end (A13)."""

import io

import pytest
from flask import Flask, request

from forum.app import LARGEST_REQUEST
from forum.web.uploads import ENDING, MARK, Upload, largest_upload
from tests.cast import csrf_token
from tests.support.databases import settings_for


def test_addresses_that_take_files_end_alike_and_no_others_do(app: Flask) -> None:
    """The server lets larger requests through by the ending, the app by the mark: they speak of the same addresses."""
    by_mark = {
        rule.endpoint for rule in app.url_map.iter_rules() if getattr(app.view_functions[rule.endpoint], MARK, False)
    }
    by_ending = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.endswith(ENDING)}
    assert by_mark == by_ending
    assert len(by_mark) >= 5


def test_every_other_address_takes_no_more_than_before(app: Flask) -> None:
    """Planted: with the limit lifted for all, this was read to its end."""
    client = app.test_client()
    form = {"csrf_token": csrf_token(client), "email": "a@example.org", "more": "x" * (LARGEST_REQUEST + 1)}
    assert client.post("/sign-in", data=form).status_code == 413


def test_a_file_sent_to_any_other_address_is_kept_nowhere(app: Flask) -> None:
    """Not a byte beyond the first: what isn't asked for takes no room."""
    with app.test_request_context("/sign-in", method="POST", data={"file": (io.BytesIO(b"Words."), "a.txt")}):
        assert request.files["file"].read() == b"W"


def test_of_a_file_that_is_too_large_no_more_is_kept_than_shows_it() -> None:
    """A13: whatever comes, six bytes are room enough to see that it is more than five."""
    with Upload(5) as upload:
        for _piece in range(1000):
            assert upload.write(b"words") == 5
        upload.seek(0)
        assert upload.read() == b"wordsw"


@pytest.mark.parametrize("megabytes", [1, 10, 100])
def test_the_limit_of_a_request_follows_the_setting(megabytes: int) -> None:
    settings = settings_for("sqlite://", attachment_mb=megabytes)
    assert largest_upload(settings, ordinary=7) == 6 * megabytes * 1024 * 1024 + 7
