"""The connection that a command is about, by its id, its name or what is near."""

from bot.core.estate import lookup
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ids import ConnectionId
from bot.core.knowledge import Knowledge
from bot.files.problems import did_you_mean
from bot.language.errors import Invalid, NotFound
from bot.language.units import say_names

_LISTED = 8


def connection_named(knowledge: Knowledge, words: str) -> ConnectionId:
    """Raises Invalid, or NotFound with what is near, unless the words surely mean one."""
    catalogue, said = knowledge.catalogue, words.strip()
    if not said:
        raise Invalid(f"Say which connection. {_all(catalogue)}")
    found = lookup.find_connection(knowledge.index, said)
    if found.id:
        return found.id
    if len(found.choices) > 1:
        meant = " or ".join(repr(one) for one in found.choices)
        raise Invalid(f"{said!r} may be one of several connections: write {meant}.")
    known = catalogue.connections.values()
    names = {name for one in known for name in (one.id, one.name, *one.aliases)}
    near = did_you_mean(said, found.choices or names)
    told = f"{near[0].upper()}{near[1:]}" if near else _all(catalogue)
    raise NotFound(f"There is no connection {said!r} in the estate file. {told}")


def _all(catalogue: Catalogue) -> str:
    listed = say_names(sorted(catalogue.connections), _LISTED)
    return f"The estate file has {listed}." if listed else "The estate file has none."
