"""`baton retention` and `baton close-due`."""

from pathlib import Path

from tests.cli.process import baton, environment


def test_a_dry_run_lists_every_kind_and_its_setting(tmp_path: Path) -> None:
    """And the run the same; a period that makes no sense stops both."""
    env = environment(tmp_path / "var")
    assert baton("migrate", env=env).returncode == 0
    dry = baton("retention", "--dry-run", env=env)
    assert (dry.returncode, dry.stderr) == (0, "")
    lines = dry.stdout.splitlines()
    assert lines[-1] == "0 would end. Nothing was changed."
    for setting in ("SESSIONS", "LINKS", "INVITATIONS", "MAIL", "DELIVERIES", "DRAFTS", "UNSENT", "REMOVED"):
        assert any(f"(BATON_KEEP_{setting}_DAYS)" in line and "before 2" in line for line in lines)
    assert sum("kept for good" in line for line in lines) == 2
    done = baton("retention", env=env)
    assert done.stdout.splitlines()[-1] == "0 ended."
    assert baton("close-due", env=env).stdout == "0 accounts closed.\n"
    wrong = baton("retention", env={**env, "BATON_KEEP_DRAFTS_DAYS": "soon"})
    assert (wrong.returncode, "whole number" in wrong.stderr) == (2, True)
