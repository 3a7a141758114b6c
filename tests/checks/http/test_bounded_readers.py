"""Every reader of what comes from outside is bounded: in size, in depth, and in the parts that it
visits, each counted once for each level above it."""

import json
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from bot.checks.http.document import JsonDocument, UnreadableAnswer, XmlDocument
from bot.checks.http.extract import _shape
from bot.language.scalars import DEEPEST, MOST_VISITS, TooNested, bounded, json_rows
from bot.web.bodies import json_of

# Parts at the bottom of the deepest chain: together they are visited more often than is allowed.
BUSHY = MOST_VISITS // (DEEPEST - 1) + 1


def lists(depth: int, leaves: int = 1) -> str:
    return "[" * depth + ",".join("1" for _ in range(leaves)) + "]" * depth


def objects(depth: int, leaves: int = 1) -> str:
    inner = ",".join(f'"n{n}":1' for n in range(leaves))
    return '{"a":' * (depth - 1) + "{" + inner + "}" + "}" * (depth - 1)


def elements(depth: int, leaves: int = 1) -> str:
    return "<a>" * depth + "<b/>" * leaves + "</a>" * depth


def depth_of(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth_of, inner), default=0) if isinstance(value, dict | list) else 0


def as_json(text: str) -> None:
    JsonDocument.read(text)


def as_xml(text: str) -> None:
    XmlDocument.read(text.encode())


READERS = [(as_json, lists), (as_json, objects), (as_xml, elements)]
Read, Write = Callable[[str], None], Callable[[int, int], str]


@pytest.mark.parametrize(("read", "write"), READERS)
def test_what_people_send_is_read(read: Read, write: Write) -> None:
    read(write(1, 1))
    read(write(5, 20_000))
    read(write(DEEPEST - 2, 1))


@pytest.mark.parametrize(("read", "write"), READERS)
@pytest.mark.parametrize("depth", [DEEPEST + 1, 900, 20_000])
def test_what_is_too_deep_is_not(read: Read, write: Write, depth: int) -> None:
    with pytest.raises(UnreadableAnswer):
        read(write(depth, 1))


@pytest.mark.parametrize(("read", "write"), READERS)
def test_what_is_deep_and_bushy_is_not(read: Read, write: Write) -> None:
    with pytest.raises(UnreadableAnswer):
        read(write(DEEPEST - 2, BUSHY))


@pytest.mark.parametrize("write", [objects, lists])
@pytest.mark.parametrize(("depth", "width"), [(DEEPEST + 1, 1), (20_000, 1), (DEEPEST - 2, BUSHY)])
def test_of_a_message_that_is_too_deep_the_beginning_is_read(
    write: Write, depth: int, width: int
) -> None:
    read = json_of(write(depth, width).encode())

    assert isinstance(read, dict | list)
    assert depth_of(read) <= 6


def test_no_more_levels_are_counted_than_are_needed_to_refuse() -> None:
    asked = []

    def rows() -> Iterator[int]:
        while True:
            asked.append(1)
            yield 1

    with pytest.raises(TooNested, match=f"at most {DEEPEST} levels"):
        bounded(rows())

    assert len(asked) == DEEPEST + 1


def test_each_part_of_a_value_is_counted_on_its_level() -> None:
    assert list(json_rows({"a": [1, 2, {"b": 3}], "c": 4})) == [1, 2, 3, 1]


@pytest.mark.parametrize("depth", [1, 7, 18])
def test_the_shape_of_nested_lists_is_never_larger_than_they_are(depth: int) -> None:
    different = [json.loads("[" * depth + f'{{"k{n}":0}}' + "]" * depth) for n in range(1_000)]
    tracemalloc.start()

    shape = _shape(different)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(shape) == 1_000
    assert all(len(one) == 64 for one in shape)
    assert peak < 1_500_000
