"""Which connection somebody means by the words they typed."""

from collections.abc import Sequence

from bot.core.estate import lookup
from bot.core.estate.catalogue import Connection
from bot.core.estate.index import NameKind
from bot.language.errors import NotFound
from bot.language.marks import as_typed
from bot.language.words import plain_words, stem
from bot.slack.handler import Handler

_ARTICLES = frozenset({"a", "an", "our", "the", "to", "from"})


class NoSuchConnection(NotFound):
    """The words name no connection."""


class Unclear(Exception):
    """Several connections may be meant by `name`, as it was typed; the likeliest first."""

    def __init__(self, name: str, likely: Sequence[Connection]) -> None:
        super().__init__(name)
        self.name, self.likely = name, tuple(likely)


def names_only(handler: Handler, words: str) -> bool:
    """Whether every word but articles is a word of a connection's, as it stands there."""
    known = handler.runtime.knowledge().index.shelves[NameKind.CONNECTION].vocabulary
    return all(stem(word) in known for word in plain_words(words) if word not in _ARTICLES)


def find(handler: Handler, words: str, command: str = "show") -> Connection:
    """The one connection that the words name, for `command`. Raises NotFound, or Unclear when
    several fit."""
    knowledge = handler.runtime.knowledge()
    catalogue = knowledge.catalogue
    if not words.strip():
        raise NotFound(f"Say which connection, for example: /conn {command} web shop orders")
    found = lookup.find_connection(knowledge.index, words)
    if found.id:
        return catalogue.connections[found.id]
    if found.choices:
        raise Unclear(words.strip(), [catalogue.connections[item] for item in found.choices])
    raise NoSuchConnection(
        f"No connection is called “{as_typed(words, 60)}”. /conn status lists them all."
    )
