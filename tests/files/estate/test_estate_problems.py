"""Mistakes in the estate file: each with its line, its column and what to write instead."""

import pytest

from bot.files.problems import ProblemLevel
from tests.files.estate_text import ESTATE, errors, load, warnings, with_instead, with_line


def after_to(line: str) -> str:
    return with_line(line, "to:")


def check(text: str) -> str:
    return with_line(f"      - {text}", "- {id")


def rule(text: str) -> str:
    return check(f"{{id: s, kind: beat, rules: [{{{text}}}]}}")


def person(text: str) -> str:
    return with_line(f"  {text}", "bob:")


MISTAKES = {
    "an unknown person": (
        with_instead("    owners: {technical: alise}", "owners"),
        "15:25: unknown person 'alise' in owners.technical; did you mean 'alice'?",
    ),
    "an unknown person on a ladder": (
        after_to("    ladder: [{after: 5m, ping: [bob, bbo]}]"),
        "15:38: unknown person 'bbo' in ladder[0].ping[1]; did you mean 'bob'?",
    ),
    "an unknown system": (
        with_instead("    from: shopp", "from:"),
        "13:11: unknown system 'shopp' in from; did you mean 'shop'?",
    ),
    "an unknown party": (
        after_to("    lanes: {vendor: makr}"),
        "15:21: unknown party 'makr' in lanes.vendor; did you mean 'maker'?",
    ),
    "an unknown connection": (
        after_to("    depends_on: [ordres]"),
        "15:18: unknown connection 'ordres' in depends_on[0]; did you mean 'orders'?",
    ),
    "an unknown runbook": (
        after_to("    runbook: credential"),
        "15:14: unknown runbook 'credential' in runbook; did you mean 'credentials'?",
    ),
    "an unknown key": (
        after_to("    toleranse: 3m"),
        "15:5: unknown key 'toleranse'; did you mean 'tolerance'?",
    ),
    "an unknown key like none": (
        with_instead("    owners: {xyz: bob}", "owners"),
        "15:14: unknown key 'xyz' in owners; known here: architecture, functional, technical",
    ),
    "a missing key": (with_instead("", "to:"), "11:3: 'to' is missing"),
    "a bad duration": (
        after_to("    tolerance: soon"),
        "15:16: this is not a duration in tolerance; write for example 90s, 15m, 1h30m or 2d",
    ),
    "a bare number as a duration": (
        after_to("    tolerance: 30"),
        "15:16: this is not a duration in tolerance; write for example 90s, 15m, 1h30m or 2d",
    ),
    "a duration without end": (
        after_to("    tolerance: 99999999999999w"),
        "15:16: this duration is too long in tolerance",
    ),
    "a value outside a closed set": (
        after_to("    compliance: [finance, hrr]"),
        "15:27: unknown value 'hrr' in compliance[1]; did you mean 'hr'?",
    ),
    "a number where text is meant": (
        after_to("    entities: [24.10]"),
        '15:16: must be text in entities[0]; write it in quotes: "24.10"',
    ),
    "braces where text is meant": (
        after_to("    entities: [{ORDERS}]"),
        "15:16: must be text in entities[0]; put quotes around a text that starts with { or [",
    ),
    "a text where a list is meant": (
        after_to("    entities: orders"),
        "15:15: must be a list in entities",
    ),
    "a word that others take for truth": (
        after_to("    both_ways: yes"),
        "15:16: both_ways: must be true or false; yes, no, on and off are text",
    ),
    "truth for a version": (
        with_instead("version: true", "version"),
        "1:10: version: write version: 1, without quotes",
    ),
    "a version in quotes": (
        with_instead('version: "1"', "version"),
        "1:10: version: write version: 1, without quotes",
    ),
    "truth for a number": (
        check("{id: s, kind: beat, recover: true}"),
        "19:38: checks[1].recover: must be a number, not true or false",
    ),
    "a ladder that goes back": (
        after_to("    ladder: [{after: 30m, ping: [bob]}, {after: 15m, ping: [alice]}]"),
        "15:49: ladder[1].after: each rung of a ladder must come later than the one before it;"
        " write more than 30m",
    ),
    "both ends the same": (
        with_instead("    to: shop", "to:"),
        "14:9: to: a connection needs two different ends",
    ),
    "a connection that waits for itself": (
        after_to("    depends_on: [orders]"),
        "15:18: 'orders' cannot depend on itself",
    ),
    "a check id twice": (
        check("{id: status, kind: beat}"),
        "19:14: 'orders' already has a check 'status'",
    ),
    "a credential id twice": (
        after_to("    credentials: [{id: a, name: A}, {id: a, name: B}]"),
        "15:42: 'orders' already has a credential 'a'",
    ),
    "an unknown kind of check": (
        check("{id: s, kind: pge}"),
        "19:23: unknown kind of check 'pge'; did you mean 'page'?",
    ),
    "an unknown kind like none": (
        check("{id: s, kind: smoke}"),
        "19:23: unknown kind of check 'smoke'; write one of beat, page",
    ),
    "a setting the kind does not know": (
        check("{id: s, kind: beat, periodd: 1d}"),
        "19:29: unknown key 'periodd' in checks[1]; did you mean 'period'?",
    ),
    "a misspelt key that every check has": (
        check("{id: s, kind: beat, evry: 1d}"),
        "19:29: unknown key 'evry' in checks[1]; did you mean 'every'?",
    ),
    "a setting of the wrong type": (
        check("{id: s, kind: page, url: x, retries: many}"),
        "19:46: must be a whole number in checks[1].retries",
    ),
    "a setting that is missing": (
        check("{id: s, kind: page}"),
        "19:9: 'url' is missing in checks[1]",
    ),
    "an unknown signal": (
        rule("signal: last_succes, fail: '> 3m'"),
        "19:46: unknown value 'last_succes' in checks[1].rules[0].signal;"
        " did you mean 'last_success'?",
    ),
    "a number for a moment": (
        rule("signal: last_success, fail: '> 30'"),
        "19:66: checks[1].rules[0].fail: last_success is a moment:"
        " its limit is a duration; write for example 90s, 15m, 1h30m or 2d",
    ),
    "a duration for a number": (
        rule("signal: queue_depth, warn: '> 30m'"),
        "19:65: checks[1].rules[0].warn: queue_depth is a number: durations fit only moments",
    ),
    "months for a moment": (
        rule("signal: last_success, fail: '> 90M'"),
        "19:66: checks[1].rules[0].fail: last_success is a moment: its limit is a duration;"
        " did you mean '90m'? that is minutes, and a month is 30d",
    ),
    "a moment beyond all calendars": (
        rule("signal: last_success, fail: '> 99999999w'"),
        "19:66: checks[1].rules[0].fail: last_success is a moment: this duration is too long",
    ),
    "a number with a comma": (
        rule("signal: queue_depth, fail: '> 5,000'"),
        "19:65: checks[1].rules[0].fail: queue_depth is a number:"
        " write its digits alone, such as 5000 or 0.5",
    ),
    "a number that is none": (
        rule("signal: queue_depth, fail: '> nan'"),
        "19:65: checks[1].rules[0].fail: queue_depth is a number:"
        " write its digits alone, such as 5000 or 0.5",
    ),
    "an order of texts": (
        rule("signal: status, warn: '> ok'"),
        "19:60: checks[1].rules[0].warn: status is text: compare it with == or !=",
    ),
    "a share in percent": (
        rule("signal: completeness, fail: '< 98'"),
        "19:66: checks[1].rules[0].fail: completeness is a share between 0 and 1",
    ),
    "a failure before its warning": (
        rule("signal: last_success, warn: '> 3h', fail: '> 2h'"),
        "19:80: checks[1].rules[0].fail: this fails before its own warning",
    ),
    "a warning about what is good of a moment": (
        rule("signal: last_success, warn: '< 30m', fail: '> 1h'"),
        "19:66: checks[1].rules[0].warn: last_success is bad when it is long ago:"
        " write '>' in place of '<'",
    ),
    "a failure about what is good of an end": (
        rule("signal: expires_at, fail: '> 30d'"),
        "19:64: checks[1].rules[0].fail: expires_at is bad when it is soon:"
        " write '<' in place of '>'",
    ),
    "a failure about what is good of a share": (
        rule("signal: completeness, fail: '>= 0.9'"),
        "19:66: checks[1].rules[0].fail: completeness is bad when it is low:"
        " write '<' in place of '>='",
    ),
    "a failure about being there": (
        rule("signal: reachable, fail: '== true'"),
        "19:63: checks[1].rules[0].fail: what cannot be reached is bad without a rule,"
        " and this one calls it bad otherwise",
    ),
    "a rule that judges nothing": (
        rule("signal: queue_depth"),
        "19:37: checks[1].rules[0]: this rule judges nothing: give it a 'warn' or a 'fail',"
        " as '> 20m'",
    ),
    "a rule whose limits are empty": (
        rule("signal: queue_depth, warn: , clear: '< 3'"),
        "19:37: checks[1].rules[0]: this rule judges nothing: give it a 'warn' or a 'fail',"
        " as '> 20m'",
    ),
    "limits that leave nothing good": (
        rule("signal: processed, warn: '< 10', fail: '> 5'"),
        "19:77: checks[1].rules[0].fail: this and its own warning leave no value that is good",
    ),
    "a state and its contrary": (
        rule("signal: status, warn: '!= ok', fail: '== ok'"),
        "19:75: checks[1].rules[0].fail: this and its own warning leave no value that is good",
    ),
    "what is never good again": (
        rule("signal: queue_depth, fail: '> 200', clear: '> 150'"),
        "19:81: checks[1].rules[0].clear: 'clear' says when it is good again,"
        " so it compares the other way round",
    ),
    "what is good while it is bad": (
        rule("signal: queue_depth, fail: '> 200', clear: '< 250'"),
        "19:81: checks[1].rules[0].clear: 'clear' holds already where the rule still calls it bad",
    ),
    "a rule that is none": (
        rule("signal: status, fail: broken"),
        "19:60: checks[1].rules[0].fail: a rule is a comparison and a value,"
        " such as '> 30m' or '!= ok'",
    ),
    "an address of two people": (
        person("charlie: {name: Charlie, email: ALICE@example.com}"),
        "5:35: this e-mail address already belongs to 'alice'",
    ),
    "an address that is none": (
        person("charlie: {name: Charlie, email: nowhere}"),
        "5:35: this is not an e-mail address in email",
    ),
    "a Slack name for an id": (
        person("charlie: {name: Charlie, slack: charlie}"),
        "5:35: this is not a Slack member id in slack;"
        " copy it from the profile: it looks like U012AB3CD",
    ),
    "a time zone that is none": (
        person("charlie: {name: Charlie, timezone: Europe/Amsterdm}"),
        "5:38: unknown time zone 'Europe/Amsterdm' in timezone; did you mean 'Europe/Amsterdam'?",
    ),
    "somebody's own manager": (
        person("charlie: {name: Charlie, manager: charlie}"),
        "5:37: 'charlie' cannot be their own manager",
    ),
    "an id with a blank": (
        person("Big Charlie: {name: Charlie}"),
        "5:3: the id 'Big Charlie' may only hold small letters, digits, hyphens;"
        " write 'big-charlie'",
    ),
    "an id that is too long": (
        person(f"{'charlie-' * 9}: {{name: Charlie}}"),
        "5:3: the id 'charlie-charlie-charlie-charli…' has 72 characters, at most 63 are allowed;"
        " write 'charlie-charlie-charlie-charlie-charlie-charlie-charlie-charlie'",
    ),
    "a first responder nobody can reach": (
        person("charlie: {name: Charlie}").replace("responder: bob", "responder: charlie"),
        "5:3: 'charlie' (first responder of orders) has neither an e-mail address nor a Slack id",
    ),
    "a team as first responder": (
        person("charlie: {name: ERP support team, email: c@example.com}").replace(
            "responder: bob", "responder: charlie"
        ),
        "5:3: 'charlie' (first responder of orders) looks like a team; name one person",
    ),
    "an end before the rotation": (
        after_to("    credentials: [{id: a, name: A, rotated: 2026-02-01, expires: 2026-01-01}]"),
        "15:66: credentials[0].expires: a credential cannot expire before it was rotated",
    ),
    "a date that is none": (
        after_to("    docs: {reviewed: 31-12-2026}"),
        "15:22: this is not a date in docs.reviewed; write it as 2027-12-31",
    ),
    "a year as a date": (
        after_to("    docs: {reviewed: 2026}"),
        "15:22: this is not a date in docs.reviewed; write it as 2027-12-31",
    ),
    "a relative date outside an example": (
        after_to("    docs: {reviewed: -3d}"),
        "15:22: a date relative to today is only for example estates in docs.reviewed;"
        " write the date itself, such as 2027-12-31",
    ),
    "another version of the format": (
        with_instead("version: 2", "version"),
        "1:10: unknown value '2' in version; write one of 1",
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_once_at_its_place(text: str, expected: str) -> None:
    assert errors(text) == [expected]


def test_names_of_two_connections_must_not_clash() -> None:
    text = ESTATE + "  more: {name: More, aliases: [ORDERS], from: erp, to: shop}\n"

    assert errors(text) == ["19:32: the name 'ORDERS' already leads to 'orders'"]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """\
        version: 1
        company: {timezone: Mars/Base}
        people:
          alice: {name: Alice, emial: alice@example.com}
          bob: {name: Bob, manager: alce}
        systems:
          erp: {name: ERP}
        connections:
          orders:
            name: Orders
            from: erp
            to: erp
            tolerance: never
            owners: {technical: bob, functional: alicia}
            checks:
              - {id: status, kind: page, retries: many}
              - {id: status, kind: beat, confirm: 0}
        releases:
          - {system: epr, version: 24.1, at: soon}
        """

    assert errors(text) == [
        "2:21: unknown time zone 'Mars/Base' in company.timezone; write a place, such as"
        " Europe/Berlin",
        "4:24: unknown key 'emial'; did you mean 'email'?",
        "5:3: 'bob' (technical owner of orders) has neither an e-mail address nor a Slack id",
        "5:29: unknown person 'alce' in manager; did you mean 'alice'?",
        "12:9: to: a connection needs two different ends",
        "13:16: this is not a duration in tolerance; write for example 90s, 15m, 1h30m or 2d",
        "14:42: unknown person 'alicia' in owners.functional; did you mean 'alice'?",
        "16:9: 'url' is missing in checks[0]",
        "16:43: must be a whole number in checks[0].retries",
        "17:14: 'orders' already has a check 'status'",
        "17:43: checks[1].confirm: write a number from 1 to 20, or for example '3 of 5'",
        "19:14: unknown system 'epr' in system; did you mean 'erp'?",
        '19:28: must be text in version; write it in quotes: "24.1"',
        "19:38: this is not a date and time in at; write it as 2027-12-31 18:00",
    ]


def test_gaps_in_ownership_are_warnings_and_the_connection_still_loads() -> None:
    text = ESTATE + "  orphan: {name: Orphan, from: erp, to: shop, owners: {functional: alice}}\n"

    loaded = load(text)

    assert warnings(text) == [
        "19:3: 'orphan' has no check: nobody would see it fail",
        "19:3: 'orphan' has no first responder",
        "19:3: 'orphan' has no technical or architecture owner",
    ]
    assert {problem.severity for problem in loaded.problems} == {ProblemLevel.WARNING}
    assert loaded.catalogue is not None
    assert loaded.catalogue.connections["orphan"].owners.functional == "alice"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("version: 1\n", "1:1"),
        ("version: 1\nconnections: {}\npeople: {}\n", "2:1"),
        ("version: 1\npeople: {}\nconnections:\n", "3:1"),
        (f"{ESTATE.partition('connections:')[0]}connections:\n", None),
    ],
)
def test_an_estate_in_which_nothing_is_watched_says_so(text: str, place: str | None) -> None:
    place = place or f"{text.count(chr(10))}:1"

    assert warnings(text) == [
        f"{place}: nothing is watched: describe the first connection under 'connections'"
    ]


