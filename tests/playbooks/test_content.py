"""What a playbook says as text, step by step: kept as a draft, moved about, compared, and a change carried over."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.errors import Invalid
from forum.playbooks.comparing import compare, merged
from forum.playbooks.content import Content, StepText, compose, drafted, items_of, pressed, read, with_keys
from forum.playbooks.exporting import as_markdown, as_text
from forum.playbooks.writing import LONGEST_STEP, MOST_STEPS, checked
from tests.playbooks.steps import steps

TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40).map(
    lambda text: text.replace("\r", "")
) | st.sampled_from(["# Step", "\\# Step", "# Warning\n# When to use it", "\\\\#", "# Step step000000"])
STEP = st.builds(StepText, text=TEXT, warning=TEXT, proof=TEXT, key=st.sampled_from(["", "step000000", "step000001"]))


@given(when=TEXT, found=st.lists(STEP, max_size=4))
def test_a_draft_is_taken_apart_as_it_was_put_together(when: str, found: list[StepText]) -> None:
    """B5: whatever is typed, headings of ours among it, nothing is lost and no step swallows another."""
    content = Content(when=when, steps=found)
    assert read(compose(content)) == replace(content, steps=list(found))


def test_a_story_becomes_steps_in_the_order_in_which_they_are_done() -> None:
    content = drafted(
        title="The map is blank",
        answers={
            "saw": "A grey box.",
            "fixed": "First this:\n\n1. Open the settings.\n   - Not the old ones.\n2. Set `3.4`.\n\n   Then save.",
            "check": "Borrow the old iPad.",
            "prevent": "* Look on Mondays.\n* Tell the desk.",
        },
        most=60,
    )
    assert [step.text for step in content.steps] == [
        "Borrow the old iPad.",
        "First this:",
        "Open the settings.\n- Not the old ones.",
        "Set `3.4`.\n\nThen save.",
        "Look on Mondays.",
        "Tell the desk.",
    ]
    assert content.when == "A grey box."
    assert items_of("One.\nStill one.\n\nTwo.") == ["One.\nStill one.", "Two."]
    assert items_of("  \n") == []


@pytest.mark.parametrize(
    "press, there, at",
    [
        ("up 1", "bac", 0), ("up 0", "abc", 0), ("down 1", "acb", 2), ("down 2", "abc", 2), ("drop 1", "ac", 1),
        ("undrop 1", "agbc", 1), ("undrop 99", "abcg", 3), ("add 0", "a-bc", 1),
    ],
)  # fmt: skip
def test_steps_are_put_in_order_by_presses(press: str, there: str, at: int) -> None:
    found = pressed([StepText(text=one) for one in "abc"], press, gone=StepText(text="g"))
    assert found is not None
    assert ("".join(step.text or "-" for step in found[0]), found[1]) == (there, at)


def test_no_other_press_does_anything() -> None:
    for press in ("", "up", "up -1", "up 3", "drop 3", "up \u0661", "sideways 1", "up 1 2", "up 99999"):
        assert pressed(steps("a", "b", "c"), press, gone=StepText(text="")) is None


def test_bad_input_is_named_field_by_field_and_nothing_is_cut() -> None:
    """50 kB in a step, 300 steps, empty ones, control characters: each has its own sentence."""
    with pytest.raises(Invalid) as problem:
        checked(
            Content(title=" ", when="x" * 2000, steps=[StepText(text="x" * 50_000), StepText(text="", proof="It is.")])
        )
    assert set(problem.value.errors) == {"title", "when", "s0-text", "s1-text"}
    assert "50,000 characters" in problem.value.errors["s0-text"][0]
    with pytest.raises(Invalid) as problem:
        checked(Content(title="x", steps=[StepText(text=str(number)) for number in range(300)]))
    assert "300 steps" in problem.value.errors["steps"][0]
    with pytest.raises(Invalid) as problem:
        checked(Content(title="x", steps=[StepText(text="x" * LONGEST_STEP)] * MOST_STEPS))
    assert "together" in problem.value.errors["steps"][0]
    with pytest.raises(Invalid):
        checked(Content(title="x", steps=[StepText(text=" "), StepText(text="")]))
    content = checked(
        Content(title="a\x00b\n c", steps=[StepText(text="x\x00\u202ey"), StepText(text=""), StepText(text="z")])
    )
    assert (content.title, [step.text for step in content.steps]) == ("ab c", ["xy", "z"])


def test_keys_that_are_wrong_or_stand_twice_are_made_anew() -> None:
    found = with_keys(
        [StepText(text="a", key="step000000"), StepText(text="b", key="step000000"), StepText(text="c", key="<b>")]
    )
    assert found[0].key == "step000000"
    assert len({step.key for step in found}) == 3
    assert all(len(step.key) == 10 for step in found)


def test_a_change_is_told_step_by_step() -> None:
    before = Content(title="A", steps=steps("one", "two", "three", "four"))
    one, two, _three, four = before.steps
    after = Content(
        title="B", steps=[four, one, replace(two, text="two and a half"), StepText(key="step000009", text="new")]
    )
    change = compare(before, after)
    assert [(step.kind, step.number, step.was, step.is_moved) for step in change.steps] == [
        ("same", 1, 4, True),
        ("same", 2, 1, False),
        ("changed", 3, 2, False),
        ("gone", None, 3, False),
        ("new", 4, None, False),
    ]
    assert change.title is not None
    assert change.when is None
    assert change.unchanged == 1
    assert compare(before, before).is_nothing


def test_what_both_sides_changed_is_kept_and_told_and_the_rest_fits_in() -> None:
    """A proposal never writes over what came meanwhile."""
    base = Content(title="A", when="w", steps=steps("one", "two", "three"))
    one, two, three = base.steps
    theirs = Content(
        title="A", when="w", steps=[replace(one, text="one!"), two, StepText(key="step000007", text="theirs")]
    )
    mine = Content(
        title="Mine",
        when="w",
        steps=[
            replace(one, text="ONE"),
            replace(two, text="TWO"),
            StepText(key="step000008", text="new"),
            replace(three, text="3"),
        ],
    )
    found, clashes = merged(base, theirs, mine)
    assert [step.text for step in found.steps] == ["one!", "TWO", "new", "theirs"]
    assert found.title == "Mine"
    assert {(clash.key, clash.said) for clash in clashes} == {(one.key, "ONE"), (three.key, "3")}
    # What one side took out stays out; taken out on one side and changed on the other is told.
    found, clashes = merged(base, replace(base, steps=[replace(one, text="x"), two]), replace(base, steps=[three, two]))
    assert [step.text for step in found.steps] == ["x", "two"]
    assert [(clash.key, clash.said) for clash in clashes] == [(one.key, "")]
    # An order that only one side changed is taken over.
    found, clashes = merged(base, base, replace(base, steps=[three, one, two]))
    assert ([step.text for step in found.steps], clashes) == (["three", "one", "two"], [])


def test_it_is_copied_as_a_checklist_of_either_kind() -> None:
    content = Content(
        title="The map",
        when="It is blank.",
        steps=[StepText(text="Open\nthe **box**", warning="Hot", proof="It is on")],
    )
    marked, plain = as_markdown(content, source="v1"), as_text(content, source="v1")
    assert "- [ ] Open\n      the **box**\n      - Watch out: Hot\n" in marked
    assert "[ ]  1. Open\n        the **box**\n        Watch out: Hot\n" in plain
    assert marked.endswith("_v1_\n")
