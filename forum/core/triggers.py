"""Making a trigger on either database. Migrations use it: what a room's text is made from is noted, so that the search indexes it."""

from collections.abc import Sequence

from alembic import op

NEW, OLD, BOTH = ("NEW",), ("OLD",), ("OLD", "NEW")


def make_trigger(name: str, when: str, what: str, *, rows: Sequence[str] = NEW, condition: str = "") -> None:
    """Make the trigger `name`. `when` is such as "AFTER UPDATE OF title ON item"; `what` says `{row}` for each of `rows`."""
    done = " ".join(f"{what.format(row=row)};" for row in rows)
    if op.get_bind().dialect.name == "sqlite":
        on = f"WHEN {condition} " if condition else ""
        op.execute(f"CREATE TRIGGER {name} {when} {on}BEGIN {done} END")
        return
    on = f"WHEN ({condition}) " if condition else ""
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {done} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW {on}EXECUTE FUNCTION {name}()")


def drop_trigger(name: str, when: str) -> None:
    """Take it away again."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON {when.rpartition(' ')[2]}")
    op.execute(f"DROP FUNCTION {name}()")
