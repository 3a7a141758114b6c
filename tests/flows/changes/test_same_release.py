"""One release is one, by whatever names and in however many calendars it comes."""

from datetime import datetime

import pytest

from bot.core.estate.history import Release, ReleaseTrial
from bot.core.outbox.notice import What
from bot.files.changes.ical import Place, read_calendar
from bot.flows.changes import releases
from bot.flows.estate.ledger import estate_as_recorded
from tests.builders import DAY, NOW, an_estate
from tests.files.changes.test_ical import calendar
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


def entry(title: str, at: datetime, uid: str = "", more: str = "") -> str:
    known = f"UID:{uid}\n" if uid else ""
    return f"{known}SUMMARY:{title}\nDTSTART:{at:%Y%m%dT%H%M%SZ}{more}"


WEEKLY = "\nRRULE:FREQ=WEEKLY;COUNT=3"
SOON, LATER = NOW + 9 * DAY, NOW + 30 * DAY
CALENDARS = {
    "with UIDs": (entry("ERP 26.2", SOON, "1@maker"), entry("ERP patch", LATER, "2@maker")),
    "without": (entry("ERP 26.2", SOON), entry("ERP patch", LATER)),
    "one title twice": (entry("ERP patch", SOON), entry("ERP patch", LATER)),
    "recurring": (entry("ERP patch", SOON, "3@maker", WEEKLY),),
    "recurring without": (entry("ERP patch", SOON, more=WEEKLY),),
}


def found(entries: tuple[str, ...], source: str) -> tuple[Release, ...]:
    place = Place(source=source, system="erp", names={}, zone="UTC", now=NOW)
    read, problems = read_calendar(calendar(*entries), place)
    assert problems == ()
    return read


async def imported(scene: Scene, entries: tuple[str, ...], source: str) -> tuple[int, int]:
    return await scene.do(releases.take, found(entries, source), f"import:{source}")


async def known(scene: Scene) -> list[tuple[str, datetime]]:
    catalogue = await scene.run(estate_as_recorded, scene.knowledge.catalogue)
    return sorted((one.version, one.at) for one in catalogue.releases)


async def asked(scene: Scene) -> list[str]:
    await scene.do(releases.tick)
    said = await scene.said()
    return [to for to, what in said if what is What.RELEASE_DUE]


@pytest.mark.parametrize("entries", CALENDARS.values(), ids=CALENDARS)
async def test_a_copy_under_another_name_adds_nothing_and_asks_nobody_again(
    entries: tuple[str, ...],
) -> None:
    async with await Scene.open(an_estate()) as scene:
        first = await imported(scene, entries, "wave2.ics")
        once, heard = await known(scene), await asked(scene)

        again = [await imported(scene, entries, f"{name}.ics") for name in ("autumn", "wave2")]

        assert first[0] == len(once) > 0
        assert again == [(0, 0), (0, 0)]
        assert await known(scene) == once
        assert heard
        assert await asked(scene) == []


async def test_what_a_newer_file_moves_or_lacks_is_moved_or_gone() -> None:
    async with await Scene.open(an_estate()) as scene:
        await imported(scene, CALENDARS["with UIDs"], "wave.ics")
        moved = (entry("ERP 26.2", LATER, "1@maker"),)

        await imported(scene, CALENDARS["with UIDs"], "wave (1).ics")
        changed = await imported(scene, moved, "wave (1).ics")

        assert changed == (1, 1)
        assert await known(scene) == [("ERP 26.2", LATER)]


async def test_makers_that_number_their_entries_from_one_do_not_hide_each_other() -> None:
    async with await Scene.open(an_estate()) as scene:
        await imported(scene, (entry("ERP 26.2", SOON, "1"),), "releases.ics")
        await imported(scene, (entry("ERP patch", LATER, "1"),), "patches.ics")

        assert await known(scene) == [("ERP 26.2", SOON), ("ERP patch", LATER)]


async def test_what_was_kept_twice_before_is_one_after_the_next_reading() -> None:
    async with await Scene.open(an_estate()) as scene:
        entries = CALENDARS["with UIDs"]
        for source in ("wave.ics", "autumn.ics"):
            for one in found(entries, source):
                await scene.run(lambda tx, one=one, to=source: tx.save_release(one, to))

        await imported(scene, entries, "autumn.ics")

        assert len(await known(scene)) == 2


async def test_what_was_said_of_a_test_stays_said() -> None:
    async with await Scene.open(an_estate()) as scene:
        entries = CALENDARS["with UIDs"]
        await imported(scene, entries, "wave.ics")
        (first, *_) = (await scene.run(estate_as_recorded, scene.knowledge.catalogue)).releases
        await scene.do(
            releases.record_trial,
            first.id,
            "orders",
            verdict=ReleaseTrial.FINE,
            note="",
            by="alice",
        )

        await imported(scene, entries, "autumn.ics")

        after = (await scene.run(estate_as_recorded, scene.knowledge.catalogue)).releases
        assert [len(one.trials) for one in after] == [1, 0]


async def test_what_the_estate_file_names_as_well_is_told_by_the_file_alone() -> None:
    named = Release(system="erp", version="ERP 26.2", at=SOON)
    async with await Scene.open(an_estate(releases=(named,))) as scene:
        await imported(scene, CALENDARS["with UIDs"], "wave.ics")

        assert await known(scene) == [("ERP 26.2", SOON), ("ERP patch", LATER)]
