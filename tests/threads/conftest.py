"""The question that tests of single posts are about."""

import pytest
from flask import Flask

from forum.threads.models import Thread
from tests import factories
from tests.cast import Cast
from tests.content.steps import address


@pytest.fixture
def question(app: Flask, cast: Cast) -> Thread:
    """Give a question of Carla's with replies by Colin and Stella."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, texts=["Who empties the blue bin?"])
        factories.make_post(thread, author=cast.colleague, text="The depot.")
        factories.make_post(thread, author=cast.steward, text="On Fridays.")
    return thread


@pytest.fixture
def url(app: Flask, question: Thread) -> str:
    """Give the question's address."""
    return address(app, question)
