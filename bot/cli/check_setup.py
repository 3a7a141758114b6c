"""Commands for whoever sets checks up: where jobs call, and which presets there are."""

import argparse
import asyncio
import os
from typing import TYPE_CHECKING

from bot.app.loading import open_library
from bot.clock import utc_now
from bot.core.monitoring.heartbeat import PUSHED
from bot.files.content import presets_dir
from bot.files.estate.presets import Preset, load_presets
from bot.files.problems import did_you_mean
from bot.language.errors import NotFound
from bot.settings import Settings, read

if TYPE_CHECKING:
    from bot.store.tx import Tx


def run_addresses(_: argparse.Namespace) -> int:
    """One line for each check that is told instead of asking."""
    from bot.flows.estate import ping_addresses

    settings = read(os.environ)
    library = open_library(settings.catalogue, environ=os.environ, now=utc_now())
    keys = {
        spec.key: spec.kind
        for connection in library.knowledge().catalogue.connections.values()
        for spec in connection.checks
        if spec.kind in PUSHED
    }
    if not keys:
        print("No check of the kind heartbeat or webhook is in the estate file.")
    for key, token in asyncio.run(_tokens(settings, tuple(keys))).items():
        path = ping_addresses.path_of(keys[key], token)
        print(f"{key}  {settings.address(path)}")
    return 0


async def _tokens(settings: Settings, keys: tuple[str, ...]) -> dict[str, str]:
    from bot.flows.estate import ping_addresses
    from bot.store.store import Store

    store = await Store.open(settings.database)

    def all_tokens(tx: "Tx") -> dict[str, str]:
        return {key: ping_addresses.ping_token(tx, key) for key in keys}

    try:
        return await store.run(all_tokens)
    finally:
        await store.close()


def run_presets(arguments: argparse.Namespace) -> int:
    """All presets, a line each, or one with its parameters. Raises NotFound for another name."""
    presets = load_presets(presets_dir())
    if arguments.name is None:
        width = max(map(len, presets))
        for name, preset in presets.items():
            print(f"{name:{width}}  {preset.shape.title}")
        return 0
    found = presets.get(arguments.name)
    if found is None:
        near = did_you_mean(arguments.name, presets)
        hint = f"{near[0].upper()}{near[1:]}" if near else "`firstlane presets` lists them."
        raise NotFound(f"There is no preset {arguments.name!r}. {hint}")
    print(_in_full(found))
    return 0


def _in_full(preset: Preset) -> str:
    shape = preset.shape
    lines = [f"{preset.id}: {shape.title}", shape.about, "", "with:"]
    for name, param in shape.params.items():
        need = "" if name in preset.defaults else " (needed)"
        lines.append(f"  {name}{need}: {param.about}")
    doubts = [f"- {item.what} (grade {item.grade})" for item in shape.uncertain]
    lines += ["", f"Grade {shape.grade}.", *doubts, *(str(source) for source in shape.sources)]
    return "\n".join(lines)
