"""The command line. Each subcommand is one function; the table here is its whole register.

Exit codes: 0 fine, 1 findings or failing, 2 usage or bad input.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from bot import __version__
from bot.cli import (
    demo,
    doctor,
    estate,
    governance,
    inventory,
    kpi,
    learned,
    look,
    releases,
    service,
    standin,
    volume,
    watching,
)
from bot.core.errors import BotError

FINE, FINDINGS, BAD_INPUT = 0, 1, 2

Command = Callable[[argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    """The whole grammar; also read by the documentation test."""
    top = argparse.ArgumentParser(
        prog="firstlane", description="Knows whose job it is when an ERP integration breaks."
    )
    top.add_argument("--version", action="version", version=f"firstlane {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    about_the_estate = (estate, inventory, governance, kpi, learned, look, volume, watching)
    rooms = (demo, service, doctor, *about_the_estate)
    for room in (*rooms, releases, standin):
        room.register(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args(argv)
    command: Command = arguments.run
    try:
        return command(arguments)
    except BotError as error:
        print(f"firstlane: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return FINE
    except BrokenPipeError:
        return FINE
