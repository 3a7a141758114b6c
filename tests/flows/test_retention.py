"""What is forgotten, and what is not."""

from datetime import datetime
from typing import Any, cast

import pytest

from bot.core.governance.audit.finding import Score
from bot.core.incidents.incident import State
from bot.core.monitoring.health import Flip
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import ToPerson
from bot.core.outbox.notice import Say, What
from bot.core.outbox.received import Delivery
from bot.flows import retention
from bot.flows.retention import AT_ONCE, HISTORY, LETTERS
from bot.store.tx import Tx
from tests.builders import DAY, NOW, an_incident
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


def queue(tx: Tx, subject: str, at: datetime) -> None:
    tx.queue(Say(subject=subject, to=ToPerson("bob"), what=What.PING), at)


def finish(tx: Tx, at: datetime) -> None:
    while letters := tx.claim_letters(at, at + DAY, "test", 20):
        for letter in letters:
            tx.letter_sent(letter.id, at, "D1", "1.0")


def subjects(tx: Tx) -> list[str]:
    return [row["subject"] for row in rows(tx, "outbox")]


def rows(tx: Tx, table: str) -> list[dict[str, Any]]:
    return list(cast(Tx, tx).db.table(table).rows)


def flip(tx: Tx, connection: str, at: datetime) -> None:
    tx.add_flip(Flip(connection=connection, at=at, since=at, old=None, new=Verdict.OK))


def a_score(at: datetime) -> Score:
    return Score(day=at.date(), score=80, connections=1, yes=4, asked=5, findings=1, urgent=0)


async def test_old_letters_go_and_those_of_a_live_incident_and_its_parts_stay() -> None:
    async with await Scene.open() as scene:

        def fill(tx: Tx) -> None:
            whole = tx.add_incident(an_incident(opened_at=NOW - 2 * LETTERS))
            tx.add_incident(an_incident(connection="b", state=State.MERGED, parent=whole.id))
            tx.add_incident(an_incident(connection="c", state=State.RESOLVED))
            for subject in ("incident:1", "incident:2", "incident:3", "catalogue"):
                queue(tx, subject, NOW - LETTERS - DAY)
            finish(tx, NOW - LETTERS - DAY)

        await scene.run(fill)
        await scene.do(retention.prune, now=NOW)

        assert await scene.run(subjects) == ["incident:1", "incident:2"]


async def test_letters_that_wait_or_were_finished_lately_stay() -> None:
    async with await Scene.open() as scene:
        await scene.run(queue, "lately", NOW - LETTERS + DAY)
        await scene.run(finish, NOW - LETTERS + DAY)
        await scene.run(queue, "waiting", NOW - 2 * LETTERS)

        await scene.do(retention.prune, now=NOW)

        assert await scene.run(subjects) == ["lately", "waiting"]


async def test_of_old_flips_the_last_one_of_each_connection_stays() -> None:
    async with await Scene.open() as scene:
        start = NOW - HISTORY
        for connection, days in (("a", -3), ("b", -9), ("a", -2), ("a", 5)):
            await scene.run(flip, connection, start + days * DAY)

        await scene.do(retention.prune, now=NOW)

        kept = [(row["connection"], row["at"][:10]) for row in await scene.run(rows, "flips")]
        assert kept == [
            ("b", f"{start - 9 * DAY:%Y-%m-%d}"),
            ("a", f"{start - 2 * DAY:%Y-%m-%d}"),
            ("a", f"{start + 5 * DAY:%Y-%m-%d}"),
        ]


async def test_changes_seen_and_scores_are_kept_for_a_year_and_a_month() -> None:
    async with await Scene.open() as scene:

        def fill(tx: Tx) -> None:
            for at in (NOW - HISTORY - DAY, NOW - HISTORY + DAY):
                tx.observe("orders", at, "the served version changed")
                tx.save_score(a_score(at))

        await scene.run(fill)
        await scene.do(retention.prune, now=NOW)

        seen = await scene.run(lambda tx: tx.observed("orders", NOW - 2 * HISTORY))
        scores = await scene.run(lambda tx: tx.scores(9))
        assert [at for at, _ in seen] == [NOW - HISTORY + DAY]
        assert [score.day for score in scores] == [(NOW - HISTORY + DAY).date()]


async def test_much_is_dropped_in_several_transactions() -> None:
    async with await Scene.open() as scene:

        def fill(tx: Tx) -> None:
            for number in range(AT_ONCE + 1):
                queue(tx, f"n:{number}", NOW - 2 * LETTERS)
            finish(tx, NOW - 2 * LETTERS)

        await scene.run(fill)

        more = [await scene.do(retention.prune, now=NOW) for _ in range(2)]

        assert more == [True, False]
        assert await scene.run(subjects) == []


async def test_deliveries_of_slack_are_remembered_for_two_days() -> None:
    async with await Scene.open() as scene:
        for event, at in (("old", NOW - 3 * DAY), ("new", NOW - DAY), ("now", NOW)):
            delivery = Delivery(key=event, work="note", at=at)
            await scene.run(lambda tx, delivery=delivery: tx.receive(delivery, "us"))

        await scene.do(retention.prune, now=NOW)

        kept = [row["key"] for row in await scene.run(rows, "inbox")]
        assert kept == ["new", "now"]
