"""The limit page: the least that a signed-in page of 20 stored posts can be in Flask, with a template of the same size."""

import os

from flask import Flask, render_template_string
from flask_login import LoginManager, UserMixin, login_required
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import column, table

database = SQLAlchemy()
logins = LoginManager()
post = table("post", column("item_id"), column("number"), column("author_id"), column("html"), column("created_at"))
person = table("person", column("id"), column("name"))
web_session = table("web_session", column("token_hash"), column("person_id"))

TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Limit</title></head><body>
{% for row in posts %}<article id="p{{ row.number }}"><h3>{{ row.name }}</h3>
<time datetime="{{ row.created_at }}">{{ row.created_at }}</time>
{{ row.html|safe }}</article>
{% endfor %}
<!-- {{ filler }} -->
</body></html>"""


class User(UserMixin):
    """Somebody who is signed in."""

    def __init__(self, token: str) -> None:
        self.id = token


def create_limit_app(*, database_url: str, secret_key: str, filler: int) -> Flask:
    """Make the app; `filler` is how many characters its template lacks to be of the product page's size."""
    app = Flask("limit")
    app.config.update(SQLALCHEMY_DATABASE_URI=database_url, SECRET_KEY=secret_key, SESSION_COOKIE_NAME="baton")
    database.init_app(app)
    logins.init_app(app)
    padding = "x" * filler

    @logins.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
    def load(token: str) -> User | None:
        from forum.core.secrets import hashed  # noqa: PLC0415  # the product's cookie, so that both are signed in alike

        found = database.session.execute(
            database.select(person.c.id, person.c.name)
            .join(web_session, web_session.c.person_id == person.c.id)
            .where(web_session.c.token_hash == hashed(token))
        ).one_or_none()
        return User(token) if found else None

    @app.get("/posts/<int:item_id>/<int:after>")
    @login_required  # type: ignore[untyped-decorator]  # Flask-Login ships no types
    def posts(item_id: int, after: int) -> str:
        rows = database.session.execute(
            database.select(post.c.number, post.c.html, post.c.created_at, person.c.name)
            .join(person, person.c.id == post.c.author_id)
            .where(post.c.item_id == item_id, post.c.number > after)
            .order_by(post.c.number)
            .limit(20)
        ).all()
        return render_template_string(TEMPLATE, posts=rows, filler=padding)

    return app


def from_environ() -> Flask:
    """Make the app as the benchmark's parent asks."""
    return create_limit_app(
        database_url=os.environ["BATON_DATABASE_URL"],
        secret_key=os.environ["BATON_SECRET_KEY"],
        filler=int(os.environ["BENCH_FILLER"]),
    )
