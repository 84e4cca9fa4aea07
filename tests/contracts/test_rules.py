"""Each rule of docs/rules.md is cited by a test."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULE = re.compile(r"^([A-Z]\d+)\. ", re.MULTILINE)
CITED = re.compile(r"\b([A-I]\d{1,2})\b")
DOCSTRING = re.compile(r'"""(.*?)"""', re.DOTALL)


def test_each_rule_is_cited_in_the_docstring_of_a_test() -> None:
    rules = RULE.findall((ROOT / "docs" / "rules.md").read_text(encoding="utf-8"))
    assert len(rules) == len(set(rules)) >= 60
    cited: Counter[str] = Counter()
    for path in (ROOT / "tests").rglob("test_*.py"):
        cited.update(set(CITED.findall(" ".join(DOCSTRING.findall(path.read_text(encoding="utf-8"))))))
    assert [rule for rule in rules if not cited[rule]] == []
