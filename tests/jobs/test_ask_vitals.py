"""Whatever the bot depends on is taken away, one at a time, and the answer names it."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from bot.app import readiness
from bot.app.opening import open_store
from bot.jobs import SelfWatch, Timekeeper
from bot.jobs.ask_vitals import Vitals
from bot.jobs.metronome import _done
from bot.language.errors import CannotStore
from bot.language.redaction import Secret
from bot.runtime import Runtime
from bot.slack.platform.gateway import Later
from bot.store.store import Store
from bot.store.troubles import StoreDamaged, StoreGone
from tests.builders import NOW, knowledge_of
from tests.e2e.slack_proxy import Junk
from tests.slack.conftest import Bench, bench

__all__ = ["bench"]
pytestmark = pytest.mark.anyio


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def steady() -> Time:
    return Time()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "firstlane.sqlite3"


@pytest.fixture
async def store(file: Path, anyio_backend: str) -> AsyncIterator[Store]:
    made = await Store.open(file)
    yield made
    await made.close()


def vitals_of(store: Store, steady: Time) -> Vitals:
    vitals = Vitals(lambda: NOW, steady, starting="")
    vitals.has(store)
    return vitals


def wrong(vitals: Vitals) -> dict[str, str]:
    return {part.name: part.wrong for part in vitals.parts() if part.wrong}


async def test_nothing_is_wrong_while_everything_works(store: Store, steady: Time) -> None:
    vitals = vitals_of(store, steady)

    await vitals.write()

    assert wrong(vitals) == {}


async def test_a_database_that_takes_no_write_is_named(store: Store, steady: Time) -> None:
    vitals = vitals_of(store, steady)

    def only_read(tx: Any) -> None:
        tx.db.execute("pragma query_only = on")

    await store.run(only_read)
    await vitals.write()

    assert wrong(vitals)["store"].startswith("nothing can be stored: ")


async def test_a_store_that_hangs_is_noticed_although_it_says_nothing(
    store: Store, steady: Time
) -> None:
    vitals = vitals_of(store, steady)
    await vitals.write()
    steady.now += 60

    assert wrong(vitals) == {"store": "nothing was stored for 60 s"}
    (part,) = [one for one in vitals.parts() if one.name == "store"]
    assert (part.since, part.age_s) == (NOW, 60)
    assert part.todo


@contextmanager
def saying(words: str) -> Iterator[asyncio.Event]:
    """Set once a line of the log says so, from whichever thread."""
    said, loop = asyncio.Event(), asyncio.get_running_loop()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if words in record.getMessage():
                loop.call_soon_threadsafe(said.set)

    listener = Listener()
    logging.getLogger().addHandler(listener)
    try:
        yield said
    finally:
        logging.getLogger().removeHandler(listener)


async def test_a_database_held_by_another_program_is_waited_for_and_said(
    store: Store, file: Path, steady: Time
) -> None:
    vitals = vitals_of(store, steady)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin immediate")
    with saying("database_locked") as said_so:
        writing = asyncio.create_task(vitals.write())
        await said_so.wait()
    steady.now += 60
    said = wrong(vitals)
    other.execute("rollback")
    other.close()
    await writing

    assert "is held by another program" in said["store"]
    assert wrong(vitals) == {}


async def test_a_start_waits_for_whoever_holds_the_database(file: Path, steady: Time) -> None:
    await (await Store.open(file)).close()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin exclusive")
    vitals = Vitals(lambda: NOW, steady)
    with saying("database_locked") as said_so:
        opening = asyncio.create_task(open_store(file, vitals))
        await said_so.wait()
    said = wrong(vitals)
    other.execute("rollback")
    other.close()
    store = await opening
    await store.close()

    assert str(file) in said["start"]


async def test_files_that_are_deleted_or_replaced_end_the_bot(
    store: Store, file: Path, steady: Time
) -> None:
    vitals = vitals_of(store, steady)
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    await (await Store.open(file)).close()

    with pytest.raises(StoreGone, match="deleted or replaced"):
        await vitals.run()


def spoil(file: Path) -> None:
    """Overwrite the middle third."""
    content = bytearray(file.read_bytes())
    third = len(content) // 3
    content[third : 2 * third] = b"\xa5" * third
    file.write_bytes(content)


async def test_damaged_pages_are_a_sentence_at_the_start(file: Path, steady: Time) -> None:
    store = await Store.open(file)
    for number in range(500):
        await store.run(lambda tx, n=number: tx.remember("x", str(n), "y" * 200))
    await store.close()
    spoil(file)

    with pytest.raises(StoreDamaged, match=r"is damaged: .* Restore it from a backup"):
        await open_store(file, Vitals(lambda: NOW, steady))


async def test_a_loop_that_comes_too_late_is_not_alive(store: Store, steady: Time) -> None:
    vitals = vitals_of(store, steady)
    vitals.felt(9.0)
    late = [part.wrong for part in vitals.alive()]
    steady.now += 60
    vitals.felt(0.0)

    assert late == ["the process came 9 s too late to its own work"]
    assert [part.wrong for part in vitals.alive()] == [""]


async def test_deadlines_that_nobody_looks_at_are_named(store: Store, steady: Time) -> None:
    runtime = Runtime(store=store, knowledge=knowledge_of, clock=lambda: NOW, steady=steady)
    self_watch = SelfWatch(
        runtime,
        Secret(""),
        timekeeper=Timekeeper(runtime, wake=lambda: None),
        dark=lambda: False,
        late=lambda: (),
        wake=lambda: None,
        metrics=CollectorRegistry(),
    )
    self_watch.ticked()
    fine = readiness.deadlines_of(self_watch)()
    steady.now += 120

    assert fine.wrong == ""
    assert readiness.deadlines_of(self_watch)().wrong == "no deadline was looked at for 2 min"


async def test_somebody_in_slacks_place_is_named_and_so_is_silence(bench: Bench) -> None:
    look = readiness.slack_of(bench.gateway, lambda: None, bench.clock.steady)
    await bench.gateway.call("auth.test")
    fine = look().wrong
    bench.proxy.spoils("auth.test", Junk(), calls=1)
    with pytest.raises(Later):
        await bench.gateway.call("auth.test")
    dark = look()
    await bench.gateway.call("auth.test")
    bench.clock.shift(600)

    assert fine == ""
    assert "something else answers in its place" in dark.wrong
    assert dark.since is not None
    assert "Slack has said nothing for 10 min" in look().wrong


async def fills_up(store: Store, *, yes: bool = True) -> None:
    """The disk takes not one page more; or again as many as wanted."""

    def limit(tx: Any) -> None:
        pages = tx.one("pragma page_count")["page_count"]
        tx.all(f"pragma max_page_count = {pages if yes else 1_000_000}")

    await store.run(limit)


def much(tx: Any) -> None:
    tx.remember("much", "of it", "x" * 200_000)


async def test_a_full_disk_is_said_once_with_what_to_do_and_that_it_is_over(
    store: Store, file: Path, steady: Time, caplog: pytest.LogCaptureFixture
) -> None:
    vitals = vitals_of(store, steady)
    await fills_up(store)
    for _ in range(100):
        with pytest.raises(CannotStore, match="the disk is full"):
            await store.run(much)
        await _done("any", lambda: store.run(much))
        steady.now += 1
        vitals.feel_disk(store)
        await vitals.write()
    said = wrong(vitals)
    (alive,) = (part for part in vitals.alive() if part.wrong)
    since = {part.since for part in vitals.parts() if part.wrong}
    lines = [record for record in caplog.records if record.levelname == "ERROR"]
    await fills_up(store, yes=False)
    await vitals.write()

    assert list(said) == ["store"]
    assert "nothing can be stored" in said["store"]
    assert since == {NOW}
    assert alive.outside
    assert str(file) in alive.todo
    assert [record.exc_info for record in lines] == [None]
    assert str(file) in lines[0].getMessage()
    assert wrong(vitals) == {}
    assert any("stored_again" in record.getMessage() for record in caplog.records)


async def test_a_full_disk_stops_a_transaction_that_sets_its_parts_aside(
    store: Store,
) -> None:
    def apart(tx: Any) -> None:
        with tx.apart():
            much(tx)

    await fills_up(store)

    with pytest.raises(CannotStore):
        await store.run(apart)
    assert store.refusals == 1


async def test_a_second_bot_on_the_same_database_is_told_of_until_it_ends(
    store: Store, file: Path, steady: Time, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = (Vitals(lambda: NOW, steady, starting="", me=f"box:{n}") for n in (1, 2))
    for vitals in (one, two):
        vitals.has(store)
        await vitals.enter()
    await one.write()
    met = [wrong(vitals) for vitals in (one, two)]
    lines = caplog.text
    await two.leave()
    await one.write()

    since = f"since {NOW:%Y-%m-%d %H:%M:%S} UTC"
    for said, other in zip(met, ("box:2", "box:1"), strict=True):
        assert said == {"alone": f"another Firstlane works with this database: {other} {since}"}
        assert f"not_alone {said['alone']}" in lines
    assert wrong(one) == {}
