"""The command line. `bot.cli.commands` is its register; a command's code is loaded by its call.

Exit codes: 0 fine, 1 findings or failing, 2 usage or bad input.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from bot.cli.commands import parser
from bot.language.errors import BotError
from bot.language.marks import without_marks
from bot.terminal.progress import working

__all__ = ["main", "parser"]

FINE, FINDINGS, BAD_INPUT = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args(argv)
    module, _, function = arguments.target.partition(":")
    try:
        with working("Starting", quiet=getattr(arguments, "json", False)):
            command = getattr(import_module(module), function)
        code: int = command(arguments)
        sys.stdout.flush()
    except BotError as error:
        print(f"firstlane: {without_marks(str(error))}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return FINE
    except BrokenPipeError:
        # Whoever read has enough. What is still buffered would fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    return code
