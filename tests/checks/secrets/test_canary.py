"""A value from outside the file is a secret wherever it is written and however it comes back.

Every text of every kind of check is filled with a marked value, enumerated from the models, so a
new field is covered by itself; the far end echoes all it got, in every notation that it knows.
"""

import base64
import html
import json
import logging
import re
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import quote, quote_plus, unquote

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.checks import PROBES, settings_models
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.checks.secrets.secrecy import redact_secrets, secrets_in, written
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.explain import explain
from bot.files.estate.check_settings import check_settings
from bot.files.substitution import Outside
from bot.files.yaml_source import read_yaml
from bot.language.redaction import Secret, redact
from bot.store.codec import pack
from tests.builders import a_check
from tests.checks.conftest import NOW, FarEnd
from tests.patience import never_late

CANARY = 'k1/"S3CRET"+<v&l\'>=='


def _each(form: str) -> Callable[[str], str]:
    return lambda secret: "".join(form.format(ord(char)) for char in secret)


def _signs(form: str) -> Callable[[str], str]:
    """Only what is no letter, digit or blank is written so, which is how most writers do it."""
    return lambda secret: re.sub(
        r"[!-/:-@\[-`{-~]", lambda found: form.format(ord(found[0])), secret
    )


def _octets(form: str, secret: str) -> str:
    return "".join(form.format(octet) for octet in secret.encode())


def _units(secret: str) -> Iterator[str]:
    """Of UTF-16, as `escape` of a browser writes them."""
    coded = secret.encode("utf-16-be")
    yield from (coded[at : at + 2].hex() for at in range(0, len(coded), 2))


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _php(text: str) -> str:
    return _json(text).replace("/", "\\/")


def _lower(coded: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), coded)


def _address(text: str) -> str:
    return quote(text, safe="")


def _wide(secret: str) -> str:
    """In full-width letters."""
    return re.sub("[!-~]", lambda found: chr(ord(found[0]) + 0xFEE0), secret)


def _bold(secret: str) -> str:
    """In the bold letters of mathematics, where there are such."""
    bold = {**dict.fromkeys(range(65, 91), 0x1D3BF), **dict.fromkeys(range(97, 123), 0x1D3B9)}
    return "".join(chr(ord(char) + bold.get(ord(char), 0)) for char in secret)


NOTATIONS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "address": quote,
    "address, all": _address,
    "address, small": lambda secret: _lower(_address(secret)),
    "address twice": lambda secret: _address(_address(secret)),
    "address three times": lambda secret: _address(_address(_address(secret))),
    "form": quote_plus,
    "JSON": _json,
    "JSON of PHP": _php,
    "JSON in JSON": lambda secret: _json(_json(secret)),
    "JSON of PHP in JSON": lambda secret: _php(_php(secret)),
    "JSON in an address": lambda secret: _address(_php(secret)),
    "JSON by number": _signs("\\u{:04x}"),
    "JSON by number, capitals": _signs("\\u{:04X}"),
    "JSON by number in JSON": lambda secret: _json(_signs("\\u{:04x}")(secret)),
    "string of a program": lambda secret: repr(secret)[1:-1],
    "octets of a program": _signs("\\x{:02x}"),
    "octets of a program, every one": lambda secret: _octets("\\x{:02x}", secret),
    "octets in braces": _each("\\x{{{:x}}}"),
    "octal of a program": lambda secret: _octets("\\{:03o}", secret),
    "octal of a shell": lambda secret: _octets("\\0{:03o}", secret),
    "octal, as short as can be": lambda secret: _octets("\\{:o}", secret),
    "octal in braces": _each("\\o{{{:o}}}"),
    "octal in JSON": lambda secret: _json(_octets("\\{:03o}", secret)),
    "octal of signs": _signs("\\{:03o}"),
    "units in an address": lambda secret: "".join(f"%u{unit}" for unit in _units(secret)),
    "units in braces": _each("\\u{{{:x}}}"),
    "HTML": html.escape,
    "HTML twice": lambda secret: html.escape(html.escape(secret)),
    "HTML by number": _signs("&#{};"),
    "HTML by number of sixteen": _signs("&#x{:X};"),
    "HTML, every character": _each("&#{};"),
    "HTML in JSON": lambda secret: _php(html.escape(secret)),
    "full width": _wide,
    "full width in an address": lambda secret: _address(_wide(secret)),
    "full width by number in JSON": lambda secret: _json(_json(_wide(secret))),
    "bold": _bold,
    "accents apart": lambda secret: normalize("NFD", secret),
    "accents in one": lambda secret: normalize("NFC", secret),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "form in base64": lambda secret: base64.b64encode(quote_plus(secret).encode()).decode(),
    "address in base64": lambda secret: base64.b64encode(_address(secret).encode()).decode(),
    "base64 for addresses": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    "hex": lambda secret: secret.encode().hex(),
    "hex in capitals": lambda secret: secret.encode().hex(" ").upper(),
    "hex with colons": lambda secret: secret.encode().hex(":"),
    "capitals": lambda secret: secret.upper() if secret.isascii() else secret,
    "small letters": lambda secret: secret.lower() if secret.isascii() else secret,
    "folded": lambda secret: secret[:5] + "\r\n    " + secret[5:],
    "spaced out": lambda secret: " ".join(secret),
    "folded JSON": lambda secret: _php(secret)[:4] + "\n  " + _php(secret)[4:],
    "base32": lambda secret: base64.b32encode(secret.encode()).decode(),
    "base32 in small letters": lambda secret: base64.b32encode(secret.encode()).decode().lower(),
    "a backslash before each": lambda secret: "".join(f"\\{char}" for char in secret),
}
SECRETS = (
    CANARY,
    "p/w=9+x",
    'Tr0ub4dor&3 "two" <words>',
    "päss/wörd='ß'1",
    "a%41b%2Fc%25d",
    "back\\slash\\nt/x",
    "eyJhbGciOi.J9/abc+def==",
    "\U00010000key🔑0000",  # beyond what one unit of sixteen bits writes
)


