"""How Markdown comes out: what people expect from a forum, and pages that can be heard as well as seen."""

from forum.core.markup import opening, plain
from tests.core.markup_texts import html, made, tags


def test_what_looks_like_html_or_a_template_is_shown_as_it_was_typed() -> None:
    """A12."""
    assert html("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    assert html('<div class="error">It broke</div>') == '<p>&lt;div class="error"&gt;It broke&lt;/div&gt;</p>'
    assert html("{{7*7}}") == "<p>{{7*7}}</p>"
    assert html("{% raw %}${7*7}") == "<p>{% raw %}${7*7}</p>"
    assert html("AT&T, &lt;b&gt; and &#x202e;") == "<p>AT&amp;T, &amp;lt;b&amp;gt; and &amp;#x202e;</p>"
    assert html("`&lt; <b>`") == "<p><code>&amp;lt; &lt;b&gt;</code></p>"
    assert html("<!-- gone? -->") == "<p>&lt;!-- gone? --&gt;</p>"


def test_html_in_a_list_a_table_a_heading_and_a_footnote_is_text_too() -> None:
    """A12."""
    page = html("# <i>\n\n- <i>\n\n|<i>|b|\n|---|---|\n|c|<i>|\n\n[^1] <i>\n\n[^1]: <i>\n")
    assert "<i>" not in page
    assert page.count("&lt;i&gt;") == 6


def test_headings_stay_below_those_of_the_page() -> None:
    page = html("# One\n\n## Two\n\n### Three\n\n###### Six\n\nSetext\n===\n")
    assert [tag for tag, _ in tags(page)] == ["h4", "h5", "h6", "h6", "h4"]


def test_a_number_sign_without_a_space_is_not_a_heading() -> None:
    assert html("#bins") == "<p>#bins</p>"


def test_a_line_end_is_a_line_end() -> None:
    assert html("one\ntwo") == "<p>one<br>\ntwo</p>"


def test_a_list_may_follow_its_sentence_directly() -> None:
    listed = "<ul>\n<li>bins</li>\n<li>bags</li>\n</ul>"
    assert html("We need:\n- bins\n- bags") == f"<p>We need:</p>\n{listed}"
    assert html("> We need:\n> - bins\n> - bags") == f"<blockquote>\n<p>We need:</p>\n{listed}\n</blockquote>"


def test_a_dash_in_the_middle_of_an_item_begins_no_list() -> None:
    assert html("- one\n  - and a half\n- two").count("<ul>") == 1


def test_text_struck_through_is_deleted_text() -> None:
    assert html("~~Monday~~ Tuesday") == "<p><del>Monday</del> Tuesday</p>"


def test_code_between_fences_needs_no_empty_lines_around_it() -> None:
    block = '<pre><code class="language-python">if a &lt; b:\n    pass</code></pre>'
    assert html("See:\n```python\nif a < b:\n    pass\n```\nThere.") == f"<p>See:</p>\n{block}\n<p>There.</p>"


def test_code_between_fences_stands_in_quotes_and_lists() -> None:
    assert "<blockquote>\n<p>so</p>\n<pre><code>- x</code></pre>" in html("> so\n> ```\n> - x\n> ```")
    assert "<p>so</p>\n<pre><code>x</code></pre>\n</li>" in html("- so\n\n    ```\n    x\n    ```")


def test_code_brings_no_attributes_of_its_own() -> None:
    """A12."""
    page = html('``` {.python #top onclick="x()" style="color:red"}\nx\n```\n\n``` python id="y" class="z"\nx\n```')
    assert all(set(attributes) <= {"class"} for _, attributes in tags(page))
    assert "onclick" not in page


def test_a_task_says_in_words_whether_it_is_done() -> None:
    page = html("- [x] Book the room\n- [ ] Ask Dan\n- plain")
    assert '<li class="task" data-state="done"><span class="vh">done: </span>Book the room</li>' in page
    assert '<li class="task" data-state="to-do"><span class="vh">to do: </span>Ask Dan</li>' in page
    assert "<li>plain</li>" in page
    assert "<input" not in page


def test_tasks_apart_from_each_other_are_tasks_too() -> None:
    assert html("- [x] one\n\n- [ ] *two*").count('class="task"') == 2


def test_a_table_scrolls_by_keyboard_and_its_headers_head_columns() -> None:
    found = tags(html("| Day | Bins |\n|:---|---:|\n| Monday | 4 |"))
    assert found[0] == ("div", {"class": "table", "role": "group", "aria-label": "Table", "tabindex": "0"})
    assert ("th", {"scope": "col", "data-align": "left"}) in found
    assert ("td", {"data-align": "right"}) in found
    assert not any("style" in attributes or "align" in attributes for _, attributes in found)


def test_footnotes_of_two_posts_on_one_page_do_not_clash() -> None:
    source = "Bins[^a] and bags[^a].\n\n[^a]: See the list."
    pages = html(source), made(source, anchor="p2").html
    ids = [attributes["id"] for page in pages for _, attributes in tags(page) if "id" in attributes]
    assert len(ids) == len(set(ids)) == 6
    for page in pages:
        found = tags(page)
        own = {attributes["id"] for _, attributes in found if "id" in attributes}
        assert {a["href"].removeprefix("#") for tag, a in found if tag == "a"} == own


def test_a_footnote_is_called_by_number_and_never_by_what_was_typed() -> None:
    page = html('x[^"><script>]\n\n[^"><script>]: y')
    assert [a["id"] for _, a in tags(page) if "id" in a] == ["fnref:p1-1", "fn:p1-1"]
    assert "Back to the text of footnote 1" in page


def test_the_text_part_of_a_mail_has_the_words_and_nothing_else() -> None:
    """A12."""
    page = html(
        "# Bins\n\none\ntwo @priya\n\n> [post 4]\n> said\n\n- [x] done <b>\n- next\n\n"
        "|a|b|\n|-|-|\n|c|d|\n\n```\nx  <y>\nz\n```\n\nA note[^1]\n\n[^1]: below"
    )
    assert plain(page) == (
        "Bins\n\none\ntwo @Priya Nair\n\nSunil Rao in post 4\n\nsaid\n\ndone: done <b>\nnext\n\n"
        "a b\nc d\n\nx <y>\nz\n\nA note1\n\nbelow"
    )


def test_an_image_is_its_description_in_plain_text() -> None:
    assert plain(html('![The "new" bins & bags](/attachments/12/a.png)')) == 'The "new" bins & bags'


def test_plain_text_takes_time_in_proportion_to_its_length() -> None:
    """B7."""
    for odd in ("<", "<a", '<a"', "<a \"'", "&", "<p>", "<a b"):
        assert plain(odd * 100_000) is not None


def test_the_opening_of_a_text_is_its_own_words() -> None:
    quote = (
        '<figure class="quote"><figcaption>Sunil in post 2</figcaption><blockquote><p>Ours.</p></blockquote></figure>'
    )
    assert opening(f"{quote}<p>The same.</p>", length=40) == "The same."
    assert opening(quote, length=40) == "Sunil in post 2 Ours."
    assert opening(f"<p>The same.</p>{quote}"[:60], length=40) == "The same.", "what is cut off inside a quote"
    assert opening('<p>The same <a href="https://exam', length=40) == "The same"
    assert opening("<p>" + "word " * 40 + "</p>", length=20) == "word word word …"


def test_plain_text_for_mail_keeps_the_numbers_of_lists_that_count() -> None:
    page = html("See step 4:\n\n3. Stop\n4. Look\n    - left\n        1. again\n    - right\n5. Go\n\n- bins\n")
    assert "1." not in plain(page)
    lines = [line for line in plain(page, counts=True).split("\n") if line]
    assert lines == ["See step 4:", "3. Stop", "4. Look", "left", "1. again", "right", "5. Go", "bins"]
    loose = plain(html("1. One\n\n    More\n\n2. Two"), counts=True)
    assert loose.split("\n\n") == ["1. One", "More", "2. Two"]
