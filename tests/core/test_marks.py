"""Transactions of marks: the search needn't look at what they wrote."""

from flask import Flask

from forum.core.db import transaction, transaction_of_marks
from tests import factories
from tests.cast import Cast
from tests.search.steps import as_made_anew, indexed


def test_marks_inside_a_transaction_leave_its_texts_to_be_found(app: Flask, cast: Cast) -> None:
    """Whoever marks something as read in the middle of writing doesn't keep the writing out of the index."""
    with app.test_request_context("/"):
        with transaction():
            with transaction_of_marks():
                pass
            factories.make_thread(cast.champions, author=cast.champion, texts=["Wombats."])
        assert indexed()
        assert indexed() == as_made_anew()
