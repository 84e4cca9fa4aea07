"""The title of a page that was refused: it begins with the problem, which a screen reader says first."""

from types import SimpleNamespace

import pytest
from flask import Flask, render_template_string

PAGE = "{% extends 'layouts/base.html' %}{% block title %}{% if late %}{{ _('Problem:') }} {% endif %}A &amp; B{% endblock %}"


@pytest.mark.parametrize("errors, late", [({"a": ["No."]}, False), ({"a": ["No."]}, True), ({}, True)])
def test_a_problem_is_said_once_whoever_says_it(app: Flask, errors: dict[str, list[str]], *, late: bool) -> None:
    with app.test_request_context("/"):
        html = render_template_string(PAGE, form=SimpleNamespace(errors=errors), late=late)
    assert "<title>Problem: A &amp; B - Baton</title>" in html


def test_without_one_nothing_stands_before_it(app: Flask) -> None:
    with app.test_request_context("/"):
        assert "<title>A &amp; B - Baton</title>" in render_template_string(PAGE, form=SimpleNamespace(errors={}))