def test_empty_keys_count_as_left_out() -> None:
    text = ESTATE.replace("first_responder: bob", "first_responder:\n    docs:\n    aliases:")

    assert errors(text) == []
    assert warnings(text) == ["11:3: 'orders' has no first responder"]


def test_a_whole_section_of_the_wrong_shape_is_one_problem() -> None:
    assert errors("version: 1\npeople: [alice]\nconnections: 3\n") == [
        "2:9: must be a mapping; write each under its id, as alice: {name: …}, no dash",
        "3:14: must be a mapping of keys",
    ]


JUMP = (
    ESTATE
    + """company: {name: Example, timezone: Europe/Amsterdam}
releases:
  - {system: erp, version: "2", at: 2027-03-28 02:30}
  - {system: erp, version: "2", at: 2027-03-28 03:00}
  - {system: erp, version: "2", at: "2027-03-28 02:30+01:00"}
  - {system: erp, version: "2", at: 2027-10-31 02:30}
maintenance:
  - {name: Once, from: 2027-03-28 01:00, until: 2027-03-28 02:00}
  - {name: Daily, cron: "0 5 * * mon-wde", for: 1h}
  - {name: Late, weekly: "Sat 22:00-24:00"}
"""
)


def test_a_moment_that_the_clocks_jump_over_is_a_mistake_with_what_to_write() -> None:
    said = "clocks in Europe/Amsterdam jump over this moment in"
    way_out = "write 2027-03-28 03:00, which is right after the jump, or add an offset"

    assert errors(JUMP) == [
        f"21:37: {said} at; {way_out}",
        f"26:49: {said} until; {way_out}",
        "27:25: cron: this is no cron expression, 'wde' is no weekday;"
        " write for example '30 1 * * mon-fri'",
    ]


