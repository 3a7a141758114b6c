"""A mistake is told in the line in which it was made, wherever reading stops because of it."""

import re
from collections.abc import Callable

import pytest

from bot.files.yaml_source import read_yaml
from tests.files.estate_text import ESTATE, errors

WRITTEN = """\
version: 1
company:
  name: Example Wholesale
  timezone: Europe/Amsterdam # where the office's clock hangs
people:
  alice: {name: Alice, title: "Keeper of keys", email: alice@example.com}
  bob:
    name: Bob
    title: 'Named contact, weekdays'
connections:
  shop-orders:
    name: Orders "as they come"
    from: shop
    to: erp
    aliases: [web orders, 'shop feed']
    owners:
      technical: alice # runs it
      functional: bob
    build: {type: custom}
    ladder:
      - {after: 15m, ping: [bob]}
      - {after: 30m, ping: [alice]}
    docs:
      mapping: https://docs.example.com/mapping

      auth: https://docs.example.com/auth
    known_exceptions:
      - Orders of the old shop
      - Gift cards
    checks:
      - id: status # of the shop
        kind: http
        url: "https://example.com/status"
        signals: &connector # used again below
          queue_depth: $.queue
          status: $.status
        rules:
          - {signal: queue_depth, warn: "> 60", fail: "> 200"}
          - {signal: status, fail: "!= ok"}
      - id: job
        kind: heartbeat
        period: 1d
        # what the job sends of itself
        grace: 2h
releases:
  - system: erp
    version: "27.1"
    at: 2026-12-01 18:00
  - system: shop
    version: "9"
    at: 2026-12-02 18:00
"""
_KEY = re.compile(r"^( *(?:- )*[\w-]+):(?=\s|$)")
_BARE = re.compile(r"""^( *(?:- )*[\w-]+: |.*[{,] ?\w+: )([^"'{\[&\s#][^,}\n]*)""")


def _second(sign: str) -> Callable[[str], str | None]:
    def cut(line: str) -> str | None:
        at = [place for place, letter in enumerate(line) if letter == sign]
        quoted = len(at) == 2 and line[at[0] - 2 : at[0]] == ": "
        return line[: at[1]] + line[at[1] + 1 :] if quoted else None

    return cut


def _opened(sign: str) -> Callable[[str], str | None]:
    def opened(line: str) -> str | None:
        return _BARE.sub(rf"\1{sign}\2", line, count=1) if _BARE.match(line) else None

    return opened


SLIPS: dict[str, tuple[str, Callable[[str], str | None]]] = {
    "a double quote that is not closed": ("this quote", _second('"')),
    "a single quote that is not closed": ("this quote", _second("'")),
    "a double quote too many": ("", _opened('"')),
    "a single quote too many": ("", _opened("'")),
    "a colon too few": (
        "a ':' is missing",
        lambda line: _KEY.sub(r"\1", line) if _KEY.match(line) else None,
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_in_its_own_line(slip: str) -> None:
    words, change = SLIPS[slip]
    lines = WRITTEN.split("\n")
    made = [(at, changed) for at, line in enumerate(lines) if (changed := change(line))]
    told = {}
    for at, changed in made:
        text = "\n".join([*lines[:at], changed, *lines[at + 1 :]])
        told[changed] = [(one.line, one.message) for one in read_yaml(text, file="f").problems]

    elsewhere = {
        changed: told[changed]
        for at, changed in made
        if [line for line, _ in told[changed]] != [at + 1] or words not in told[changed][0][1]
    }

    assert made
    # YAML takes `build {type` for a key, and only the shape of the file tells that it is none.
    assert elsewhere == ({"    build {type: custom}": []} if "colon" in slip else {})


@pytest.mark.parametrize(
    "text",
    [
        'a:\n  b: "one\n    two"\n  c: "three"\n',
        "a:\n  - 'one: two\n    three: four'\n  - 'five'\n",
        'a:\n  - b: "one\n\n      two: 2"\n    c: 3\n',
        'a:\n  "one\n  two: 2"\n',
        'a: {b: "one\n  two: 2", c: 3}\n',
        'a:\n  b: "one\n  two"\n',
    ],
)
def test_a_text_in_quotes_may_go_on_over_lines(text: str) -> None:
    assert read_yaml(text, file="f").problems == ()


def test_entries_that_an_open_quote_swallows_are_told_where_it_opens() -> None:
    text = "connections:\n  orders:\n    name: 'Orders\n    from: shop\n    to: erp # the books'\n"

    (problem,) = read_yaml(text, file="f").problems

    assert str(problem) == (
        "f:3:11: this quote is not closed where its text ends;"
        " close it in this line; the next one like it stands in line 5"
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("technical: alice", "technical alice", "15:14", "after 'technical' in owners"),
        (", functional: alice", ", functional alice", "15:32", "after 'functional' in owners"),
        ("name: Maker}", "name: Maker, respond: {critical 1h}}", "9:34", "after 'critical' in"),
        ("owners: {technical: alice,", "owners {technical: alice,", "15:5", "after the key"),
        ("owners: {technical: alice, functional: alice, architecture: alice}",
         "build {type: custom}", "15:5", "after 'build'"),
    ],
)  # fmt: skip
def test_a_colon_that_is_missing_between_braces_is_told_where_it_is(
    old: str, new: str, place: str, said: str
) -> None:
    told = errors(ESTATE.replace(old, new, 1))

    assert any(one.startswith(f"{place}: a ':' is missing {said}") for one in told), told


def test_a_key_that_is_not_known_is_told_also_when_nothing_stands_behind_it() -> None:
    assert errors(ESTATE.replace("first_responder: bob", "first_respnder:")) == [
        "16:5: unknown key 'first_respnder'; did you mean 'first_responder'?"
    ]


# What one part of a list or a mapping does wrong, and where that part stands.
PARTS = {
    "a step of a ladder": (
        "    first_responder: bob\n    ladder:\n      - {after: 5m, ping: [bob]}\n"
        "      - {after: 15m, ping: [bob]}\n      - {after: 10m, ping: [alice]}",
        "20:17: ladder[2].after: each rung of a ladder must come later than the one before it;"
        " write more than 15m",
    ),
    "a step of the ladder of all": (
        "    first_responder: bob\ndefaults:\n  ladder:\n    - {after: 0m, ping: [bob]}\n"
        "    - after: 0m\n      ping: [alice]",
        "20:14: defaults.ladder[1].after: each rung of a ladder must come later than the one"
        " before it; write more than 0s",
    ),
    "a step of a policy": (
        "    first_responder: bob\npolicies:\n  - ladder:\n      - {after: 20m, ping: [bob]}\n"
        "      - {after: 20m, ping: [alice]}",
        "20:17: policies[0].ladder[1].after: each rung of a ladder must come later than the one"
        " before it; write more than 20m",
    ),
    "a header": (
        "    first_responder: bob\nwebhooks:\n  again:\n    url: https://example.com\n"
        "    headers:\n      accept: text/plain\n      'x key': y",
        "22:16: webhooks.again.headers.x key: 'x key' is no name of a header: letters, digits and"
        " dashes, such as x-api-key",
    ),
    "an end of a window": (
        "    first_responder: bob\nmaintenance:\n  - name: Update\n    from: 2026-09-02\n"
        "    until: 2026-09-01",
        "20:12: until: a window must end after it begins",
    ),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_list_is_told_at_that_part(part: str) -> None:
    written, said = PARTS[part]
    whole = ESTATE.partition("    checks:")[0].replace("    first_responder: bob", written)

    assert errors(whole) == [said]
