"""Transactions, files that cannot be used, and rows of an earlier version."""

import asyncio
import json
import sqlite3
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.core.incidents.incident import Incident, State
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Signal
from bot.core.outbox.notice import Show
from bot.core.outbox.received import Delivery
from bot.core.people.denial import Denial
from bot.store.codec import pack
from bot.store.migrations import MIGRATIONS
from bot.store.store import Store, StoreError
from bot.store.tx import Tx
from tests.builders import EVER, HOUR, NOW, an_incident, believed

pytestmark = pytest.mark.anyio


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "firstlane.sqlite3"


def an_event() -> Delivery:
    return Delivery(key="event", work="note", at=NOW)


def contents(file: Path) -> list[str]:
    """Everything in the database except when the migrations ran."""
    with sqlite3.connect(file) as db:
        lines = [line for line in db.iterdump() if "_sqlite_migrations" not in line]
    db.close()
    return lines


def raw(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def a_directory(file: Path) -> None:
    file.mkdir(parents=True)


def garbage(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is no database, and long enough to be read as one" * 20)


def a_file_for_a_folder(file: Path) -> None:
    file.parent.write_text("in the way")


SPOILERS = {
    "directory": a_directory,
    "garbage": garbage,
    "the folder is a file": a_file_for_a_folder,
}


class TestTransactions:
    async def test_what_a_flow_raises_is_raised_and_nothing_of_it_remains(self, file: Path) -> None:
        def half_way(tx: Tx) -> None:
            stored = tx.add_incident(an_incident())
            tx.queue(Show(subject=f"incident:{stored.id}"), NOW)
            tx.save_check_health(believed(Verdict.OK))
            tx.receive(an_event(), "us")
            raise LookupError("in the middle")

        store = await Store.open(file)
        before = contents(file)

        with pytest.raises(LookupError):
            await store.run(half_way)

        assert contents(file) == before
        assert await store.run(lambda tx: tx.waiting_letters(EVER)) == 0
        await store.close()

    async def test_flows_run_one_after_the_other(self, file: Path) -> None:
        store = await Store.open(file)
        inside, seen = 0, []

        def flow(tx: Tx) -> None:
            nonlocal inside
            inside += 1
            seen.append((inside, threading.current_thread().name))
            inside -= 1

        await asyncio.gather(*(store.run(flow) for _ in range(20)))
        await store.close()

        assert {number for number, _ in seen} == {1}
        assert len({thread for _, thread in seen}) == 1

    async def test_a_cancelled_caller_does_not_undo_what_was_begun(self, file: Path) -> None:
        store = await Store.open(file)
        begun, finish = threading.Event(), threading.Event()

        def slow(tx: Tx) -> None:
            tx.receive(an_event(), "us")
            begun.set()
            finish.wait()

        task = asyncio.create_task(store.run(slow))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        finish.set()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert not await store.run(lambda tx: tx.receive(an_event(), "us"))
        await store.close()

    async def test_a_second_live_incident_of_one_connection_cannot_be_stored(self) -> None:
        store = await Store.open(None)
        await store.run(lambda tx: tx.add_incident(an_incident()))

        with pytest.raises(sqlite3.IntegrityError):
            await store.run(lambda tx: tx.add_incident(an_incident()))

        ended = an_incident(id=1, state=State.RESOLVED)
        await store.run(lambda tx: tx.save_incident(ended))
        assert (await store.run(lambda tx: tx.add_incident(an_incident()))).id == 2
        await store.close()


class TestFiles:
    async def test_everything_survives_a_restart(self, file: Path) -> None:
        first = await Store.open(file)
        stored = await first.run(lambda tx: tx.add_incident(an_incident(reasons=("It fails.",))))
        install = await first.run(lambda tx: tx.install())
        await first.close()

        again = await Store.open(file)

        assert await again.run(lambda tx: tx.live_incident("orders")) == stored
        assert await again.run(lambda tx: tx.install()) == install
        await again.close()

    async def test_an_older_database_gets_the_missing_steps_and_keeps_its_rows(
        self, file: Path
    ) -> None:
        file.parent.mkdir()
        old = Database(file)
        MIGRATIONS.apply(old, stop_before="m003_outbox")
        old.execute("insert into flips (connection, at) values ('orders', 'then')")
        old.conn.commit()
        old.close()

        store = await Store.open(file)

        assert await store.run(lambda tx: tx.waiting_letters(EVER)) == 0
        assert any("'then'" in line for line in contents(file))
        await store.close()

    async def test_a_word_on_wrong_data_of_an_earlier_version_is_kept(self, file: Path) -> None:
        file.parent.mkdir()
        old = Database(file)
        MIGRATIONS.apply(old, stop_before="m032_whose_data_is_wrong")
        body = json.loads(pack(an_incident(id=1)))
        del body["denied"], body["asked"]
        body |= {"data_denied_by": "data-owner", "data_denied": "half is missing"}
        row = {"id": 1, "connection": "orders", "state": "open", "live": 1, "opened_at": "then"}
        old.table("incidents").insert({**row, "body": json.dumps(body)})
        old.conn.commit()
        old.close()

        store = await Store.open(file)
        found = await store.run(lambda tx: tx.incident(1))
        await store.close()

        assert found is not None
        said = Denial(connection="orders", by="data-owner", why="half is missing", at=None)
        assert (found.denied, found.asks_data) == ((said,), True)

    async def test_a_newer_database_is_refused_by_name_and_left_unchanged(self, file: Path) -> None:
        await (await Store.open(file)).close()
        with sqlite3.connect(file) as db:
            db.execute(
                "insert into _sqlite_migrations (migration_set, name, applied_at)"
                " values ('firstlane', 'm999_future', 'later')"
            )
        db.close()
        before = raw(file)

        with pytest.raises(StoreError, match="newer version") as refused:
            await Store.open(file)

        assert str(file) in str(refused.value)
        assert "m999_future" in str(refused.value)
        assert raw(file) == before

    async def test_a_failed_step_leaves_nothing_behind(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file.parent.mkdir()
        with sqlite3.connect(file) as db:
            db.execute("create table seen_events (something text)")  # in the way of the last step
        db.close()
        before = contents(file)

        with pytest.raises(StoreError, match="already exists"):
            await Store.open(file)

        assert contents(file) == before

    @pytest.mark.parametrize("spoil", SPOILERS)
    async def test_what_is_no_database_is_named_and_left_alone(
        self, file: Path, spoil: str
    ) -> None:
        SPOILERS[spoil](file)
        before = raw(file)

        with pytest.raises(StoreError) as refused:
            await Store.open(file)

        assert str(file) in str(refused.value)
        assert raw(file) == before

    async def test_two_processes_may_start_on_an_empty_file_together(self, file: Path) -> None:
        stores = await asyncio.gather(*(Store.open(file) for _ in range(4)))

        first = [await store.run(lambda tx: tx.receive(an_event(), "us")) for store in stores]

        assert first == [True, False, False, False]
        for store in stores:
            await store.close()


class TestRows:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            (Signal.LAST_SUCCESS, NOW),
            (Signal.LAST_SUCCESS, "yesterday"),
            (Signal.LAST_SUCCESS, "2027-03-01T09:00:00"),
            (Signal.STATUS, "2027-03-01T09:00:00Z"),
            (Signal.QUEUE_DEPTH, 57.0),
            (Signal.ENABLED, False),
            (Signal.VERSION, "25.0"),
        ],
    )
    async def test_a_signal_comes_back_as_it_was(self, name: str, value: Any) -> None:
        store = await Store.open(None)
        health = believed(Verdict.OK, signals={name: value})

        await store.run(lambda tx: tx.save_check_health(health))
        found = await store.run(lambda tx: tx.check_health(health.check))

        assert found == health
        assert found is not None
        assert type(found.signals[name]) is type(value)
        await store.close()

    async def test_rows_of_a_version_with_fewer_fields_are_read_with_their_defaults(
        self, file: Path
    ) -> None:
        store = await Store.open(file)
        await store.run(lambda tx: tx.add_incident(an_incident()))
        await store.run(lambda tx: tx.save_check_health(believed(Verdict.FAILING)))
        await store.close()
        with sqlite3.connect(file) as db:
            for field in ("seen_failing", "awaiting", "kind", "cause", "parent", "settle_at"):
                db.execute("update incidents set body = json_remove(body, ?)", (f"$.{field}",))
            for field in ("settled", "blind_streak", "blind_since", "before_blind", "cause"):
                db.execute("update check_health set body = json_remove(body, ?)", (f"$.{field}",))
        db.close()

        again = await Store.open(file)

        assert await again.run(lambda tx: tx.live_incident("orders")) == an_incident()
        assert await again.run(lambda tx: tx.checks_of("orders")) == (believed(Verdict.FAILING),)
        await again.close()

    async def test_every_deadline_makes_an_incident_due(self) -> None:
        store = await Store.open(None)
        fields = ("escalate_at", "lease_until", "remind_at", "settle_at")

        async def due(now: datetime, **deadline: datetime) -> tuple[Incident, ...]:
            one = an_incident(**{**dict.fromkeys(fields), **deadline})
            await store.run(lambda tx: tx.save_incident(one))
            return await store.run(lambda tx: tx.due_incidents(now))

        await store.run(lambda tx: tx.add_incident(an_incident()))
        for field in fields:
            assert len(await due(NOW, **{field: NOW})) == 1
            assert await due(NOW - HOUR, **{field: NOW}) == ()
        assert await due(NOW) == ()
        await store.close()


PLANS = {
    "forgetting old deliveries": "select key from inbox where at < 'x' limit 9",
    "due incidents": "select body from incidents where live = 1 and due_at <= 'x' order by due_at",
    "the live incident": "select body from incidents where connection = 'x' and live = 1",
    "due checks": "select key from check_health where next_check_at <= 'x'",
    "checks of a connection": "select body from check_health where connection = 'x' order by key",
    "a timeline": "select * from timeline where incident = 1 order by at, id",
    "receipts": "select * from outbox where subject = 'x' and what = 'ping' order by id",
    "a channel": "select subject from channels where channel = 'x'",
    "a person": "select person from slack_users where \"user\" = 'x'",
}


@pytest.mark.parametrize("sql", PLANS.values(), ids=PLANS)
async def test_frequent_questions_are_answered_by_an_index(file: Path, sql: str) -> None:
    await (await Store.open(file)).close()

    with sqlite3.connect(file) as db:
        plan = [row[3] for row in db.execute(f"explain query plan {sql}")]
    db.close()

    assert any(step.startswith("SEARCH") for step in plan)
    assert not any(step.startswith("SCAN") for step in plan)


@pytest.mark.parametrize("beside", ["-wal", "-shm", "-journal"])
async def test_where_nothing_can_be_written_beside_a_whole_database_no_backup_is_asked_for(
    file: Path, beside: str
) -> None:
    """As on a disk or in a folder that may only be read."""
    await (await Store.open(file)).close()
    file.with_name(f"{file.name}{beside}").mkdir()

    with pytest.raises(StoreError) as refused:
        await Store.open(file)

    assert "cannot be written" in str(refused.value)
    assert "backup" not in str(refused.value)


def test_what_was_observed_before_it_had_kinds_keeps_its_meaning(tmp_path: Path) -> None:
    db = Database(tmp_path / "old.sqlite")
    MIGRATIONS.apply(db, stop_before="m028_kinds_of_observations")
    for what in ("the served version changed", "the shape of the data changed, as", "audit log: x"):
        db.table("observed_changes").insert({"connection": "orders", "at": "2026", "what": what})
    renewed = "Shop key was renewed, valid to 2028-01-01"
    db.table("observed_changes").insert({"connection": "orders", "at": "2026", "what": renewed})

    MIGRATIONS.apply(db)

    kinds = [row["kind"] for row in db.query("select kind from observed_changes order by id")]
    db.close()
    assert kinds == ["version", "shape", "note", "renewal"]


@pytest.mark.anyio
@pytest.mark.parametrize("used", [True, False])
async def test_a_database_that_was_in_use_before_buttons_were_signed_is_known(
    tmp_path: Path, used: bool
) -> None:
    file = tmp_path / "old.sqlite"
    db = Database(file)
    MIGRATIONS.apply(db, stop_before="m031_signed_buttons")
    if used:
        db.table("meta").insert({"name": "install", "value": "a" * 32})
    db.conn.commit()
    db.close()

    store = await Store.open(file)

    assert await store.run(lambda tx: tx.posted_unsigned()) is used
    await store.close()
