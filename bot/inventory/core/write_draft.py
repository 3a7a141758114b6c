"""Writes the groups of rows down as connections, systems and people, with what they differ in."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.inventory.core import cells
from bot.inventory.core.draft import (
    Difference,
    DraftConnection,
    DraftParty,
    DraftPerson,
    DraftSystem,
    EstateDraft,
    Said,
)
from bot.inventory.core.group_rows import Merged, RowGroup
from bot.inventory.core.listed_people import ListedPeople
from bot.inventory.core.lists import (
    OWNER_FIELDS,
    Decisions,
    Field,
    Named,
    RowEntry,
    Skipped,
    Way,
)
from bot.inventory.core.naming import Labels
from bot.language.words import plain_words

T = TypeVar("T")
_REMARKS = (Field.ID, Field.ENDPOINT, Field.DOCS, Field.NOTES)
_MOST_ALIASES, _MOST_ENTITIES = 6, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRows:
    """What the estate file already has; `connections` gives the id behind each place. `decided`:
    ids and aliases are the same system, and no two systems are."""

    entries: tuple[RowEntry, ...] = ()
    people: tuple[DraftPerson, ...] = ()
    systems: tuple[DraftSystem, ...] = ()
    parties: tuple[DraftParty, ...] = ()
    connections: Mapping[str, str] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    decided: Decisions = field(default_factory=Decisions)


NOTHING_KNOWN = KnownRows()


def draft(
    merged: Merged, known: KnownRows = NOTHING_KNOWN
) -> tuple[EstateDraft, tuple[Skipped, ...]]:
    """The estate as the groups describe it, and the groups that make no connection."""
    writer = _Writer(merged, known)
    connections, skipped = [], []
    for group in merged.groups:
        why = writer.unfit(group)
        if why:
            skipped += [_skip(entry, why) for entry in group.entries]
        else:
            connections.append(writer.connection(group))
    drafted = EstateDraft(
        people=writer.people.all(),
        systems=tuple(writer.systems.values()),
        parties=tuple(writer.parties.values()),
        connections=tuple(connections),
        differences=tuple(writer.differences),
    )
    return drafted, tuple(skipped)


def _skip(entry: RowEntry, why: str) -> Skipped:
    said = (entry.name, entry.source, entry.target, *entry.entities)
    facts = (*map(str, entry.people.values()), *entry.facts.values(), *entry.rest.values())
    text = " | ".join(dict.fromkeys(text for text in (*said, *facts) if text))
    return Skipped(place=entry.place, why=why, text=text)


@dataclass(slots=True)
class _Page:
    """What is gathered while one connection is written down."""

    id: str
    rows: Sequence[RowEntry]
    remarks: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)


class _Writer:
    """Gives out ids while groups are written down one after the other."""

    def __init__(self, merged: Merged, known: KnownRows) -> None:
        self.book = merged.book
        self.known = known
        self.differences: list[Difference] = []
        self.labels = Labels(known.labels)
        self.people = ListedPeople(_named(merged.groups), known.people)
        self.systems: dict[str, DraftSystem] = {}
        self.parties: dict[str, DraftParty] = {}
        self._system_ids = Labels(one.id for one in known.systems)
        self._party_ids = Labels(one.id for one in known.parties)
        self._parties = {one.name.casefold(): one for one in known.parties}
        self._systems = {
            label.casefold(): one for one in known.systems for label in (one.id, one.name)
        }

    def unfit(self, group: RowGroup) -> str:
        """Why the group makes no connection; empty when it does."""
        ends = next((one for one in group.entries if one.complete), None)
        if ends is None:
            return "it does not say both systems; --map names the columns that do"
        if self.book.key[ends.source] == self.book.key[ends.target]:
            return f"both its ends are {self.book.key[ends.source]}"
        return ""

    def connection(self, group: RowGroup) -> DraftConnection:
        rows = group.entries
        places = tuple(row.place for row in rows)
        known = self.known.connections
        old = next((known[place] for place in places if place in known), "")
        id, name = (old, rows[0].name) if old else self.labels.named(rows[0].name, "connection")
        page = _Page(id=id, rows=rows)
        ends, way = self._ends(page)
        named = {layer: self._who(page, role) for role, layer in OWNER_FIELDS.items()}
        owners = {layer: who for layer, who in named.items() if who}
        vendor = self._fact(page, Field.VENDOR, str)
        return DraftConnection(
            id=id,
            name=name,
            source=self._system(ends.source, places),
            target=self._system(ends.target, places),
            both_ways=way is Way.BOTH,
            aliases=() if old else tuple(self._aliases(rows)),
            entities=_entities(rows),
            criticality=self._fact(page, Field.CRITICALITY, cells.criticality),
            build=self._fact(page, Field.BUILD, cells.build),
            stage=self._fact(page, Field.STAGE, cells.stage),
            domain=self._fact(page, Field.DOMAIN, str) or "",
            flow=self._fact(page, Field.FLOW, str) or "",
            pattern=self._fact(page, Field.PATTERN, str) or "",
            maintained_by=self._party(vendor, places) if vendor else "",
            owners=owners,
            first_responder=self._who(page, Field.RESPONDER),
            sources=page.sources,
            remarks=tuple(dict.fromkeys((*page.remarks, *_left_over(rows)))),
            places=places,
            why=group.why,
            known=bool(old),
        )

    def _aliases(self, rows: Sequence[RowEntry]) -> Iterator[str]:
        names = dict.fromkeys(row.name for row in rows[1:] if row.name != rows[0].name)
        for name in list(names)[:_MOST_ALIASES]:
            if self.labels.take(name):
                yield name

    def _ends(self, page: _Page) -> tuple[RowEntry, Way]:
        """The row whose direction is written down. One that says it comes before one that does
        not; `both ways` stands when any row says so."""
        whole = [row for row in page.rows if row.complete]
        first = next((row for row in whole if row.way is not Way.UNSAID), whole[0])
        said = [Said(place=row.place, value=self._course(row)) for row in whole]
        both = any(row.way is Way.BOTH for row in whole)
        if len({one.value for one in said if not one.value.endswith("?")}) > 1:
            self._differ(page, "direction", "both ways" if both else self._course(first), said)
        if first.way is Way.UNSAID:
            page.remarks.append(f"from, to: {first.place} does not say which way the data goes")
        page.sources["from"] = first.place
        return first, Way.BOTH if both else first.way

    def _course(self, row: RowEntry) -> str:
        source, target = self.book.key[row.source], self.book.key[row.target]
        if row.way is Way.FORWARD:
            return f"{source} → {target}"
        one, other = sorted((source, target))
        return f"{one} ↔ {other}" + ("?" if row.way is Way.UNSAID else "")

    def _who(self, page: _Page, role: Field) -> str:
        """The first person named for a role who can be reached; others become remarks."""
        found = [(row.place, row.people[role]) for row in page.rows if role in row.people]
        able: list[tuple[str, str]] = []
        heard = set()
        for place, who in found:
            person = self.people.find(who)
            heard.add(person.id if person else str(who))
            page.remarks += [
                f"{role}: also “{one}” ({place}), where one person counts" for one in who.others
            ]
            if person is None:
                page.remarks.append(f"{role}: “{who}” ({place}) is no single person; name one")
            # An owner who cannot be pinged would make the file look as if somebody answered for it.
            elif not (person.email or person.reachable):
                page.remarks.append(f"{role}: {person.id} ({place}), who has no address yet")
            else:
                able.append((person.id, place))
        taken, place = able[0] if able else ("", "")
        if len(heard) > 1:
            says = [Said(place=place, value=str(who)) for place, who in found]
            self._differ(page, str(role), taken, says)
        if taken:
            page.sources[str(role)] = place
        return taken

    def _fact(self, page: _Page, fact: Field, read: Callable[[str], T | None]) -> T | None:
        """What the first row that can be read says; all that differs or cannot be read is kept."""
        said = [
            Said(place=row.place, value=row.facts[fact]) for row in page.rows if fact in row.facts
        ]
        values = [(one, read(one.value)) for one in said]
        # The first list that can be read: people name the list they trust first.
        good = next(((one, value) for one, value in values if value is not None), None)
        if len({_plain(value, one.value) for one, value in values}) > 1:
            self._differ(page, str(fact), str(good[1]) if good else "", said)
        for one, value in values:
            if _plain(value, one.value) != _plain(one.value, one.value):
                page.remarks.append(f"{fact}: “{one.value}” ({one.place})")
        if good is None:
            return None
        page.sources[str(fact)] = good[0].place
        return good[1]

    def _differ(self, page: _Page, field_: str, taken: str, said: Sequence[Said]) -> None:
        found = Difference(id=page.id, field=field_, taken=taken, says=tuple(said))
        self.differences.append(found)

    def _system(self, written: str, places: tuple[str, ...]) -> str:
        key = self.book.key[written]
        if key not in self.systems:
            names = self.book.names[key]
            keys = (name.casefold() for name in names)
            known = next((self._systems[one] for one in keys if one in self._systems), None)
            self.systems[key] = known or DraftSystem(
                id=self._system_ids.id(key, "system"),
                name=key[:110],
                aliases=tuple(name[:110] for name in names if name != key)[:_MOST_ALIASES],
                places=places,
            )
        return self.systems[key].id

    def _party(self, name: str, places: tuple[str, ...]) -> str:
        key = name.casefold()
        if key not in self._parties:
            id = self._party_ids.id(name, "party")
            self._parties[key] = DraftParty(id=id, name=name[:110], places=places)
        self.parties[key] = self._parties[key]
        return self._parties[key].id


def _named(groups: Iterable[RowGroup]) -> Iterator[tuple[str, Named]]:
    for group in groups:
        for entry in group.entries:
            for who in entry.people.values():
                yield entry.place, who


def _entities(rows: Sequence[RowEntry]) -> tuple[str, ...]:
    """The entities of all rows, each once: spelt as it was written first, at the place of the
    last."""
    found = [one for row in rows for one in row.entities]
    each = {one.casefold(): one for one in reversed(found)}
    return tuple(each.values())[::-1][:_MOST_ENTITIES]


def _plain(value: object, written: str) -> str:
    """What two rows must have in common to say the same."""
    as_written = isinstance(value, str) and value == written
    return " ".join(plain_words(written)) if as_written else str(value)


def _left_over(rows: Sequence[RowEntry]) -> Iterator[str]:
    for row in rows:
        for field_ in _REMARKS:
            if field_ in row.facts:
                yield f"{field_}: {row.facts[field_]} ({row.place})"
        for column, text in row.rest.items():
            yield f"{column}: {text} ({row.place})"
