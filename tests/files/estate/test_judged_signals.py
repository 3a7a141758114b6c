"""A rule can only judge what its check can bring: anything else is a mistake with its line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.checks import settings_models
from bot.core.monitoring.signals import SWITCHES, TEXTS, TIMESTAMPS, Signal
from bot.files.estate.load import load_text

SIDE = "{kind: http, url: https://example.com, signals: {processed: $.n}}"
# By kind: the least settings there are, and what a check with these gives.
KINDS = {
    "http": ("url: https://example.com", "reachable latency"),
    "heartbeat": (
        "period: 1h",
        "reachable status heartbeat last_success running_since processed failed",
    ),
    "tls": ("host: example.com", "reachable expires_at"),
    "credential": ("expires: 2030-01-01", "expires_at"),
    "sql": ("url: 'sqlite://', signals: {size: SELECT 1}", "reachable size"),
    "sftp": (
        "host: example.com, user: u, password: '${SECRET}', host_key: any",
        "reachable latency queue_depth queue_oldest last_success size",
    ),
    "tcp": ("host: example.com, port: 22", "reachable latency"),
    "dns": ("name: example.com", "reachable latency status"),
    "statuspage": ("url: https://example.com", "reachable status"),
    "nagios": ("command: [/bin/true], perfdata: {n: skipped}", "reachable status skipped"),
    "webhook": (
        "silence: 1d",
        "reachable status heartbeat last_success running_since processed failed",
    ),
    "reconcile": (f"source: {SIDE}, target: {SIDE}", "reachable reconciled difference"),
}
MORE = {
    "what signals maps": ("http", "signals: {queue_depth: $.n}", "queue_depth"),
    "a list of failures": ("http", "failed: {path: $.errors}", "failed"),
    "a version that is asked for": (
        "http",
        "requested_version: '3', signals: {version: {header: X-Version}}",
        "version version_requested version_drift",
    ),
    "a quota": ("http", "quota: {used: $.used, limit: {path: $.limit}}", "quota_used"),
    "the columns of a row": ("sql", "row: SELECT count(*) AS queue_depth FROM o", "queue_depth"),
    "records of a query": ("sql", "failed: SELECT e AS text FROM o", "failed"),
    "whatever stands in a row": ("sql", "row: SELECT * FROM o", " ".join(Signal)),
}


def loaded(kind: str, settings: str, rest: str) -> list[str]:
    text = f"""\
version: 1
systems: {{shop: {{name: Shop}}, erp: {{name: ERP}}}}
connections:
  orders:
    name: Orders
    from: shop
    to: erp
    checks:
      - id: it
        kind: {kind}
        {settings}
        {rest}
"""
    found = load_text(
        text,
        path=Path("connections.yaml"),
        environ={"SECRET": "hunter22"},
        kinds=settings_models(),
        runbooks=("generic",),
        now=datetime(2026, 8, 3, tzinfo=UTC),
    )
    return [str(one) for one in found.problems if one.severity == "error"]


def in_lines(settings: str) -> str:
    """Keys of a mapping in braces, one a line."""
    keys = yaml.safe_load(f"{{{settings}}}")
    return yaml.safe_dump(keys, sort_keys=False).strip().replace("\n", "\n        ")


def rule(signal: Signal) -> str:
    said = "'!= 0.5'"
    if signal in TIMESTAMPS:
        said = "'< 3h'" if signal is Signal.EXPIRES_AT else "'> 3h'"
    if signal in SWITCHES:
        said = "'== false'"
    if signal in TEXTS:
        said = "'!= good'"
    return f"{{signal: {signal}, fail: {said}}}"


@pytest.mark.parametrize("kind", settings_models())
def test_a_rule_on_what_its_check_never_gives_is_a_mistake_and_no_other_is(kind: str) -> None:
    settings, gives = KINDS[kind]
    rules = "rules:\n" + "\n".join(f"          - {rule(signal)}" for signal in Signal)

    found = loaded(kind, in_lines(settings), rules)

    refused = {signal for signal in Signal if any(f"gives '{signal}'" in one for one in found)}
    assert refused == set(Signal) - set(gives.split())
    assert len(found) == len(refused)


@pytest.mark.parametrize("case", MORE)
def test_what_the_settings_add_can_be_judged(case: str) -> None:
    kind, settings, gives = MORE[case]
    place = "url: https://example.com" if kind == "http" else "url: 'sqlite://'"
    rules = "rules:\n" + "\n".join(f"          - {rule(Signal(one))}" for one in gives.split())

    assert loaded(kind, in_lines(f"{place}, {settings}"), rules) == []


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("rules: [{signal: queue_depth, fail: '> 5'}]", "'queue_depth'; it gives latency, re"),
        ("volume: {signal: processed}", "'processed'"),
        ("volume: {quiet_limit: 1d}", "'processed'"),
        ("runs: {longest: 1h}", "'running_since' or 'last_attempt'"),
    ],
)
def test_whatever_judges_says_which_signal_never_comes_and_where_it_stands(
    rest: str, said: str
) -> None:
    (found,) = loaded("tcp", in_lines("host: example.com, port: 22"), rest)

    assert found.startswith("connections.yaml:13:")
    assert f"a check of kind 'tcp' like this never gives {said}" in found


def test_a_name_of_a_signal_that_there_is_none_of_is_told_as_the_key_that_it_is() -> None:
    settings = "url: https://example.com, signals: {last_sucess: $.x}"

    (found,) = loaded("http", in_lines(settings), "")

    assert "unknown key 'last_sucess' in checks[0].signals; did you mean 'last_success'?" in found


def test_the_source_of_a_webhook_is_told_to_be_a_part_of_its_address() -> None:
    (found,) = loaded("webhook", "source: airbyte", "")

    assert "unknown key 'source'" in found
    assert "/hooks/<source>/<token>" in found
