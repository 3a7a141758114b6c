"""The register of subcommands, as data: reading it imports none of them, and nothing from PyPI.

`target` names the function that runs a command, as `module:function`.
"""

import argparse
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from bot import __version__


class Argument(NamedTuple):
    """What `ArgumentParser.add_argument` is given."""

    names: tuple[str, ...]
    options: dict[str, Any]


def arg(*names: str, **options: Any) -> Argument:
    return Argument(names, options)


def flag(name: str, help: str) -> Argument:
    return Argument((name,), {"action": "store_true", "help": help})


class Subcommand(NamedTuple):
    """`epilog` names a function that gives the text below the help. `actions` are commands of a
    command, told apart by the attribute `chosen`."""

    name: str
    help: str
    target: str = ""
    arguments: tuple[Argument, ...] = ()
    description: str | None = None
    epilog: str = ""
    actions: "tuple[Subcommand, ...]" = ()
    chosen: tuple[str, str] = ("", "")  # attribute, and its word in the usage


def path(text: str) -> Path:
    """An empty name would be taken for the present folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; name a file or a folder")
    return Path(text)


def port(text: str) -> int:
    return _port(text, 65535)


def demo_port(text: str) -> int:
    """The next two are taken as well."""
    return _port(text, 65533)


def _port(text: str, most: int) -> int:
    # `isdigit` alone takes digits of other scripts and superscripts, of which `int` refuses some.
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 0 to {most}")
    return int(text)


def pace(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    # Outside of these nobody could follow, or everything is due at once.
    if not 0.01 <= found <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no pace: a number from 0.01 to 10000")
    return found


FILE = arg("--file", type=path, help="the estate file (default: FIRSTLANE_CATALOGUE)")
JSON = flag("--json", "print stable JSON")
SHARED = (FILE, JSON)
_FORCE = flag("--force", "write over an existing file")
_OVER_OTHERS = flag("--force", "write over a file that firstlane did not write")
_OUTPUTS = (
    arg("--out", type=path, help="the file to write (default: standard output)"),
    _FORCE,
    JSON,
)

DEMO_PORT, DEMO_PACE = 8420, 30.0
HANDBOOK_FORMATS = ("md", "html", "csv", "pdf")
KPI_DAYS = 30
LIST_FIELDS = (
    "id", "name", "route", "from", "to", "system", "partner", "direction", "entities", "technical",
    "mail", "functional", "functional-mail", "architecture", "responder", "criticality", "domain",
    "flow", "pattern", "build", "vendor", "stage", "endpoint", "docs", "notes", "ignore",
)  # fmt: skip

_DEMO = Subcommand(
    "demo",
    "try it without a Slack account",
    "bot.cli.demo:run",
    (
        arg(
            "--port",
            type=demo_port,
            default=DEMO_PORT,
            help=f"of the local Slack; the next two are taken as well (default {DEMO_PORT})",
        ),
        arg(
            "--state",
            type=path,
            default=Path(".firstlane/demo"),
            help="the folder that keeps the demo (default .firstlane/demo)",
        ),
        flag("--fresh", "forget what was done before"),
        arg(
            "--pace",
            type=pace,
            default=DEMO_PACE,
            help=f"how much faster than real time everything waits (default {DEMO_PACE:g})",
        ),
        arg("--log-calls", type=path, help="one JSON line per Web API call"),
        flag("--no-browser", "do not open a browser"),
        flag("--headless", "no browser, and the addresses as one line of JSON"),
    ),
)
_RUN = Subcommand(
    "run",
    "run the bot in your Slack workspace",
    "bot.cli.run:run",
    description="Run the bot in your Slack workspace.",
    epilog="bot.cli.run:settings_help",
)
_DOCTOR = Subcommand(
    "doctor",
    "is everything set up, and does the bot's own work go on?",
    "bot.cli.doctor:run",
    (flag("--json", "print JSON"),),
)
_ESTATE = (
    Subcommand(
        "validate",
        "name every mistake in the estate file or in a folder of runbooks",
        "bot.cli.validate:run",
        (
            arg("file", nargs="?", type=path),
            flag("--graph", "print the runbooks of the folder as Mermaid charts"),
        ),
    ),
    Subcommand("schema", "print the JSON Schema of the estate file", "bot.cli.shipped:run_schema"),
    Subcommand("manifest", "print the Slack app manifest", "bot.cli.shipped:run_manifest"),
    Subcommand(
        "ask",
        "who owns what, in plain words",
        "bot.cli.ask:run",
        (arg("question", help="- reads questions, one a line"), *SHARED),
    ),
    Subcommand(
        "explain",
        "what an error text means",
        "bot.cli.explain:run",
        (
            arg("text", help="- reads texts, one a line"),
            arg("--system", action="append", default=[], help="for example netsuite"),
            *SHARED,
        ),
    ),
)
_MERGE = Subcommand(
    "merge",
    "one estate file from several CSV or Excel lists",
    "bot.inventory.cli.command:run_merge",
    (
        arg("lists", nargs="+", metavar="LIST", help="a .csv or .xlsx, as FILE#SHEET"),
        flag("--yes", "take the columns as guessed; ask nothing"),
        arg(
            "--map", action="append", default=[], metavar="LIST:COLUMN=FIELD",
            help=f"what a column means; FIELD is one of {', '.join(LIST_FIELDS)}",
        ),
        arg(
            "--system", action="append", default=[], metavar="LIST=NAME",
            help="the system whose list it is, where rows name only the other end",
        ),
        arg(
            "--same", action="append", default=[], metavar="ONE=OTHER",
            help="two systems, or two rows such as erp.csv:4=it.csv:9, that are the same",
        ),
        arg("--apart", action="append", default=[], metavar="ONE=OTHER", help="two that are not"),
        arg("--into", type=path, help="an estate file: only what it lacks is written"),
        *_OUTPUTS,
    ),
)  # fmt: skip
_INVENTORY = Subcommand(
    "inventory",
    "bring the lists that others keep into one estate file",
    chosen=("inventory", "ACTION"),
    actions=(
        _MERGE,
        Subcommand(
            "import-backstage",
            "an estate file from catalog-info.yaml files",
            "bot.inventory.cli.command:run_import",
            (arg("files", nargs="+", type=path, metavar="FILE"), *_OUTPUTS),
        ),
        Subcommand(
            "export-backstage",
            "the estate as a catalog-info.yaml",
            "bot.inventory.cli.command:run_export",
            (
                FILE,
                arg("--out", default="-", help="the folder to write it to (default: - prints it)"),
                _FORCE,
            ),
        ),
    ),
)
_GOVERNANCE = (
    Subcommand(
        "audit",
        "whether every connection is really owned",
        "bot.cli.governance:run_audit",
        (arg("connection", nargs="?"), *SHARED),
    ),
    Subcommand(
        "handbook",
        "everything a newcomer needs, as a document",
        "bot.cli.governance:run_handbook",
        (
            arg("--format", choices=list(HANDBOOK_FORMATS), default="md"),
            arg("--out", type=path, help="the file to write (default: standard output)"),
            _OVER_OTHERS,
            arg("--file", type=path, help="the estate file"),
        ),
    ),
    Subcommand(
        "kpi",
        "how well the estate is looked after, in numbers",
        "bot.cli.kpi:run_kpi",
        (arg("--days", type=int, default=KPI_DAYS, help=f"default: {KPI_DAYS}"), *SHARED),
    ),
)
_LEARNED = (
    Subcommand(
        "lanes",
        "how often each rule that suggests a lane was wrong",
        "bot.cli.learned:run_lanes",
        (flag("--json", "stable JSON"),),
    ),
    Subcommand(
        "playbook",
        "entries learned from incidents",
        "bot.cli.learned:run_playbook",
        (
            arg("what", nargs="?", choices=("list", "export"), default="list"),
            arg("--out", type=path, help="export: the file to write (default: print it)"),
            _OVER_OTHERS,
            flag("--json", "stable JSON of the list"),
        ),
    ),
)
_WATCHING = (
    Subcommand(
        "check",
        "look at connections once, now",
        "bot.cli.check:run",
        (
            arg("connection", nargs="?"),
            flag("--explain", "show every signal, every rule and why"),
            *SHARED,
        ),
    ),
    Subcommand(
        "volume",
        "what a connection usually moves, and what its volume rule would have said",
        "bot.cli.volume:run",
        (
            arg("connection"),
            arg("--state", type=path, help="the bot's folder (default: FIRSTLANE_STATE)"),
            *SHARED,
        ),
    ),
    Subcommand(
        "addresses",
        "print the addresses that jobs ping and webhooks call",
        "bot.cli.check_setup:run_addresses",
    ),
    Subcommand(
        "presets",
        "list the ready-made checks, or show one",
        "bot.cli.check_setup:run_presets",
        (arg("name", nargs="?"),),
    ),
)
_RELEASES = Subcommand(
    "releases",
    "what the makers of the systems announced",
    chosen=("kind", "WHAT"),
    actions=(
        Subcommand(
            "list", "releases to come, and the last ones", "bot.cli.releases:run_list", SHARED
        ),
        Subcommand(
            "import",
            "read an iCalendar file into the bot's calendar",
            "bot.cli.releases:run_import",
            (
                arg("calendar", help="the file, or - for standard input"),
                arg("--system", help="system that all entries are about"),
                flag("--print", "print entries for the estate file; store nothing"),
                *SHARED,
            ),
        ),
    ),
)
_STANDIN = Subcommand(
    "standin",
    "run the local Slack stand-in alone",
    "bot.cli.standin:run",
    (
        arg("--host", default="127.0.0.1"),
        arg("--port", type=port, default=DEMO_PORT),
        arg(
            "--manifest", type=path,
            help="your app's manifest (default: one that allows everything)",
        ),
        arg(
            "--members", type=path,
            help="your estate file, or a YAML list of {name, real_name, email, title}",
        ),
        arg("--channel", action="append", default=[], help="a channel to begin with"),
        arg("--state", type=path, help="keep the workspace in this file"),
        arg("--log-calls", type=path, help="one JSON line per Web API call"),
        flag("--json", "print addresses and tokens as JSON"),
    ),
)  # fmt: skip

COMMANDS: tuple[Subcommand, ...] = (
    _DEMO, _RUN, _DOCTOR, *_ESTATE, _INVENTORY, *_GOVERNANCE, *_LEARNED, *_WATCHING, _RELEASES,
    _STANDIN,
)  # fmt: skip


def targets(commands: tuple[Subcommand, ...] = COMMANDS) -> Iterator[str]:
    """Every `module:function` that the register names."""
    for command in commands:
        yield from [command.target] if command.target else []
        yield from [command.epilog] if command.epilog else []
        yield from targets(command.actions)


class _Parser(argparse.ArgumentParser):
    """An epilog that has to be worked out is worked out only for somebody who reads it."""

    epilog_from = ""

    def format_help(self) -> str:
        if self.epilog_from:
            module, _, function = self.epilog_from.partition(":")
            self.epilog = getattr(import_module(module), function)()
        return super().format_help()


def parser() -> argparse.ArgumentParser:
    """The whole grammar; also read by the documentation test."""
    top = _Parser(
        prog="firstlane", description="Knows whose job it is when an ERP integration breaks."
    )
    top.add_argument("--version", action="version", version=f"firstlane {__version__}")
    _add(top.add_subparsers(dest="command", metavar="COMMAND", required=True), COMMANDS)
    return top


def _add(group: "argparse._SubParsersAction[_Parser]", commands: tuple[Subcommand, ...]) -> None:
    for command in commands:
        made = group.add_parser(
            command.name,
            help=command.help,
            description=command.description,
            formatter_class=(
                argparse.RawDescriptionHelpFormatter if command.epilog else argparse.HelpFormatter
            ),
        )
        made.epilog_from = command.epilog
        for argument in command.arguments:
            made.add_argument(*argument.names, **argument.options)
        if command.actions:
            attribute, word = command.chosen
            _add(made.add_subparsers(dest=attribute, metavar=word, required=True), command.actions)
        else:
            made.set_defaults(target=command.target)
