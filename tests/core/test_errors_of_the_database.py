"""What an error of the database says."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from forum.core.db import db


@pytest.mark.both_databases
def test_an_error_of_the_database_names_none_of_the_values(app: Flask) -> None:
    """A14: it ends in the log, and the values may be tokens and what people wrote. Fails without `hide_parameters`."""
    with app.app_context(), pytest.raises(SQLAlchemyError) as error:
        db.session.execute(text("SELECT * FROM nowhere WHERE token = :token"), {"token": "t0ken-of-somebody"})
    assert "nowhere" in str(error.value)
    assert "t0ken-of-somebody" not in f"{error.value} {error.value!r}"
