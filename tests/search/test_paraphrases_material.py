"""The questions that search is judged by are well formed, and those for tuning are kept apart from those for the evaluation."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "paraphrases"
LISTS = ("tuning", "more", "evaluation")


def lines(name: str) -> list[dict[str, Any]]:
    """Return what is on the lines of one file."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def words(text: str) -> int:
    """Return how many words a text has."""
    return len(text.split())


def plain(text: str) -> str:
    """Return a text without what does not make it another question."""
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def test_every_thread_is_whole() -> None:
    threads = lines("corpus")
    assert len(threads) >= 220
    assert len({thread["id"] for thread in threads}) == len(threads)
    assert len({plain(thread["title"]) for thread in threads}) == len(threads)
    for thread in threads:
        assert set(thread) == {"id", "title", "tags", "post", "replies", "accepted"}, thread["id"]
        assert thread["tags"], thread["id"]
        assert all(tag == tag.strip().lower() for tag in thread["tags"]), thread["id"]
        assert 60 <= words(thread["post"]) <= 150, thread["id"]
        assert 1 <= len(thread["replies"]) <= 4, thread["id"]
        assert all(20 <= words(reply) <= 80 for reply in thread["replies"]), thread["id"]
        assert thread["accepted"] is None or 0 <= thread["accepted"] < len(thread["replies"]), thread["id"]


def test_every_question_is_about_a_thread_that_is_there_and_copies_no_title() -> None:
    titles = {thread["id"]: plain(thread["title"]) for thread in lines("corpus")}
    for name in LISTS:
        questions = lines(name)
        assert len(questions) == (96 if name == "more" else 60), name
        for question in questions:
            assert set(question) == {"question", "thread"}
            assert question["thread"] in titles, question
            assert 3 <= words(question["question"]) <= 20, question
            assert plain(question["question"]) not in titles.values(), question


def test_no_thread_is_asked_about_twice_in_one_list_or_in_both() -> None:
    asked = [question for name in LISTS for question in lines(name)]
    assert len({question["thread"] for question in asked}) == len(asked)
    assert len({plain(question["question"]) for question in asked}) == len(asked)