def notations(secret: str) -> Iterator[str]:
    yield from (write(secret) for write in NOTATIONS.values())


def traces(text: str) -> list[str]:
    return [one for one in notations(CANARY) if one.strip("\"'=") in text] + [
        part for part in ("S3CRET",) if part in text
    ]


async def echo(request: web.Request) -> web.Response:
    """All of the request, in the answer's body and as the status's words."""
    body = (await request.read()).decode(errors="replace")
    heard = [unquote(str(request.rel_url)), str(request.rel_url), body, *request.headers.values()]
    heard += [one for one in notations(CANARY) if CANARY in unquote(" ".join(heard))]
    words = json.dumps({"status": heard, "errors": [{"text": one, "ids": [one]} for one in heard]})
    return web.Response(text=words, status=500 if request.path == "/bad" else 200)


def kinds_with_text() -> dict[str, dict[str, Any]]:
    """A check of every kind that talks, with something to add a value to."""
    far = "{url}"
    return {
        "http": {
            "url": far,
            "method": "POST",
            "signals": {"status": "$.status[0]", "version": "$.gone"},
            "failed": {"path": "$.errors", "ids": "ids"},
        },
        "statuspage": {"url": far},
        "tcp": {"host": "127.0.0.1", "port": "{port}", "send": "GET / HTTP/1.0\r\n\r\n"},
        "tls": {"host": "127.0.0.1", "port": "{port}"},
        "sftp": {"host": "127.0.0.1", "port": "{port}", "user": "u", "password": "p"}
        | {"host_key": "any"},
        "sql": {
            "url": "sqlite:///{file}",
            "signals": {"queue_depth": "select :x"},
            "bind": {"x": "1"},
        },
        "dns": {"name": "localhost", "nameserver": "127.0.0.1", "port": "{port}"},
        "nagios": {"command": ["/bin/false"]},
        "credential": {"expires": "2027-01-01"},
        "heartbeat": {"period": "1h"},
        "webhook": {},
    }


VARIANTS: tuple[Any, ...] = (
    CANARY,
    {"x": CANARY},
    [CANARY],
    {"user": "u", "password": CANARY},
    {"user": CANARY, "password": "p"},
    {"path": "$.errors", "text": CANARY},
)


