"""What can never work in a check is a mistake, what is hardly meant a warning, at its place."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_origin

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import text as sql_text

from bot.checks import settings_models
from bot.checks.probes.sql import SqlSettings as Sql
from bot.files.estate.load import load_text
from bot.files.estate.schema import EstateShape
from tests.files.models import models_in, types_in

NOW = datetime(2026, 8, 3, 10, 0, tzinfo=UTC)
HEAD = """\
version: 1
people:
  bob: {name: Bob, email: bob@example.com}
systems: {shop: {name: Shop}, erp: {name: ERP}}
connections:
  orders:
    name: Orders
    from: shop
    to: erp
    owners: {technical: bob, functional: bob, architecture: bob}
    first_responder: bob
    checks:
      - id: it
"""
HTTP = "kind: http\nurl: https://example.com/\n"
SQL = "kind: sql\nurl: '${DB}'\n"  # for {SQL} below

# Beginning on line 14, ten columns in.
NEVER = {
    "a body of a GET": (
        f"{HTTP}body: {{all: 1}}",
        "16:15: checks[0].body: a GET is sent without a body;"
        " write method: POST, or leave the body out",
    ),
    "a text body of a GET": (
        f"{HTTP}method: GET\nbody_text: <all/>",
        "17:20: checks[0].body_text: a GET is sent without a body;"
        " write method: POST, or leave the body out",
    ),
    "a preset's values without one": (
        f"{HTTP}with: {{folder: /in}}",
        "16:9: 'with' fills in a preset, and none is named;"
        " name the preset, as preset: NAME, or take 'with' away",
    ),
    "truth for a preset's values": (
        "preset: sql-queue\nwith: true",
        "15:15: must be a mapping of keys in with; write each under its name, as with: {url: …}",
    ),
    "a name that nothing binds": (
        "{SQL}signals:\n  size: SELECT count(*) FROM o WHERE at > :since",
        "17:17: checks[0].signals.size: the query asks for :since, and 'bind' does not give it;"
        " write bind: {since: …}, or \\: for a colon that is only text",
    ),
    "a name of the row that nothing binds": (
        "{SQL}bind: {to: 1}\nrow: SELECT count(*) AS size FROM o WHERE a = :to AND b = :from",
        "17:14: checks[0].row: the query asks for :from, and 'bind' does not give it;"
        " write bind: {from: …}, or \\: for a colon that is only text",
    ),
    "a pattern without a group for a number": (
        f"{HTTP}format: text\nsignals:\n  queue_depth: {{regex: 'waiting: [0-9]+'}}",
        "18:32: checks[0].signals.queue_depth.regex: queue_depth is a number, and what this"
        " pattern matches never is one; put ( ) around the number",
    ),
    "truth among numbers": (
        f"{HTTP}expect: [200, true]",
        "16:23: checks[0].expect[1]: must be a number, not true or false",
    ),
    "truth for a list": (f"{HTTP}expect: true", "16:17: must be a list in checks[0].expect"),
    "truth for the rules": (f"{HTTP}rules: true", "16:16: must be a list in checks[0].rules"),
    "one condition for a list": (
        f"{HTTP}error_when: {{path: $.error}}",
        "16:21: must be a list in checks[0].error_when",
    ),
}


def told(check: str) -> list[tuple[str, str]]:
    lines = check.replace("{SQL}", SQL).split("\n")
    text = HEAD + "".join(f"        {line}\n" for line in lines)
    loaded = load_text(
        text,
        path=Path("connections.yaml"),
        environ={"DB": "sqlite:///x.db"},
        kinds=settings_models(),
        runbooks=("generic",),
        now=NOW,
    )
    return [
        (one.severity.value, str(one).removeprefix("connections.yaml:")) for one in loaded.problems
    ]


@pytest.mark.parametrize("slip", NEVER)
def test_what_can_never_work_is_a_mistake(slip: str) -> None:
    check, said = NEVER[slip]

    assert told(check) == [("error", said)]


def test_what_is_bound_and_never_asked_for_is_a_warning() -> None:
    check = "{SQL}bind: {since: 1, til: 2}\nrow: SELECT 1 AS size WHERE 3 > :since"

    assert told(check) == [
        ("warning", "16:31: no query asks for :til; write :til where it belongs")
    ]


@pytest.mark.parametrize(
    "check",
    [
        f"{HTTP}method: POST\nbody: {{all: 1}}",
        f"{HTTP}format: text\nsignals: {{queue_depth: {{regex: 'waiting: ([0-9]+)'}}}}",
        f"{HTTP}format: text\nsignals: {{queue_depth: {{regex: '[0-9]+'}}}}",
        f"{HTTP}format: text\nsignals: {{queue_depth: {{regex: 'waiting', pick: count}}}}",
        f"{HTTP}format: text\nsignals: {{status: {{regex: 'good|bad'}}}}",
        "{SQL}bind: {since: 1}\nrow: SELECT a::int AS size FROM o WHERE at > :since",
        "{SQL}row: SELECT count(*) AS size FROM o WHERE name = 'a \\:b'",
    ],
)
def test_what_works_is_told_of_in_no_way(check: str) -> None:
    assert told(check) == []


@pytest.mark.parametrize(
    "query",
    [
        *("SELECT :a", "SELECT a::int", "SELECT '12:30'", "SELECT ':b'", r"SELECT '\:b'"),
        *("SELECT :a::int", "SELECT x[1:2]", "SELECT :a+:b", "SELECT ' :c: '"),
    ],
)
def test_the_names_of_a_query_are_those_that_the_database_library_finds(query: str) -> None:
    names = set(sql_text(query).compile().params)
    base = {"url": "sqlite:///x.db", "signals": {"size": query}}

    assert not list(Sql.model_validate({**base, "bind": dict.fromkeys(names, 1)}).doubts())
    for lacking in names:
        with pytest.raises(ValueError, match=f":{lacking}"):
            Sql.model_validate({**base, "bind": dict.fromkeys(names - {lacking}, 1)})


def takes(model: type[BaseModel], key: str, value: object) -> bool:
    try:
        model.model_validate({key: value})
    except ValidationError as error:
        return all(key not in one["loc"][:1] for one in error.errors())
    return True


def test_nothing_but_a_list_is_taken_for_a_list() -> None:
    models: set[type[BaseModel]] = set()
    for model in (EstateShape, *settings_models().values()):
        models_in(model, models)
    lists = [
        (model, field.alias or name)
        for model in models
        for name, field in model.model_fields.items()
        if {list, tuple} & {get_origin(part) for part in types_in(field.rebuild_annotation())}
    ]

    taken = [
        f"{model.__name__}.{key}: {value!r}"
        for model, key in lists
        for value in (True, 3, "text", {"a": 1}, [True])
        if takes(model, key, value)
    ]

    assert len(lists) > 20
    assert taken == []
