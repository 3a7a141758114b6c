"""What `firstlane inventory` shows at a terminal and asks there.

The stable JSON of `firstlane inventory`; docs/inventory.md describes it.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from bot.inventory.core.columns import Guess
from bot.inventory.core.draft import Difference, DraftConnection, EstateDraft
from bot.inventory.core.lists import Field, RowDoubt, Skipped
from bot.inventory.files.list_table import ListTable
from bot.language.errors import Invalid
from bot.language.units import say_count

_SHOWN = 40  # entries of one part of the report; all are in the file and in the JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of the lists. `text` is the estate file; `problems` are errors in it that
    `firstlane validate` would name."""

    draft: EstateDraft
    text: str
    doubts: tuple[RowDoubt, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    rows: int = 0
    problems: tuple[str, ...] = ()


class Prompt:
    """Asks at a terminal. Without one nothing is asked: `yes` says that guesses may stand."""

    def __init__(self, *, yes: bool) -> None:
        # Questions go to standard error: standard output may be the estate file.
        self.console = Console(stderr=True, highlight=False)
        self.asks = not yes and sys.stdin.isatty() and self.console.is_terminal
        self._yes = yes
        self._enough = False

    def columns(self, table: ListTable, guesses: Sequence[Guess]) -> dict[str, Field] | None:
        """What a person corrects of the guesses; None when they are right as they are."""
        self._show(table, guesses)
        if not self.asks:
            # Without a terminal nobody sees how the columns are read, so --yes has to say that they
            # are right.
            if not self._yes:
                raise Invalid(
                    f"Nobody can be asked whether the columns of {table.list} are read right. "
                    "Add --yes when they are, or --map "
                    f"'{table.list}:{table.headings[0]}=name' to say otherwise."
                )
            return None
        while True:
            said = self._ask("Right? Enter, or for example 3=technical, 5=ignore: ")
            if said.casefold() in ("", "y", "yes"):
                return None
            try:
                return dict(_correction(one, guesses) for one in said.split(","))
            except ValueError as error:
                self.console.print(escape(str(error)))

    def system_of(self, table: ListTable, guess: str) -> str:
        """The system whose list it is."""
        if not self.asks:
            return guess
        question = f"Which system is {table.list} the list of? Enter for “{guess}”: "
        return self._ask(question) or guess

    def same(self, doubt: RowDoubt) -> bool | None:
        """Whether two things are the same; None when the person does not want to say."""
        if not self.asks or self._enough:
            return None
        self.console.print(f"\n[bold]Perhaps the same[/] {doubt.kind}: {_why(doubt)}")
        for side in _sides(doubt):
            self.console.print(f"  {escape(side)}")
        while True:
            said = self._ask("The same? y, n, Enter to leave it open, q to ask no more: ")
            if said.casefold() in ("y", "yes", "n", "no"):
                return said.casefold().startswith("y")
            if said.casefold() in ("", "q"):
                self._enough = bool(said)
                return None

    def _ask(self, question: str) -> str:
        self.console.print(escape(question), end="")
        line = sys.stdin.readline()
        # An end of input is a person who leaves; an empty answer would accept every guess.
        if not line:
            raise KeyboardInterrupt
        return line.strip()

    def _show(self, table: ListTable, guesses: Sequence[Guess]) -> None:
        self.console.print(f"\n[bold]{escape(table.list)}[/], {len(table.lines):,} rows")
        grid = Grid("", "column", "read as", "for example", box=None, pad_edge=False)
        for number, guess in enumerate(guesses, start=1):
            sure = "" if guess.sure else " (a guess)"
            meaning = f"{guess.field}{sure}" if guess.field else guess.why or "kept as a comment"
            example = table.example(guess.column)[:40]
            grid.add_row(str(number), escape(guess.column), escape(meaning), escape(example))
        self.console.print(grid)


def _correction(text: str, guesses: Sequence[Guess]) -> tuple[str, Field]:
    number, equals, field = (part.strip() for part in text.partition("="))
    if not equals or not number.isdecimal() or not 1 <= int(number) <= len(guesses):
        raise ValueError(f"“{text.strip()}” is not like 3=technical")
    return guesses[int(number) - 1].column, meaning(field)


def meaning(field: str) -> Field:
    """The field of a name; raises ValueError with all names."""
    try:
        return Field(field.strip().casefold())
    except ValueError:
        raise ValueError(f"“{field}” is none of {', '.join(Field)}") from None


def _why(doubt: RowDoubt) -> str:
    return escape(", ".join(doubt.why))


def _sides(doubt: RowDoubt) -> list[str]:
    both = ((doubt.one, doubt.one_says), (doubt.other, doubt.other_says))
    return [place if place == says else f"{place}: {says}" for place, says in both]


def report(result: Result, console: Console, *, into: str = "") -> None:
    """The whole outcome in words, the merged rows first."""
    drafted = result.draft
    new = [one for one in drafted.connections if not one.known]
    merged = [one for one in drafted.connections if len(one.places) > 1]
    told = f"{say_count(result.rows, 'row')}, {say_count(len(drafted.connections), 'connection')}"
    told += f", {len(new):,} of them not in {into}" if into else ""
    console.print(f"\n[bold]{escape(told)}[/]")
    _part(console, "Merged", [_merged(one) for one in merged])
    if into:
        _part(console, "New", [f"{one.id}: {_line(one)}" for one in new])
    _part(console, "Perhaps the same, kept apart", [_doubt(one) for one in result.doubts])
    _part(console, "The lists differ", _differences(drafted))
    _part(console, "Not understood", [_skipped(one) for one in result.skipped])
    _part(console, "Notes", list(result.notes))


def _part(console: Console, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    console.print(f"\n[bold]{escape(title)}[/] ({len(lines):,})")
    for line in lines[:_SHOWN]:
        console.print(f"  {escape(line)}", soft_wrap=True)
    if len(lines) > _SHOWN:
        console.print(f"  … and {len(lines) - _SHOWN:,} more; --json prints all")


def _line(one: DraftConnection) -> str:
    arrow = "↔" if one.both_ways else "→"
    return f"{one.name}, {one.source} {arrow} {one.target} ({', '.join(one.places[:3])})"


def _merged(one: DraftConnection) -> str:
    known = ", already known" if one.known else ""
    why = "".join(f"\n      {reason}" for reason in one.why)
    return f"{one.id}: {' + '.join(one.places[:6])}{known}{why}"


def _doubt(one: RowDoubt) -> str:
    return "\n      ".join([f"{one.kind}: {', '.join(one.why)}", *_sides(one)])


def _differences(drafted: EstateDraft) -> list[str]:
    lines = []
    for one in drafted.differences:
        says = "".join(f"\n      {said.place}: {said.value}" for said in one.says)
        lines.append(f"{one.id}, {one.field}: written {one.taken or 'nothing'}{says}")
    return lines


def _skipped(one: Skipped) -> str:
    text = one.text if len(one.text) <= 160 else f"{one.text[:160]}…"
    return f"{one.place}: {one.why}" + (f"\n      {text}" if text else "")


_CALLED = {"source": "from", "target": "to", "places": "rows"}
_CONNECTION = (
    "id name aliases source target both_ways entities criticality domain flow pattern build"
    " maintained_by stage owners first_responder remarks known places"
)


def as_data(result: Result) -> dict[str, Any]:
    """Everything that came of the lists."""
    drafted = result.draft
    connections = drafted.connections
    return {
        "connections": [_fields(one, _CONNECTION) for one in connections],
        "systems": [_fields(one, "id name aliases known places") for one in drafted.systems],
        "people": [_fields(one, "id name email known places") for one in drafted.people],
        "merged": [_fields(one, "id places why") for one in connections if len(one.places) > 1],
        "doubtful": [_doubtful(one) for one in result.doubts],
        "differences": [_difference(one) for one in drafted.differences],
        "skipped": [{"row": one.place, "why": one.why, "text": one.text} for one in result.skipped],
        "notes": list(result.notes),
        "problems": list(result.problems),
    }


def _fields(one: object, names: str) -> dict[str, Any]:
    """These fields, where a text that nothing says is null."""
    values = {name: getattr(one, name) for name in names.split()}
    return {_CALLED.get(name, name): None if it == "" else it for name, it in values.items()}


def _difference(one: Difference) -> dict[str, Any]:
    says = [{"row": said.place, "value": said.value} for said in one.says]
    return {**_fields(one, "id field taken"), "says": says}


def _doubtful(one: RowDoubt) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "one": {"key": one.one, "says": one.one_says},
        "other": {"key": one.other, "says": one.other_says},
        "why": list(one.why),
    }
