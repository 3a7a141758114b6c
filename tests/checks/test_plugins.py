"""Kinds of check that other packages bring."""

import logging
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from bot import checks
from bot.checks import (
    FOR_PLUGINS,
    PROBES,
    CheckSpec,
    Observation,
    ProbeKind,
    ProbeSettings,
    Reading,
    Signal,
    Tools,
    settings_models,
)
from bot.checks.plugins import GROUP, plugin_kinds
from bot.checks.runner import Runner
from tests.checks.conftest import NOW, spec

DOCS = Path(__file__).resolve().parents[2] / "docs"


class MailboxSettings(ProbeSettings):
    box: str


async def look(check: CheckSpec, tools: Tools, now: datetime) -> Observation:
    return Reading(at=now, signals={Signal.STATUS: MailboxSettings.of(check).box})


KIND = ProbeKind(MailboxSettings, look)
NOT_A_KIND = object()


def entry(name: str, what: str) -> EntryPoint:
    return EntryPoint(name=name, value=f"{__name__}:{what}", group=GROUP)


@pytest.mark.anyio
async def test_a_kind_of_another_package_is_used_like_our_own(tools: Tools) -> None:
    kinds = {**PROBES, **plugin_kinds([entry("mailbox", "KIND")], PROBES)}

    seen = await Runner(tools, kinds).observe(
        spec("mailbox", model=MailboxSettings, box="EDI"), NOW
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.STATUS] == "EDI"


@pytest.mark.parametrize(
    ("name", "what", "words"),
    [
        ("http", "KIND", "name taken"),
        ("mailbox", "GONE", "cannot be loaded"),
        ("mailbox", "NOT_A_KIND", "is not a ProbeKind"),
    ],
)
def test_a_kind_that_cannot_be_used_is_left_out_and_logged(
    name: str, what: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        kinds = plugin_kinds([entry(name, what)], PROBES)

    assert kinds == {}
    assert words in caplog.text


def test_all_our_own_kinds_are_known_to_whoever_reads_files() -> None:
    assert set(PROBES) <= set(settings_models())


def test_what_a_plug_in_is_written_with_is_documented_and_there() -> None:
    page = (DOCS / "checks.md").read_text(encoding="utf-8")

    assert [name for name in FOR_PLUGINS if f"`{name}`" not in page] == []
    assert all(getattr(checks, name).__name__ for name in FOR_PLUGINS if name != "Observation")


def test_what_is_none_of_it_is_no_name_of_the_package() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Probe'"):
        checks.Probe  # noqa: B018
