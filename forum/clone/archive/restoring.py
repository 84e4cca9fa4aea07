"""Making a space of an archive that was looked through: some rows at a time, each time noting how far it got.

The space is there from the first moment, private and put away, and nobody belongs to it: nobody sees it and nothing looks after it. The
last piece lets people in. Whoever takes the work up after a crash goes on behind the last piece that was committed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice

from sqlalchemy import Table, bindparam, delete, insert, select, update

from forum.clone.archive import AT_ONCE, FILE, MEMBERSHIP, PERSON, SPACE, in_batches
from forum.clone.archive.files import examined
from forum.clone.archive.looking import try_out
from forum.clone.archive.measure import Measure
from forum.clone.archive.models import Restore, RestoredRow
from forum.clone.archive.newcomers import accounts_in, bring, everybody, open_departments
from forum.clone.archive.opening import Archive
from forum.clone.archive.packing import Step
from forum.clone.archive.placing import Account, Placing
from forum.clone.archive.rooms import has_own_key, made_of
from forum.clone.archive.taking import KEY
from forum.clone.archive.texts import Texts, lay_out
from forum.clone.texts import texts_of
from forum.content.attachments.taking import store
from forum.core.archiving import Row
from forum.core.db import Base, db, transaction
from forum.core.errors import Invalid
from forum.core.leased import Claim, WorkState, longer
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces.log import record
from forum.spaces.models import Membership, Role, Space, Visibility
from forum.spaces.queries import membership_of
from forum.web.words import _

PEOPLE, WITHIN, END = "people", "within", "end"


class Restoring:
    """One archive on its way into its space."""

    def __init__(
        self, archive: Archive, job: Restore, held: Claim, *, step: Step, pause: Callable[[], None] = lambda: None
    ) -> None:
        """`pause` is called after each piece that was committed; it may raise, as a crash would."""
        self.archive, self.job, self.held, self.step, self.pause = archive, job, held, step, pause
        self.measure = Measure(job.done, archive.manifest.total, is_in_halves=job.by_address)
        self.left_files = set(job.report.get("left_files", ()))
        self.placing: Placing
        self.texts: Texts

    def run(self) -> Space:
        """Do what is left to do, and return the space. Raises Invalid when its address was taken meanwhile, NotWantedError."""
        accounts = self._matched() if self.job.at_table in {"", PEOPLE} else {}
        space = self._space()
        self.placing = self._placing(space)
        self.placing.learn_refs(self.archive)
        self.archive.again()
        self.texts = Texts(self.archive, self.placing)
        stages = [PEOPLE, *(table.name for table in self.placing.rooms.tables if table.name != MEMBERSHIP), WITHIN]
        begun = stages.index(self.job.at_table) if self.job.at_table else 0
        for stage in stages[begun:]:
            if stage == PEOPLE:
                self._people(accounts)
            elif stage == WITHIN:
                self._within()
            else:
                self._table(Base.metadata.tables[stage])
        return self._let_in(space)

    def _matched(self) -> Mapping[int, Account]:
        """Return who of the file has an account here, if that was chosen. What they make of it is tried out before anything is made."""
        accounts = accounts_in(self.archive) if self.job.by_address else {}
        if accounts:
            try_out(self.archive, secret=self.job.uuid, step=self.measure.first_half(self.step), accounts=accounts)
        self.archive.again()
        return accounts

    def _space(self) -> Space:
        """Return the space; the first time it is made. Its own texts are laid out when it is known who is named in them."""
        if self.job.space_id is not None:
            return db.session.get_one(Space, self.job.space_id, populate_existing=True)
        said = self.archive.space()
        with transaction():
            job = db.session.get_one(Restore, self.job.id, populate_existing=True)
            if db.session.scalar(select(Space.id).where(Space.slug == job.slug)) is not None:
                raise Invalid(
                    {"slug": [_("Another space has the address “%(slug)s”. Choose another one.", slug=job.slug)]}
                )
            space = Space(**said)
            space.name, space.slug, space.visibility = job.name, job.slug, Visibility.PRIVATE
            space.archived_at, space.maker_id = now(), job.person_id
            db.session.add(space)
            db.session.flush()
            self.held = longer(Restore, self.held, space_id=space.id, at_table=PEOPLE, at_row=0)
        self._fresh()
        return space

    def _fresh(self) -> None:
        self.job = db.session.get_one(Restore, self.job.id, populate_existing=True)

    def _placing(self, space: Space) -> Placing:
        manifest = self.archive.manifest
        placing = Placing(
            secret=self.job.uuid,
            space_id=space.id,
            slug=space.slug,
            at=self.job.asked_at,
            zone=space.zone,
            site=manifest.site,
            old_slug=manifest.slug,
        )
        query = select(RestoredRow.kind, RestoredRow.key, RestoredRow.new_id).where(
            RestoredRow.restore_id == self.job.id
        )
        for kind, key, new_id in db.session.execute(query.execution_options(yield_per=AT_ONCE)):
            placing.note(kind, key, new_id)
        self._know(placing)
        return placing

    def _know(self, placing: Placing) -> None:
        """Know who of the file has an account here, and what the others are called."""
        known = select(RestoredRow.key, Person).join(Person, Person.id == RestoredRow.new_id)
        rows = known.where(RestoredRow.restore_id == self.job.id, RestoredRow.kind == PERSON)
        for key, person, is_new in db.session.execute(rows.add_columns(RestoredRow.is_new)):
            placing.names[key] = person.name
            if not is_new:
                placing.accounts[key] = Account(person.id, person.handle, person.name)
        db.session.rollback()

    def _people(self, accounts: Mapping[int, Account]) -> None:
        """Let everybody who is named be somebody here: who has an account, if that was chosen, else a placeholder without rights."""
        begun = self.job.at_row
        for some in in_batches(islice(everybody(self.archive), begun, None), AT_ONCE):
            begun += len(some)
            with transaction():
                bring(some, self.job, self.placing, accounts)
                self._note(PEOPLE, begun)
            self._went()
        self._know(self.placing)
        words = self._own_words()
        with transaction():
            space = db.session.get_one(Space, self.placing.space_id, populate_existing=True)
            for name, value in words.items():
                setattr(space, name, value)
            self._note(self.placing.rooms.tables[0].name, 0)
        self._went()

    def _own_words(self) -> Row:
        """Return the space's own texts as they are here, and their HTML. Takes time: called before the transaction."""
        table, said = Base.metadata.tables[SPACE], self.archive.space()
        made = made_of(table)
        words: Row = {}
        for column in texts_of(table):
            if column.name in said and column.name != "name":
                words[column.name] = self.placing.in_text(said[column.name])[: getattr(column.type, "length", None)]
        for source, (html, renderer) in made.items():
            laid, is_whole = lay_out(words[source], field=source)
            self.texts.as_words += not is_whole
            words |= {source: laid.source, html: laid.html, renderer: laid.renderer}
        return words

    def _note(self, table: str, row: int) -> None:
        values: dict[str, object] = {"done": self.measure.so_far()}
        if self.texts.as_words:
            before = self.job.report.get("as_words", 0)
            values["report"] = {**self.job.report, "as_words": before + self.texts.as_words}
            self.texts.as_words = 0
        self.held = longer(Restore, self.held, at_table=table, at_row=row, attempts=0, **values)

    def _went(self) -> None:
        self._fresh()
        self.pause()

    def _table(self, table: Table) -> None:
        """Write the rows of a table that aren't there yet."""
        begun = self.job.at_row if self.job.at_table == table.name else 0
        rows = islice(self.archive.rows(table), begun, None)
        for some in in_batches(rows, AT_ONCE if table.name != FILE else 1):
            begun += len(some)
            self.measure.rows += len(some)
            with self._placed(table, some) as placed:
                laid = self.texts.laid_out(table, placed)
                with transaction():
                    self._write(table, laid)
                    self._note(table.name, begun)
            self._went()
        with transaction():
            self._note(self._after(table), 0)
        self._went()

    @contextmanager
    def _placed(self, table: Table, rows: list[Row]) -> Iterator[list[tuple[Row, Row]]]:
        """Give rows beside what is stored of each. A file is kept first, and the cleaner stays away until its row is there."""
        placed = [(row, new) for row in rows if (new := self.placing.place(table, row)) is not None]
        if table.name != FILE:
            yield placed
        elif str(rows[0][KEY]) in self.left_files:
            yield []
        else:
            ((row, new),) = placed
            with examined(self.archive, row) as looked, store().held():
                size = looked.path.stat().st_size
                found = {"name": looked.name, "media_type": looked.found.media_type, "size": size}
                found |= {"width": looked.found.width, "height": looked.found.height}
                yield [(row, new | found | {"sha256": store().keep(looked.path)})]

    def _after(self, table: Table) -> str:
        names = [one.name for one in self.placing.rooms.tables if one.name != MEMBERSHIP]
        place = names.index(table.name) + 1
        return names[place] if place < len(names) else WITHIN

    def _write(self, table: Table, placed: list[tuple[Row, Row]]) -> None:
        if not placed:
            return
        values = [new for _row, new in placed]
        if not has_own_key(table):
            db.session.execute(insert(table), values)
            return
        own = next(iter(table.primary_key.columns))
        made = db.session.execute(insert(table).returning(own, sort_by_parameter_order=True), values).scalars().all()
        if table.name not in self.placing.rooms.named:
            return
        rows = []
        for (row, _new), new_id in zip(placed, made, strict=True):
            self.placing.note(table.name, row[KEY], new_id)
            rows.append(
                {"restore_id": self.job.id, "kind": table.name, "key": row[KEY], "new_id": new_id, "is_new": True}
            )
        db.session.execute(insert(RestoredRow), rows)

    def _within(self) -> None:
        """Let rows refer to others of their table, now that those are there."""
        self.archive.again()
        for table in self.placing.rooms.tables:
            within = self.placing.rooms.within(table)
            own = next(iter(table.primary_key.columns))
            for name, target in within.items() if within else ():
                keys = self.placing.keys[target]
                for some in in_batches(row for row in self.archive.rows(table) if row[name] is not None):
                    mine = [row[KEY] if has_own_key(table) else row[own.name] for row in some]
                    found = [
                        {"mine": keys.get(key), "other": keys.get(row[name])}
                        for key, row in zip(mine, some, strict=True)
                    ]
                    change = update(table).where(own == bindparam("mine")).values({name: bindparam("other")})
                    with transaction():
                        db.session.connection().execute(change, found)
                        self._note(WITHIN, 0)
        with transaction():
            self._note(WITHIN, 0)
        self._went()

    def _bring_members(self) -> None:
        table = Base.metadata.tables[MEMBERSHIP]
        for some in in_batches(self.archive.rows(table)):
            db.session.execute(
                insert(table), [new for row in some if (new := self.placing.place(table, row)) is not None]
            )

    def _ask_again(self) -> None:
        """Hold whoever restores and whoever was matched. Accounts that were closed meanwhile are none of this space's.

        Raises Invalid when whoever restores doesn't look after the installation any more.
        """
        mine = self.job.person_id
        active: dict[int, bool] = {}
        for ids in in_batches(sorted({mine, *(one.id for one in self.placing.accounts.values())})):
            query = select(Person.id, Person.is_admin).where(Person.id.in_(ids), Person.state == PersonState.ACTIVE)
            rows = db.session.execute(query.order_by(Person.id).with_for_update(key_share=True))
            active.update((person, is_admin) for person, is_admin in rows)
        if not active.get(mine):
            said = _("Whoever restores it no longer looks after this installation. Nobody sees anything of the space.")
            raise Invalid({"file": [said]})
        for key in [key for key, one in self.placing.accounts.items() if one.id not in active]:
            del self.placing.accounts[key]

    def _let_in(self, space: Space) -> Space:
        """Let the space be seen: what was in it is complete. Whoever restored it is a steward of it."""
        said = self.archive.space()
        with transaction():
            self._ask_again()
            actor = db.session.get_one(Person, self.job.person_id, populate_existing=True)
            space = db.session.get_one(Space, space.id, populate_existing=True)
            space.archived_at = said["archived_at"]
            self._bring_members()
            if (mine := membership_of(space, actor)) is not None:
                mine.role = Role.STEWARD
            else:
                db.session.add(Membership(space_id=space.id, person_id=actor.id, role=Role.STEWARD, joined_at=now()))
            for room in self.placing.rooms.taken:
                if room.settle is not None:
                    room.settle(space.id)
            open_departments(self.job)
            record("restored space", actor=actor, space=space, name=self.archive.manifest.name)
            db.session.execute(delete(RestoredRow).where(RestoredRow.restore_id == self.job.id))
            done = {"done": self.measure.total, "done_at": now(), "at_table": END, "attempts": 0}
            longer(Restore, self.held, state=WorkState.READY, **done)
        return space