def placements(base: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """The base with the value in one field after the other, in each shape that the model takes."""
    model = settings_models()[kind]
    for name, field in model.model_fields.items():
        for value in VARIANTS:
            made = {**base, (field.alias or name): value}
            if name == "body_text":
                made.pop("body", None)
            try:
                model.model_validate(made)
            except (ValidationError, ValueError):
                continue
            yield made
    if kind == "nagios":
        yield {"command": ["/bin/sh", "-c", 'echo "$0 is wrong"; exit 2', CANARY]}
    if kind == "http":
        coded = quote(CANARY, safe="")
        for url in (f"/{coded}", f"/bad?key={coded}", f"/bad/{coded}"):
            yield {**base, "url": base["url"] + url}
        yield {**base, "url": base["url"] + "/bad", "params": {"key": CANARY}}
        yield {**base, "url": base["url"] + "/bad", "body_text": CANARY}
        yield {**base, "url": base["url"] + "/bad", "headers": {"x-key": f"id={CANARY}; v=1"}}


def read(settings: dict[str, Any], kind: str) -> CheckSpec:
    """The check as an estate file gives it, where each value comes from the environment."""
    coded = json.dumps(settings, ensure_ascii=False)
    text = coded.replace(json.dumps(CANARY, ensure_ascii=False)[1:-1], "${KEY}")
    text = text.replace(quote(CANARY, safe=""), "${CODED}")
    assert text != coded
    check = json.dumps({"kind": kind, **json.loads(text)}, ensure_ascii=False)
    environ = {"KEY": CANARY, "CODED": quote(CANARY, safe="")}
    source = read_yaml(
        f"connections: {{orders: {{checks: [{check}]}}}}",
        file="estate.yaml",
        outside=Outside(environ=environ, folder=Path()),
    )
    found, problems = check_settings(source, settings_models())
    assert problems == [], (settings, problems)
    # What is asked of a look here holds however it ends; nobody serves names at this far end.
    timeout = timedelta(seconds=1 if kind == "dns" else 10)
    return replace(a_check(kind=kind, rules=(), timeout=timeout), settings=found["orders", 0])


@pytest.mark.anyio
@pytest.mark.parametrize("kind", sorted(kinds_with_text()))
async def test_no_value_from_outside_is_ever_reported(
    kind: str, far_end: FarEnd, tools: Tools, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    far_end.handler = echo
    places = {"url": far_end.url, "port": far_end.url.rsplit(":", 1)[1], "file": tmp_path / "no.db"}
    base = {name: _filled(value, places) for name, value in kinds_with_text()[kind].items()}
    tools = replace(tools, commands=frozenset({"/bin/sh"}))
    tried = 0
    for settings in placements(base, kind):
        spec = read(settings, kind)
        seen = await Runner(tools, PROBES, never_late()).observe(spec, NOW)
        told = explain(spec, seen, NOW)
        for text in (repr(seen), pack(seen), repr(told), repr(spec), caplog.text):
            assert traces(text) == [], (settings, text)
        tried += 1

    assert tried >= (1 if kind not in ("heartbeat", "webhook", "credential") else 0)


def _filled(value: Any, places: dict[str, Any]) -> Any:
    if value == "{port}":
        return int(places["port"])
    return value.format(**places) if isinstance(value, str) and value[:1] != "$" else value


def test_every_kind_that_talks_is_among_them() -> None:
    assert set(kinds_with_text()) | {"reconcile"} == set(PROBES)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_goes_in_every_notation(secret: str) -> None:
    kept = {
        notation: redact_secrets(f"The key {written(secret)} is not known.", [secret])
        for notation, written in NOTATIONS.items()
    }

    # What pads base64 is no part of the value.
    gone = re.compile(r"The key \*\*\*(=|%3D)* is not known\.")
    assert {name: text for name, text in kept.items() if not gone.fullmatch(text)} == {}


LETTERS = st.characters(codec="utf-8", categories=["L", "N", "P", "S"])


@given(st.text(LETTERS, min_size=6), st.sampled_from(list(NOTATIONS)[:34]), st.text(max_size=8))
def test_whatever_the_secret_is_it_goes(secret: str, notation: str, around: str) -> None:
    form = NOTATIONS[notation](secret)

    kept = redact_secrets(f"{around} {form} {around}", [secret])

    assert form.strip("\"'=") not in kept.replace("***", "") or form.strip("\"'=") in around


@given(st.binary(max_size=7), st.text(LETTERS, min_size=10), st.binary(max_size=7))
def test_of_the_base64_of_a_longer_text_only_what_stands_beside_the_secret_is_left(
    before: bytes, secret: str, behind: bytes
) -> None:
    for code, bits in ((b64encode, 6), (urlsafe_b64encode, 6), (b32encode, 5)):
        whole = code(before + secret.encode() + behind).decode().rstrip("=")

        first, *_, last = redact_secrets(whole, [secret]).split("***")

        assert len(first) <= -(-len(before) * 8 // bits)
        assert len(last) <= len(whole) - (len(before) + len(secret.encode())) * 8 // bits


def test_a_code_that_was_cut_in_two_does_not_save_the_beginning() -> None:
    for begun in ("\\u00", "%2", "&#x", "\\"):
        assert redact_secrets(f"it said p-w4{begun}…", ["p-w4/x=9"]) == "it said ***…"


LOGINS = (
    "int-user:p/w=9+x:z8",
    "Basic " + b64encode(b"int-user:p/w=9+x:z8").decode(),
    "aW50LXVzZXI6cC93PTkreDp6OA",
    quote("int-user:p/w=9+x:z8", safe=""),
)


@pytest.mark.parametrize("secret", LOGINS)
@pytest.mark.parametrize("part", ["int-user:p/w=9+x:z8", "p/w=9+x:z8", "p/w=9+x", "int-user"])
def test_a_part_of_a_login_goes_in_every_notation(secret: str, part: str) -> None:
    for form in (write(part) for write in NOTATIONS.values()):
        kept = redact_secrets(f"The login {form} is not known.", [secret])

        assert re.fullmatch(r"The login \*\*\*(=|%3D)* is not known\.", kept), kept


def test_of_an_address_that_is_secret_as_a_whole_the_path_never_shows() -> None:
    whole = Secret("https://far.example/in/T01/k9/?run=abcd")
    secrets = list(secrets_in({"url": whole}))

    told = redact_secrets("GET far.example/in/T01/k9: 404, no route /in/T01/k9 (run=abcd)", secrets)

    assert told == "GET far.example***: 404, no route *** (run=***)"


def test_looking_for_secrets_takes_time_in_proportion_to_the_text() -> None:
    for unit in ("%25", "\\\\", "&amp;", "\\u005c", "k1 ", "%41\\/&#47;"):
        assert redact_secrets(unit * (60_000 // len(unit)), ["k1/x=9", "p-w4/x=8"])


def test_of_secrets_that_hold_or_overlap_each_other_nothing_is_left() -> None:
    inner, outer, other = "abcd1234", "tok-abcd1234-end", "1234wxyz"

    for order in ([inner, outer, other], [other, outer, inner], [outer, inner, other]):
        assert redact_secrets("say tok-abcd1234-end.", order) == "say ***."
        assert redact_secrets("say abcd1234wxyz.", order) == "say ***."


def test_a_beginning_of_a_secret_at_the_cut_end_of_a_text_goes_too() -> None:
    assert redact_secrets("it said s3cret-val…", ["s3cret-value"]) == "it said ***…"
    assert redact_secrets("it said s3cret-v.", ["s3cret-value"]) == "it said s3cret-v."


def test_what_a_secret_was_put_together_of_is_secret() -> None:
    whole = Secret("Bearer abc-def", ["abc-def"])

    assert Secret(whole).parts == ("abc-def",)
    assert "abc-def" in written("abc-def")


UNITS = "a-|a-1|eyJ-|a.|1 |+1|token |://a:|AB12|a@|password_|sk_|-----BEGIN A-----|é-|bearer\t"


@pytest.mark.parametrize("unit", UNITS.split("|"))
def test_hiding_takes_time_in_proportion_to_the_text(unit: str) -> None:
    """The text is long enough that anything quadratic would not end."""
    text = unit * (60_000 // len(unit))

    assert len(redact(text)) <= len(text) * 4


@pytest.mark.parametrize(
    ("address", "alone", "ordinary"),
    [
        ("https://watch.example/zt5Heartbeat-Canary", ["zt5Heartbeat-Canary"], ["watch"]),
        ("https://hc.example/3f2a91c7-5b", ["3f2a91c7-5b"], []),
        (
            "https://hooks.slack.com/services/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",
            ["T04AB12CD", "B05EF34GH", "TiajkdnLazkcOXrIdeviMFQQ"],
            ["services", "hooks.slack.com"],
        ),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXr", ["T1JJ3T3L2", "A1BRTD4JD"], ["slack"]),
        (
            "https://far.example/api/orders/v2.1/getOrdersByCustomerId/orders-2024/basic.ics",
            [],
            ["orders", "getOrdersByCustomerId", "orders-2024", "basic.ics"],
        ),
        (
            "https://b.example/b2b-partners/oauth2callback/internationalization/dynamics365sales/7",
            [],
            ["b2b-partners", "oauth2callback", "internationalization", "dynamics365sales"],
        ),
        ("json://pager-1:8080/customer_portal/notification-service", [], ["customer_portal"]),
    ],
)
def test_a_part_of_a_secret_address_is_a_secret_alone_where_it_looks_made_up(
    address: str, alone: list[str], ordinary: list[str]
) -> None:
    secrets = tuple(secrets_in(Secret(address)))

    for part in alone:
        assert part not in redact_secrets(f"refused {part} here", secrets)
    for word in ordinary:
        assert word in redact_secrets(f"refused {word} here", secrets)


@pytest.mark.parametrize("write", [quote_plus, _address])
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("name", ["id", "client/1", "int-user"])
def test_a_login_that_oauth_codes_for_a_form_before_base64_is_hidden_as_the_plain_one_is(
    name: str, secret: str, write: Callable[[str], str]
) -> None:
    login = base64.b64encode(f"{write(name)}:{write(secret)}".encode()).decode()
    left = redact_secrets(f"Basic {login}", [secret]).removeprefix("Basic ")

    name_alone = base64.b64encode(f"{write(name)}:".encode()).decode().rstrip("=")
    before, _, after = left.partition("***")
    assert len(before) <= len(name_alone) + 1
    assert len(after.rstrip("=")) <= 1
