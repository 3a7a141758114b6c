"""The command line: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest
import yaml

from bot.cli import main
from bot.files.content import example_catalogue

EXAMPLE = str(example_catalogue())


@pytest.fixture(autouse=True)
def _a_clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FIRSTLANE_CATALOGUE", EXAMPLE)
    monkeypatch.chdir(tmp_path)


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    read = capsys.readouterr()
    return read.out, read.err


def test_the_example_estate_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate"]) == 0

    out, _ = said(capsys)
    assert "good, 12 connections." in out


def test_a_broken_file_is_refused_with_line_and_column(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = Path(EXAMPLE).read_text(encoding="utf-8")
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("first_responder: ap-lead", "first_responder: ap-laed", 1))
    if "ap-laed" not in broken.read_text():
        broken.write_text(text.replace("manager: head-of-it", "manager: head-of-ti", 1))

    assert main(["validate", str(broken)]) == 1

    out, _ = said(capsys)
    assert "broken.yaml:" in out
    assert "did you mean" in out.lower()
    assert "1 to mend." in out


def test_malformed_yaml_is_named_with_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\npeople: [\n")

    assert main(["validate", str(broken)]) == 1

    out, _ = said(capsys)
    assert "broken.yaml:" in out


@pytest.mark.parametrize(
    ("way", "told"),
    [("mailto://user:hunter2@example.com?to={email}", 0), ("hunter2", 1), ("nosuch://hunter2", 1)],
)
def test_a_fallback_by_which_nothing_can_be_sent_is_named_with_its_line(
    way: str,
    told: int,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALICE_WAY", way)
    monkeypatch.setenv("A_GOOD_ONE", "json://example.com/{person}")
    estate = tmp_path / "estate.yaml"
    ways = "fallback:\n      - ${A_GOOD_ONE}\n      - ${ALICE_WAY}\n"
    alice = "  alice:\n    name: Alice\n    email: alice@example.com\n"
    estate.write_text(f"version: 1\npeople:\n{alice}    {ways}")

    code = main(["validate", str(estate)])

    out, err = said(capsys)
    assert code == told
    assert out.count("estate.yaml:8:9: Apprise does not understand") == told
    assert "hunter2" not in out + err


@pytest.mark.parametrize("command", [["ask", "who owns it?"], ["check"]])
def test_commands_end_with_two_when_the_file_cannot_be_used(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]
) -> None:
    missing = tmp_path / "nowhere.yaml"

    assert main([*command, "--file", str(missing)]) == 2

    _, err = said(capsys)
    last = err.strip().splitlines()[-1]
    assert last.startswith("firstlane: ")
    assert "nowhere.yaml" in last


def test_a_question_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "who owns the web shop orders?"]) == 0

    out, _ = said(capsys)
    assert "Platform engineer" in out


def test_a_question_is_answered_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "who owns the web shop orders?", "--json"]) == 0

    answer = json.loads(said(capsys)[0])
    assert answer["confident"] is True
    assert answer["matches"][0]["id"] == "shop-orders"
    assert {"intent", "subject", "matches", "answer", "confident"} <= set(answer)


def test_an_unclear_question_ends_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "who owns the flux capacitor?", "--json"]) == 1

    assert json.loads(said(capsys)[0])["confident"] is False


def test_an_error_text_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "AADSTS7000222: the client secret keys are expired", "--json"]) == 0

    answer = json.loads(said(capsys)[0])
    assert answer["class"] == "credentials"
    assert answer["lane"] in ("vendor", "publisher", "it")
    assert answer["reasons"]


@pytest.mark.parametrize("text", ["", "  \n"])
def test_no_text_is_asked_for_one(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main(["explain", text]) == 2

    assert "Say which error text, for example: firstlane explain" in said(capsys)[1]


@pytest.mark.parametrize(
    "command",
    [["check"], ["audit"], ["ask", "who?"], ["handbook"], ["validate"], ["releases", "list"]],
)
def test_a_file_that_is_not_there_is_said_without_a_line_in_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("FIRSTLANE_CATALOGUE", "nofile.yaml")

    assert main(command) == 2

    out, err = said(capsys)
    assert out == ""
    assert err == (
        "firstlane: There is no nofile.yaml: name your estate file, or set FIRSTLANE_CATALOGUE.\n"
    )


def test_a_text_that_nobody_wrote_down_is_not_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "the cat sat on the mat"]) == 1

    assert "No playbook entry fits" in said(capsys)[0]


def test_a_far_end_that_cannot_be_reached_is_a_finding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTLANE_ESTATE", "http://127.0.0.1:9")

    assert main(["check", "shop-orders", "--json"]) == 1

    rows = json.loads(said(capsys)[0])["checks"]
    status = next(row for row in rows if row["check"] == "shop-orders/status")
    assert status["verdict"] == "failing"
    assert status["reasons"]


def test_a_connection_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "no-such-thing"]) == 2

    assert "There is no connection 'no-such-thing'" in said(capsys)[1]


@pytest.mark.parametrize(
    "words",
    [
        ["standin", "--port", "99999"],
        ["standin", "--port", "-1"],
        ["demo", "--port", "65534"],
        ["demo", "--pace", "0"],
        ["demo", "--pace", "nan"],
        ["demo", "--pace", "inf"],
        ["validate", ""],
        ["check", "--file", " "],
    ],
    ids=" ".join,
)
def test_what_no_command_could_use_is_refused_in_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 2
    assert "is no p" in (told := said(capsys)[1]) or "it is empty" in told


@pytest.mark.parametrize("command", ["check", "audit", "volume"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "Say which connection. The estate file has ap-invoices"),
        (" ", "Say which connection. The estate file has ap-invoices"),
        ("web shop", "may be one of several connections: write 'shop-orders' or"),
        ("ap-invoises-x", "'ap-invoises-x' in the estate file. Did you mean 'ap-invoices'?"),
        ("xyzzy", "There is no connection 'xyzzy' in the estate file. The estate file has"),
    ],
)
def test_whoever_names_no_connection_hears_which_there_are(
    command: str, words: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, words]) == 2

    assert told in said(capsys)[1]


@pytest.mark.parametrize("words", ["Payroll journal", "salary journal", "PAYROLL-JOURNAL"])
def test_a_connection_is_known_by_its_name_too(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["audit", "payroll-journal"])
    by_id = said(capsys)[0]
    main(["audit", words])

    assert by_id
    assert said(capsys)[0] == by_id


def test_the_schema_is_json_and_knows_the_kinds_of_checks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["schema"]) == 0

    schema = json.loads(said(capsys)[0])
    assert "http" in schema["$defs"]["CheckShape"]["properties"]["kind"]["enum"]


def test_the_manifest_is_yaml_for_slack(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest"]) == 0

    manifest = yaml.safe_load(said(capsys)[0])
    assert manifest["settings"]["socket_mode_enabled"] is True


@pytest.mark.parametrize("arguments", [["dance"], [], ["ask"], ["check", "--colour"]])
def test_what_is_no_command_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage: firstlane" in said(capsys)[1]


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert said(capsys)[0].startswith("firstlane ")


@pytest.mark.parametrize("arguments", [["nofile.yaml"], ["."]], ids=["no file", "empty folder"])
def test_what_there_is_nothing_of_to_validate_is_bad_input(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["validate", *arguments]) == 2

    out, err = said(capsys)
    assert out == ""
    assert err.startswith("firstlane: There is no ")


def test_a_preset_that_is_not_there_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["presets", "celigo"]) == 2

    assert "Did you mean 'celigo-flow'?" in said(capsys)[1]
