"""How many files of `bot/` a journey walks through: `python -m benchmarks.journeys`.

Counted are files in which a function is entered between two events while the real bot runs on the
local Slack, without those that are entered while nothing happens. The last journey is read without
a bot, and nothing is taken away.
"""

import asyncio
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

from bot.checks import PROBES, settings_models
from bot.checks.clients import Clients
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.files.library import Library
from tests.builders import NOW
from tests.e2e.harness import Story, told

BOT = str(Path(__file__).resolve().parents[1] / "bot")
IDLE_SECONDS = 2


class Trace:
    """What is entered while somebody listens; to be installed before any thread starts."""

    def __init__(self) -> None:
        self._heard: set[str] | None = None

    def install(self) -> None:
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if self._heard is not None and event == "call" and code.co_name != "<module>":
            self._heard.add(code.co_filename)

    @contextmanager
    def listening(self) -> Iterator[set[str]]:
        found: set[str] = set()
        self._heard = found
        yield found
        self._heard = None
        found.intersection_update({name for name in found if name.startswith(BOT)})


Journey = Callable[[Story], Awaitable[object]]


async def breaks(story: Story) -> None:
    story.erp.breaks("orders", "HTTP 401 invalid_client")
    await story.bob.gets_dm("You are the first responder")


async def acknowledges(story: Story) -> None:
    card = await story.bob.sees(await story.channel("-orders"), "Who has it:")
    await card.click("Acknowledge")
    await story.card(await story.channel("-orders"), "Who has it: @Bob Responder")


async def asks_who(story: Story) -> None:
    await story.charlie.types("#general", "/conn who orders")
    await story.charlie.sees_ephemeral("Web shop orders")


JOURNEYS: dict[str, Journey] = {
    "a check fails until its first responder reads it": breaks,
    "Acknowledge until the card says who has it": acknowledges,
    "/conn who until the answer is there": asks_who,
}


async def walked(trace: Trace, folder: Path) -> dict[str, set[str]]:
    found = {}
    async with told(folder) as story:
        await story.erp.looked_at()
        with trace.listening() as idle:
            await asyncio.sleep(IDLE_SECONDS)
        for name, journey in JOURNEYS.items():
            await story.everything_said()
            with trace.listening() as entered:
                await journey(story)
            found[name] = entered - idle
    return found


async def one_check(trace: Trace, folder: Path) -> set[str]:
    file = folder / "connections.yaml"
    with trace.listening() as entered:
        library = Library(file, environ={}, kinds=settings_models())
        library.reload(NOW)
        (connection, *_) = library.knowledge().catalogue.connections.values()
        clients = Clients()
        tools = Tools(http=clients, last_ping=_never, first_seen=_always)
        await Runner(tools, PROBES).observe(connection.checks[0], NOW)
        await clients.close()
    return entered


async def _never(_: str) -> None:
    """Nobody ever called."""


async def _always(_: str) -> datetime:
    return NOW


async def main() -> None:
    trace = Trace()
    trace.install()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "state"
        found = await walked(trace, folder)
        found["a line of the estate file until its check looks"] = await one_check(
            trace, Path(made)
        )
    listed = "--files" in sys.argv
    for name, files in found.items():
        sys.stdout.write(f"{len(files):4} files: {name}\n")
        for file in sorted(files) if listed else ():
            sys.stdout.write(f"     {file.removeprefix(BOT)}\n")


if __name__ == "__main__":
    asyncio.run(main())
