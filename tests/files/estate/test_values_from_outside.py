"""`${…}`: filled from the environment or a file, marked secret, and never told to anybody."""

import logging
from pathlib import Path

import pytest

from bot.core.estate.catalogue import Catalogue
from bot.files.estate.load import load_text
from tests.files.estate_text import (
    ESTATE,
    KINDS,
    NOW,
    PageSettings,
    catalogue,
    errors,
    load,
)

VALUE = "zzz-very-hidden-zzz"


def with_url(url: str) -> str:
    return ESTATE.replace("http://example.com/", f"'{url}'")


def page_of(loaded: Catalogue) -> PageSettings:
    return PageSettings.of(loaded.connections["orders"].checks[0])


def url_of(text: str, **environ: str) -> str:
    return page_of(catalogue(text, **environ)).url


def test_a_variable_is_filled_in_and_marked_secret() -> None:
    settings = page_of(catalogue(with_url("https://x/${KEY}/status"), KEY=VALUE))

    assert settings.url == f"https://x/{VALUE}/status"
    assert {settings.url, VALUE} <= settings.secrets()


def test_a_default_is_written_in_the_file_and_so_no_secret() -> None:
    settings = page_of(catalogue(with_url("${BASE:-http://127.0.0.1:8090}/status")))

    assert settings.secrets() == frozenset()
    assert settings.url == "http://127.0.0.1:8090/status"


def test_an_empty_variable_takes_the_default() -> None:
    assert url_of(with_url("${BASE:-http://x}/"), BASE="") == "http://x/"


def test_two_dollars_write_the_braces_themselves() -> None:
    assert url_of(with_url("http://x/$${NOT_A_NAME}")) == "http://x/${NOT_A_NAME}"


def test_a_secret_file_is_read_beside_the_estate_without_its_last_line_break(
    tmp_path: Path,
) -> None:
    (tmp_path / "token").write_text(VALUE + "\n", encoding="utf-8")

    loaded = load_text(
        with_url("http://x/${file:token}"),
        path=tmp_path / "connections.yaml",
        environ={},
        kinds=KINDS,
        runbooks=("generic",),
        now=NOW,
    )

    assert loaded.catalogue is not None
    assert page_of(loaded.catalogue).url == f"http://x/{VALUE}"
    assert loaded.catalogue.secrets == {f"http://x/{VALUE}"}


UNRESOLVED = {
    "a variable that is not set": ("${GONE}", "18:39: environment variable GONE is not set"),
    "a secret file that is gone": (
        "${file:/nowhere/token}",
        "18:39: secret file /nowhere/token cannot be read",
    ),
    "a place never closed": (
        "${GONE",
        "18:39: '${' is never closed; write $${ for a plain ${",
    ),
    "a name with a space": (
        "${MY KEY}",
        "18:39: cannot read '${…}'; write ${NAME}, ${NAME:-default} or ${file:/path}",
    ),
}


@pytest.mark.parametrize(("written", "expected"), UNRESOLVED.values(), ids=UNRESOLVED.keys())
def test_what_cannot_be_filled_in_is_the_only_problem_there(written: str, expected: str) -> None:
    assert errors(with_url(written)) == [expected]


def test_an_unset_variable_in_a_typed_field_brings_no_second_complaint() -> None:
    text = ESTATE.replace("name: Orders", "name: Orders\n    tolerance: ${GONE}")

    assert errors(text) == ["13:16: environment variable GONE is not set"]


