"""Reply addresses: where the key stands, and which settings make no sense."""

import dataclasses

import pytest
from flask import Flask

from forum.config import SettingsError
from forum.content.answering import keys_in, reply_address, without_keys
from tests.cast import Cast
from tests.support.databases import settings_for


def test_a_key_stands_where_the_setting_says(app: Flask, cast: Cast) -> None:
    """A14: 192 bits, the same each time, in at most 64 characters before the "@"; found again in any capitals, and only there."""
    baton = app.extensions["baton"]
    for given, begins in (
        ("reply@example.org", "reply+"),
        ("{key}@reply.example.org", ""),
        ("r-{key}@example.org", "r-"),
    ):
        app.extensions["baton"] = dataclasses.replace(
            baton, settings=dataclasses.replace(baton.settings, reply_address=given)
        )
        with app.test_request_context("/"):
            address = reply_address(cast.champion, None)
            local, _at, domain = address.partition("@")
            key = local.removeprefix(begins)
            assert (len(key), domain, len(local) <= 64) == (48, given.partition("@")[2], True)
            assert address == reply_address(cast.champion, None) != reply_address(cast.colleague, None)
            assert keys_in(f"To: <{address.upper()}>, {address}") == [key]
            assert keys_in(f"{address}.evil.org x{address} {key}") == []
            broken = f"> {address[:20]}\n> {address[20:40]}=\n{address[40:]} and words"
            assert without_keys(broken) == "> … and words"


@pytest.mark.parametrize(
    "given", ["reply", "a{key}b{key}@example.org", "reply@{key}.org", "re ply@example.org", f"{'a' * 17}@b.org"]
)
def test_an_address_that_makes_no_sense_stops_the_start(given: str, database_url: str) -> None:
    with pytest.raises(SettingsError, match="BATON_REPLY_ADDRESS"):
        settings_for(database_url, reply_address=given)


def test_a_mailbox_needs_a_reply_address(database_url: str) -> None:
    with pytest.raises(SettingsError, match="BATON_IMAP_HOST is set and BATON_REPLY_ADDRESS"):
        settings_for(database_url, imap_host="imap.example.org")
