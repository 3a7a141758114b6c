"""Opening the database, which another program may hold for a while."""

import asyncio
import logging
from pathlib import Path

from bot.flows.monitoring import health
from bot.jobs.ask_vitals import Vitals
from bot.store.store import Store, sound
from bot.store.troubles import StoreBusy

log = logging.getLogger(__name__)

_ASK_AGAIN_S = 0.5


async def open_store(path: Path, vitals: Vitals) -> Store:
    """The database, as soon as no other program holds it; until then `vitals` says who waits for
    what. Raises StoreError."""
    while True:
        try:
            # Before it is opened: a damaged file would else be told in the words of SQLite.
            await sound(path)
            store = await Store.open(path)
        except StoreBusy as error:
            # Once, not twice a second for as long as it is held.
            if vitals.starting != str(error):
                vitals.starting = str(error)
                log.error("database_locked %s", error)
            await asyncio.sleep(_ASK_AGAIN_S)
        else:
            await store.run(health.begin, vitals.clock())
            vitals.has(store)
            await vitals.enter()
            vitals.starting = "starting"
            return store