def test_the_company_s_zone_decides_which_moments_exist() -> None:
    assert len(errors(JUMP.replace("Europe/Amsterdam", "UTC"))) == 1


def test_a_credential_that_ended_is_a_warning_at_its_date() -> None:
    ended, good = (f"{{id: {id}, name: N, expires: 2026-08-0{day}}}" for id, day in ("a3", "b4"))
    keys = f"    credentials: [{ended}, {good}]"

    assert warnings(with_line(keys, "first_responder:")) == [
        "17:45: 'orders/a' ended on 2026-08-03; write the new date when it is renewed"
    ]


@pytest.mark.parametrize(
    ("left", "warned"), [("2025-01-01", True), ("2026-08-03", True), ("2026-08-04", False)]
)
@pytest.mark.parametrize(
    ("duty", "named"),
    [
        ("first responder of orders", "    first_responder: gone"),
        ("technical owner of orders", "    owners: {technical: gone}"),
        ("on the ladder of orders", "    ladder: [{after: 5m, ping: [gone]}]"),
    ],
)
def test_whoever_has_left_and_is_named_for_something_is_a_warning_at_that_place(
    duty: str, named: str, left: str, warned: bool
) -> None:
    text = with_line(f"  gone: {{name: Gone, email: g@example.com, left: {left}}}", "bob:")
    word = named.split(":")[0].strip()
    lines = text.split("\n")
    at = next(
        (n for n, one in enumerate(lines) if one.strip().startswith(f"{word}:")),
        next(n for n, one in enumerate(lines) if one.strip().startswith("to:")) + 1,
    )
    old = lines[at].strip().startswith(f"{word}:")
    lines[at : at + old] = [named]

    told = [one for one in warnings("\n".join(lines)) if "left on" in one]

    place = f"{at + 1}:{named.index('gone') + 1}"
    said = f"{place}: 'gone' ({duty}) left on {left}; name whoever does it now"
    assert told == ([said] if warned else [])