# Places where a value from outside is wrong, and so tempts a message to repeat it.
WRONG_PLACES = {
    "a person": ("technical: alice", 'technical: "${KEY}"'),
    "a kind of check": ("kind: page", 'kind: "${KEY}"'),
    "a duration": ("name: Orders", "name: Orders\n    tolerance: ${KEY}"),
    "a closed set": ("name: Orders", "name: Orders\n    criticality: ${KEY}"),
    "a date": (
        "name: Orders",
        "name: Orders\n    credentials: [{id: a, name: A, expires: '${KEY}'}]",
    ),
    "a time zone": ("name: Alice", "name: Alice, timezone: '${KEY}'"),
    "an address used twice": (
        "alice@example.com}",
        "'${KEY}@example.com'}\n  charlie: {name: Charlie, email: '${KEY}@example.com'}",
    ),
    "a name used twice": (
        "name: Orders",
        "name: Orders\n    aliases: ['${KEY}']\n  more:\n    name: ${KEY}\n    from: erp\n"
        "    to: shop\n  again:\n    name: Again\n    from: shop\n    to: erp",
    ),
    "a rule": (
        "url: http://example.com/",
        "url: x, rules: [{signal: status, fail: '${KEY}'}]",
    ),
    "a number in the settings": ("url: http://example.com/", "url: x, retries: '${KEY}'"),
}


@pytest.mark.parametrize(("old", "new"), WRONG_PLACES.values(), ids=WRONG_PLACES.keys())
def test_a_value_from_outside_is_in_no_problem(
    old: str, new: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    loaded = load(ESTATE.replace(old, new), KEY=VALUE)

    assert loaded.catalogue is None
    told = f"{loaded!r} {loaded} {[str(problem) for problem in loaded.problems]} {caplog.text}"
    assert VALUE not in told


def test_a_loaded_secret_shows_in_no_text_form() -> None:
    settings = "url: 'http://x/?q=${KEY}', headers: {Authorization: 'Bearer ${KEY}'}"
    text = ESTATE.replace("url: http://example.com/", settings + ", body: {deep: ['${KEY}']}")

    loaded = load(text, KEY=VALUE)

    assert loaded.catalogue is not None
    check = loaded.catalogue.connections["orders"].checks[0]
    settings = page_of(loaded.catalogue)
    assert VALUE not in f"{loaded} {loaded!r} {check} {settings} {settings!r}"
    assert VALUE not in f"{loaded.catalogue.secrets}"
    assert VALUE not in f"{settings.headers} {settings.body['deep'][0]:>30}"
    assert settings.headers["Authorization"].get_secret_value() == f"Bearer {VALUE}"
    assert settings.body["deep"][0].reveal() == VALUE
    assert {settings.url, f"Bearer {VALUE}", VALUE} <= settings.secrets()


WRITTEN_OUT = {
    "a bearer token": (
        "url: x, headers: {X-Any: Bearer abc123def456}",
        "18:59: an Authorization header",
    ),
    "an api key by its name": (
        "url: x, headers: {x-api-key: k}",
        "18:63: a secret under 'x-api-key'",
    ),
    "a password by its name": (
        "url: x, body: {user: me, password: 1234}",
        "18:69: a secret under 'password'",
    ),
    "a Shopify token": ("url: x, body: shpat_0123456789ab", "18:48: a Shopify token"),
    "a Stripe key": ("url: x, body: sk_live_0123456789", "18:48: a Stripe key"),
    "a Slack token": ("url: x, body: xoxb-0123-4567", "18:48: a Slack token"),
    "a login in an address": ("url: 'https://me:pw@x/'", "18:39: a password in an address"),
    "a key in an address": ("url: 'https://x/?sig=abcdef'", "18:39: a token in an address"),
    "a default": ("url: 'x${A:-sk_live_0123456789}'", "18:39: a Stripe key"),
}


@pytest.mark.parametrize(("settings", "expected"), WRITTEN_OUT.values(), ids=WRITTEN_OUT.keys())
def test_a_secret_written_in_the_file_is_refused_without_repeating_it(
    settings: str, expected: str
) -> None:
    found = errors(ESTATE.replace("url: http://example.com/", settings))

    assert found == [
        f"{expected} must not stand in this file; "
        "write ${NAME} and set the environment variable, or ${file:/path}"
    ]


HARMLESS = ("Token handling", "Basic settlement", "Bearer of news", "task_live", "see key = value")


@pytest.mark.parametrize("name", HARMLESS)
def test_ordinary_words_are_no_secret(name: str) -> None:
    assert errors(ESTATE.replace("name: Orders", f"name: {name}")) == []
