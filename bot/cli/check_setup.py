"""Commands for whoever sets checks up: where jobs call, and which presets there are."""

import argparse
import os

from bot.app.loading import in_database, open_library
from bot.clock import utc_now
from bot.core.monitoring.heartbeat import PUSHED
from bot.files.content import presets_dir
from bot.files.estate.presets import Preset, load_presets
from bot.files.problems import did_you_mean
from bot.language.errors import NotFound
from bot.settings import read


def run_addresses(_: argparse.Namespace) -> int:
    """One line for each check that is told instead of asking."""
    from bot.flows.estate.ping_addresses import path_of, ping_token

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
    tokens = in_database(settings.database, lambda tx: {key: ping_token(tx, key) for key in keys})
    for key, token in tokens.items():
        print(f"{key}  {settings.address(path_of(keys[key], token))}")
    return 0


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
