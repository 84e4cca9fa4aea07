"""What somebody might type that is no question."""

from collections.abc import Sequence

ODD: Sequence[str] = (
    "", " ", "*", "-", '"', '""', "NEAR(", "NEAR(a b, 3)", "a AND", "OR", "NOT NOT", "in:", "by:", "tag: kind:", "is:", "before:",
    "before:2026-02-30", "after:9999-12-31", "before:0001-01-01", "kind:nothing", "is:nothing", "in:night-desk", "in:nowhere",
    "tag:no-such-tag", "by:nobody", "a:b:c", "^a", "{a}:b", "a*b*", "***", "-*", '-"', "\\", "'", "%", "_", "$$", "--", "; DROP TABLE",
    "\0", "a\0b", "\x1b[31m", "\u202eabc", "😀", "ﬁ", "İ", "0s1", "0all", "0z", "zz0", "<script>", "{{7*7}}", "a" * 5000,
    "word " * 10_000, "-in:champions", "-is:open", "kind:person carla", '"' * 2001, "in:" * 500, "é" * 300, "[a-z]+", "(((((",
    "title:a", "scope:0s1", "a -a", "-a -b", "after:2026 before:2025",
)  # fmt: skip
