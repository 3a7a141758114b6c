"""The people that lists name, each once, however they are written.

Rule of this file: an address decides; a name alone is joined to an address only when a single
address goes with that name.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.inventory.core.cells import nobody_in_particular
from bot.inventory.core.draft import DraftPerson
from bot.inventory.core.lists import Named
from bot.inventory.core.naming import Labels
from bot.language.words import plain_words

# What the estate file takes; mail knows no longer ones.
_LONGEST_ADDRESS = 254


class ListedPeople:
    """A register of who was named where. `known` people keep their ids."""

    def __init__(
        self, named: Iterable[tuple[str, Named]], known: Iterable[DraftPerson] = ()
    ) -> None:
        """`named` are places and the people they name, in the order in which lists are read."""
        self._people: dict[str, DraftPerson] = {}
        self._by_mail: dict[str, str] = {}
        self._by_name: dict[str, set[str]] = {}
        self._places: dict[str, list[str]] = {}
        self._ids = Labels()
        for person in known:
            self._ids.take(person.id)
            self._keep(person)
        ordered = [one for one in named if not nobody_in_particular(one[1])]
        # Those with an address first: names alone are then looked up among them.
        for place, who in sorted(ordered, key=lambda one: not one[1].email):
            self._enter(place, who)

    def find(self, who: Named) -> DraftPerson | None:
        """The person; None for a team or somebody who was never entered."""
        if who.email in self._by_mail:
            return self._people[self._by_mail[who.email]]
        ids = self._by_name.get(_key(who.name), set())
        # Two people of one name: a guess would make somebody the owner of what is not theirs.
        return self._people[next(iter(ids))] if len(ids) == 1 else None

    def all(self) -> tuple[DraftPerson, ...]:
        return tuple(
            replace(one, places=tuple(dict.fromkeys(self._places.get(one.id, ()))))
            for one in self._people.values()
        )

    def _enter(self, place: str, who: Named) -> None:
        found = self.find(who)
        if found is None:
            email = who.email if len(who.email) <= _LONGEST_ADDRESS else ""
            name = (who.name or _from_mailbox(email))[:100]
            found = DraftPerson(id=self._ids.id(name, "person"), name=name, email=email)
            self._keep(found)
        elif who.name:
            self._by_name.setdefault(_key(who.name), set()).add(found.id)
        self._places.setdefault(found.id, []).append(place)

    def _keep(self, person: DraftPerson) -> None:
        self._people[person.id] = person
        for label in (person.name, *person.aliases):
            self._by_name.setdefault(_key(label), set()).add(person.id)
        if person.email:
            self._by_mail[person.email.casefold()] = person.id


def _key(name: str) -> str:
    """`Lee, Ann` and `ann LEE` are one."""
    return " ".join(sorted(plain_words(name)))


def _from_mailbox(email: str) -> str:
    words = plain_words(email.partition("@")[0].replace(".", " ").replace("_", " "))
    return " ".join(word.capitalize() for word in words) or email
