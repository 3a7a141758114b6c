"""`firstlane releases` as somebody at a terminal sees it."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from bot.core.estate.catalogue import Catalogue
from bot.files.content import example_catalogue
from bot.language.marks import when
from bot.settings import read
from bot.store.store import Store
from bot.terminal.printing import plain
from tests.files.changes.test_ical import calendar

EXAMPLE = str(example_catalogue())


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FIRSTLANE_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def spring(tmp_path: Path) -> str:
    at = datetime.now(UTC) + timedelta(days=30)
    path = tmp_path / "spring.ics"
    path.write_bytes(
        calendar(
            f"UID:1\nSUMMARY:ERP spring release\nDTSTART:{at:%Y%m%dT%H%M%SZ}",
            "UID:2\nSUMMARY:Company picnic\nDTSTART:20270401",
        )
    )
    return str(path)


def has_run(state: Path) -> None:
    """A bot that was started here once."""

    async def once() -> None:
        store = await Store.open(read({"FIRSTLANE_STATE": str(state)}).database)
        await store.close()

    asyncio.run(once())


def test_an_imported_calendar_is_listed_and_what_was_not_read_is_said(
    state: Path, spring: str, capsys: pytest.CaptureFixture[str]
) -> None:
    has_run(state)

    code = main(["releases", "import", spring, "--file", EXAMPLE])
    told = capsys.readouterr()
    again = main(["releases", "import", spring, "--json", "--file", EXAMPLE])
    counts = json.loads(capsys.readouterr().out)
    main(["releases", "list", "--json", "--file", EXAMPLE])

    data = json.loads(capsys.readouterr().out)
    assert (code, again) == (1, 1)
    assert "1 release, 1 new or moved, 0 dropped, 1 not read." in told.out
    assert "spring.ics:9:1" in told.err
    assert (counts["read"], counts["new"]) == (1, 0)
    assert "ERP spring release" in {one["version"] for one in data["releases"]}


def test_without_a_database_it_says_what_to_do_and_prints_entries_when_asked(
    spring: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = main(["releases", "import", spring, "--file", EXAMPLE])
    why = capsys.readouterr().err
    printed = main(["releases", "import", spring, "--print", "--file", EXAMPLE])

    out = capsys.readouterr().out
    assert (refused, printed) == (2, 1)
    assert "use --print" in why
    assert out.startswith("releases:\n  - {system: ")
    assert '"ERP spring release"' in out


@pytest.mark.parametrize("name", ["/no/such/file.ics", EXAMPLE])
def test_what_is_no_calendar_is_bad_input(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["releases", "import", name, "--file", EXAMPLE]) == 2
    assert "Cannot read" in (err := capsys.readouterr().err) or "cannot be used" in err


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in a zone where the estate's day begins on the one before."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_a_whole_day_is_told_as_the_day_it_is_in_the_estate(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = datetime.now(UTC).date() + timedelta(days=40)
    path = tmp_path / "days.ics"
    path.write_bytes(calendar(f"UID:1\nSUMMARY:ERP wave 7\nDTSTART;VALUE=DATE:{day:%Y%m%d}"))
    has_run(state)

    main(["releases", "import", str(path), "--print", "--file", EXAMPLE])
    printed = capsys.readouterr().out
    main(["releases", "import", str(path), "--file", EXAMPLE])
    capsys.readouterr()
    main(["releases", "list", "--file", EXAMPLE])
    listed = capsys.readouterr().out

    assert f'at: "{day} 00:00+0' in printed
    assert f"{day} 00:00 CE" in next(line for line in listed.splitlines() if "wave 7" in line)


@pytest.mark.usefixtures("elsewhere")
def test_moments_in_sentences_are_told_in_the_zone_of_the_estate() -> None:
    estate = Catalogue(timezone="Asia/Tokyo")
    midnight = datetime(2027, 3, 31, 15, 0, tzinfo=UTC)

    assert plain(f"It comes {when(midnight)}.", estate) == "It comes 2027-04-01 00:00 JST."
