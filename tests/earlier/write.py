"""Write down what this version stores and says: `python -m tests.earlier.write VERSION`.

Never run to make a test pass: only to add the files of one more version.
"""

import asyncio
import json
import lzma
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.files.content import example_catalogue
from bot.store.store import Store
from tests.earlier import subjects
from tests.earlier.estates import compiled
from tests.earlier.reading import read_back
from tests.flows.scene import Scene
from tests.slack.forms.test_forms_keep_all import FORMS, SHOWN
from tests.slack.incidents.test_redrawn import STORIES, a_wall, the_estate

HERE = Path(__file__).parent


async def write(version: str) -> None:
    folder = HERE / version
    folder.mkdir(exist_ok=True)
    (folder / "connections.yaml").write_bytes(example_catalogue().read_bytes())
    _keep(folder / "estate.json", compiled(folder / "connections.yaml"))
    _keep(folder / "forms.json", FORMS | SHOWN)
    for place, story in enumerate(STORIES):
        async with a_wall() as wall:
            for _, deed in STORIES[story]:
                await deed(wall)
                await wall.settles()
            await _keep_database(folder / f"{place}.sqlite3.xz", wall)
            read = {"story": story, "now": wall.now.isoformat(), "read": await read_back(wall)}
        _keep(folder / f"{place}.json", read)
    await _write_subjects(folder)


async def _write_subjects(folder: Path) -> None:
    async with Scene(await Store.open(None), the_estate()) as scene:
        await subjects.story(scene)
        await _keep_database(folder / "subjects.sqlite3.xz", scene)
        read = {"now": scene.now.isoformat(), "letters": await subjects.letters(scene)}
    _keep(folder / "subjects.json", read)


async def _keep_database(to: Path, scene: Scene) -> None:
    with tempfile.TemporaryDirectory() as kept:
        file = Path(kept) / "whole.sqlite3"
        await scene.aside(partial(_whole, file))
        _pack(file, to)


def _pack(file: Path, to: Path) -> None:
    to.write_bytes(lzma.compress(file.read_bytes()))


def _keep(file: Path, read: Any) -> None:
    text = json.dumps(read, indent=1, ensure_ascii=False)
    file.write_text(f"{text}\n", encoding="utf-8")


def _whole(to: Path, db: Database) -> None:
    db.execute("vacuum into ?", [str(to)])


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
