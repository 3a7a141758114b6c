"""The command line. `bot.cli.commands` is its register; a command's code is loaded by its call.

Exit codes: 0 fine, 1 findings or failing, 2 usage or bad input.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from bot.cli.commands import parser
from bot.core.errors import BotError

__all__ = ["main", "parser"]

FINE, FINDINGS, BAD_INPUT = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args(argv)
    module, _, function = arguments.target.partition(":")
    try:
        code: int = getattr(import_module(module), function)(arguments)
    except BotError as error:
        print(f"firstlane: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return FINE
    except BrokenPipeError:
        return FINE
    return code
