"""Two spans that cannot both be meant are told at the one to change, with what to do."""

import pytest

from tests.files.estate_text import ESTATE, errors, warnings

CHECK = "      - {id: status, kind: page, url: http://example.com/}"


def estate(check: str = "", top: str = "", connection: str = "") -> str:
    """ESTATE with another check in line 18, keys of the connection before and of the file after."""
    text = ESTATE.replace(CHECK, check or CHECK)
    return text.replace("    checks:", f"{connection}    checks:") + top


LOOK = "      - {{id: status, kind: page, url: http://e.example/, {}}}"
AT_ODDS = {
    "a look longer than its turn": (
        estate(LOOK.format("every: 30s, timeout: 1m")),
        "18:79: a look may take 1m, longer than the 30s until the next one is due;"
        " write a timeout of at most 30s, or look less often",
    ),
    "a look longer than the usual turn": (
        estate(LOOK.format("timeout: 5m")),
        "18:67: a look may take 5m, longer than the 1m until the next one is due;"
        " write a timeout of at most 1m, or look less often",
    ),
    "a turn shorter than a usual look": (
        estate(LOOK.format("every: 5s")),
        "18:65: a look may take 10s that checks have by default, longer than the 5s until the"
        " next one is due; write a timeout of at most 5s, or look less often",
    ),
    "looks of all checks": (
        estate(top="defaults: {check: {every: 1m, timeout: 2m}}\n"),
        "19:40: a look may take 2m, longer than the 1m until the next one is due;"
        " write a timeout of at most 1m, or look less often",
    ),
    "a silence shorter than a turn": (
        estate(LOOK.format("every: 1h, volume: {quiet_limit: 30m}")),
        "18:91: between two looks 1h pass, longer than the 30m without a record that are"
        " allowed; look more often, or allow more than that",
    ),
    "a question before half of the lease": (
        estate(top="policies:\n  - {lease: 1h, ask_before: 45m}\n"),
        "20:29: whoever holds an incident would be asked 45m before the end of a lease of 1h,"
        " and half of it is the most; write a longer lease, or a shorter ask_before",
    ),
    "a lease of its own": (
        estate(top="policies:\n  - {ask_before: 25m}\n", connection="    lease: 30m\n"),
        "17:12: whoever holds an incident would be asked 25m before the end of a lease of 30m,"
        " and half of it is the most; write a longer lease, or a shorter ask_before",
    ),
    "graver things answered later": (
        estate().replace("{name: Maker}", "{name: Maker, respond: {critical: 8h, important: 2h}}"),
        "9:44: what is critical may wait 8h, longer than what is important (2h);"
        " look whether the two are mixed up",
    ),
    "a reminder out of turn": (
        estate(top="governance: {release_reminders: {freeze: 2w}}\n"),
        "19:42: 'freeze' comes 2w before a release, and 'sandbox' only 10d before it;"
        " 'sandbox' comes first: give it the longer span",
    ),
}


@pytest.mark.parametrize("pair", AT_ODDS)
def test_spans_that_contradict_one_another_are_a_warning(pair: str) -> None:
    text, said = AT_ODDS[pair]

    assert errors(text) == []
    assert warnings(text) == [said]


@pytest.mark.parametrize(
    "text",
    [
        estate(LOOK.format("every: 30s, timeout: 30s")),
        estate(LOOK.format("every: 1h, volume: {quiet_limit: 1h}")),
        estate("      - {id: job, kind: heartbeat, every: 5s}"),
        estate(top="policies:\n  - {lease: 1h, ask_before: 30m, criticality: [critical]}\n"),
    ],
)  # fmt: skip
def test_spans_that_just_fit_are_no_warning(text: str) -> None:
    assert warnings(text) == []


def test_a_shortest_run_above_the_longest_is_a_mistake() -> None:
    text = estate(LOOK.format("runs: {shortest: 2h, longest: 30m}"))

    assert errors(text) == [
        "18:75: checks[0].runs.shortest: no run is both as long as the shortest and as short as"
        " the longest may be; write the shorter span for 'shortest'"
    ]
