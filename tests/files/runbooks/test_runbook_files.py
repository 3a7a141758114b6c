"""Runbook and playbook files: what ships is sound, and a mistake is found at its place."""

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from bot.core.estate.lane import Lane
from bot.core.runbooks.runbook import EvidenceKind, Progress, Runbook, current_step, path
from bot.core.triage.playbook import GENERAL_FAMILIES, PHRASES, ErrorClass, match
from bot.files.runbooks.runbooks import load_runbooks
from bot.files.triage.compiled import known_playbook
from bot.files.triage.playbooks import load_playbook, pattern_flaw
from tests.shipped import CONTENT, PLAYBOOKS, shipped_playbook

RUNBOOKS, RUNBOOK_PROBLEMS = load_runbooks(CONTENT)
PLAYBOOK = shipped_playbook()

SOUND = """\
id: sound
name: Sound
summary: A small one.
steps:
  - id: one
    title: One
    ask: Is it one?
    why: To know.
    evidence: [where_stopped]
    answers:
      - {id: "yes", label: It is, because: It is one.}
      - {id: "no", label: It is not, lane: it, layer: technical, because: It is none.}
"""
ENTRY = """\
family: erp
entries:
  - id: closed
    pattern: period closed
    sample: The period closed.
    class: period_closed
    meaning: A meaning.
    first_check: A check.
    fix: A fix.
    retry: after_fix
    lane: it
    layer: functional
    grade: B
"""


def test_the_shipped_content_has_no_problems():
    _, problems = load_playbook(PLAYBOOKS)

    assert [str(item) for item in (*RUNBOOK_PROBLEMS, *problems)] == []
    assert {"generic", "credentials", "silent-stall"} <= set(RUNBOOKS)


def test_the_generic_runbook_asks_four_main_questions_and_reaches_every_lane():
    generic = RUNBOOKS["generic"]

    main = [step for step in generic.steps if " · " in step.title and step.title[1] == " "]
    lanes = {answer.lane for step in generic.steps for answer in step.answers}

    assert [step.id for step in main] == ["symptom", "health", "changes", "errors"]
    assert all(3 <= len(step.answers) <= 5 for step in main)
    assert lanes >= set(Lane)


def shortest_way(runbook: Runbook) -> int:
    """Answers to the nearest end."""
    left: dict[str, int] = {}
    for step in reversed(runbook.steps):
        ways = (0 if answer.to is None else left[answer.to] for answer in step.answers)
        left[step.id] = 1 + min(ways)
    return left[runbook.steps[0].id]


@pytest.mark.parametrize("runbook", RUNBOOKS.values(), ids=RUNBOOKS.keys())
def test_a_shipped_runbook_starts_with_evidence_and_ends_soon(runbook):
    assert current_step(runbook, Progress(runbook=runbook.id)) == runbook.steps[0]
    assert path(runbook, Progress(runbook=runbook.id)) == ()
    assert all(step.evidence for step in runbook.steps)
    assert shortest_way(runbook) <= 2


def test_every_kind_of_evidence_is_shown_somewhere():
    shown = {kind for book in RUNBOOKS.values() for step in book.steps for kind in step.evidence}

    assert shown == set(EvidenceKind)


def test_a_sample_leads_to_its_own_entry():
    told = {entry.id: match(PLAYBOOK, entry.sample, entry.systems) for entry in PLAYBOOK.entries}

    assert [id for id, hits in told.items() if not hits or hits[0].entry.id != id] == []


def test_without_a_system_a_sample_leads_to_its_own_entry_or_to_no_other_systems():
    """Some hold nothing but everybody's words: those tell of no system until it is known."""
    first = {
        entry.id: next(iter(match(PLAYBOOK, entry.sample)), None) for entry in PLAYBOOK.entries
    }
    others = {
        entry.id: told.entry
        for entry in PLAYBOOK.entries
        if (told := first[entry.id]) is not None and told.entry is not entry
    }

    everybody = {PHRASES, *GENERAL_FAMILIES}
    of_one_system = [
        id
        for id, other in others.items()
        if not other.general and everybody.isdisjoint(other.systems)
    ]
    assert of_one_system == []
    assert len(others) + list(first.values()).count(None) < len(first) / 10


def test_the_playbook_covers_every_class_and_the_commonest_systems():
    classes = {entry.error_class for entry in PLAYBOOK.entries}
    families = Counter(family for entry in PLAYBOOK.entries for family in entry.systems)

    assert classes >= set(ErrorClass) - {ErrorClass.UNKNOWN}
    assert len(PLAYBOOK.entries) >= 60
    assert families["business-central"] >= 15


@pytest.mark.parametrize(
    "text",
    [
        "",
        "everything is fine",
        "the quick brown fox jumps over the lazy dog",
        "order 4711 for 429 pieces of 503 blue",
        "\x00\u202e\u2066 ‹p:alice› <!channel>",
    ],
)
def test_nonsense_fits_no_entry(text):
    assert match(PLAYBOOK, text, ("business-central", "shopify")) == ()


@pytest.mark.parametrize(
    ("text", "systems", "expected"),
    [
        pytest.param(
            "401 Unauthorized: AADSTS7000222: The provided client secret keys are expired",
            ("shopify", "business-central"),
            "entra-secret-expired",
            id="a precise code wins over the bare status around it",
        ),
        pytest.param(
            "Application_DialogException Posting Date is not within your range of allowed "
            "posting dates.",
            ("business-central",),
            "bc-posting-date",
            id="a wrapper gives way to what is inside",
        ),
        pytest.param(
            "Client error '401 Unauthorized' for url 'https://shop.example'",
            ("business-central",),
            "http-401",
            id="a bare status is better than nothing",
        ),
    ],
)
def test_texts_as_they_come_find_the_entry_that_helps(text, systems, expected):
    assert match(PLAYBOOK, text, systems)[0].entry.id == expected


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        pytest.param("lane: it,", "lane: its,", 12, "unknown value 'its'", id="an unknown lane"),
        pytest.param(
            "[where_stopped]", "[where_stoped]", 9, "did you mean 'where_stopped'", id="evidence"
        ),
        pytest.param("why: To know.", "whyy: To know.", 8, "did you mean 'why'", id="a key"),
        pytest.param(
            "because: It is one.}",
            "to: two}",
            11,
            "step 'two', which does not exist",
            id="a target",
        ),
        pytest.param(
            "because: It is one.}",
            "runbook: soundd, because: Go on.}",
            11,
            "runbook 'soundd', which does not exist",
            id="a runbook",
        ),
        pytest.param(", layer: technical", "", 12, "without a layer", id="our lane's layer"),
        pytest.param("id: sound\n", "id: other\n", 1, "rename the file", id="the file's name"),
        pytest.param('"no"', '"yes"', 12, "used twice", id="an answer id used twice"),
        pytest.param("steps:", "steps: [", 5, "", id="broken YAML"),
    ],
)
def test_a_mistake_in_a_runbook_file_has_its_line_and_leaves_the_runbook_out(
    tmp_path, old, new, line, message
):
    folder = written(tmp_path, "sound.yaml", SOUND.replace(old, new, 1))

    runbooks, problems = load_runbooks(folder)

    assert runbooks == {}
    assert line in [problem.line for problem in problems]
    assert any(message in str(problem) for problem in problems), problems


def test_one_bad_file_does_not_take_the_good_ones_along(tmp_path):
    written(tmp_path, "sound.yaml", SOUND)
    written(tmp_path, "broken.yml", "id: [")

    runbooks, problems = load_runbooks(tmp_path)

    assert list(runbooks) == ["sound"]
    assert {problem.file for problem in problems} == {"broken.yml"}


def test_a_folder_that_is_not_there_is_a_problem_and_not_a_crash(tmp_path):
    runbooks, runbook_problems = load_runbooks(tmp_path / "lost")
    playbook, playbook_problems = load_playbook(tmp_path / "lost")

    assert (runbooks, playbook.entries) == ({}, ())
    assert [problem.message for problem in (*runbook_problems, *playbook_problems)] == [
        "the folder is not there"
    ] * 2


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        pytest.param("period closed", "period .*", 4, "without an end", id="unbounded"),
        pytest.param("period closed", "(a{1,9}){1,9}", 4, "repeats a group", id="nested"),
        pytest.param("period closed", "period (", 4, "cannot be read", id="not a pattern"),
        pytest.param(
            "sample: The period closed.",
            "sample: Something else.",
            5,
            "nothing matches it",
            id="the sample does not match",
        ),
        pytest.param("grade: B", "grade: A", 13, "names no source", id="grade A has a source"),
        pytest.param("class: period_closed", "class: period", 6, "unknown value", id="a class"),
        pytest.param(ENTRY[12:], "entries: []", 2, "no entries", id="an empty file"),
    ],
)
def test_a_mistake_in_a_playbook_file_has_its_line(tmp_path, old, new, line, message):
    folder = written(tmp_path, "erp.yaml", ENTRY.replace(old, new, 1))

    _, problems = load_playbook(folder)

    assert [problem.line for problem in problems] == [line]
    assert message in str(problems[0])


def test_an_entry_that_hides_another_one_is_named(tmp_path):
    wide = ENTRY.replace("id: closed", "id: wide").replace("pattern: period", "pattern: '")
    wide = wide.replace("pattern: ' closed", "pattern: closed")
    folder = written(written(tmp_path, "a.yaml", wide), "b.yaml", ENTRY)

    _, problems = load_playbook(folder)

    assert [(problem.file, problem.line) for problem in problems] == [("b.yaml", 5)]
    assert "'wide' matches it first" in problems[0].message


def test_an_entry_id_used_twice_is_named_with_its_first_file(tmp_path):
    folder = written(written(tmp_path, "a.yaml", ENTRY), "b.yaml", ENTRY)

    playbook, problems = load_playbook(folder)

    assert len(playbook.entries) == 1
    assert "first in a.yaml" in problems[0].message


def test_a_companys_own_entry_goes_first_and_replaces_the_shipped_one_of_its_name(tmp_path):
    (tmp_path / "shipped").mkdir()
    (tmp_path / "own").mkdir()
    written(tmp_path / "shipped", "erp.yaml", ENTRY)
    written(tmp_path / "own", "erp.yaml", ENTRY.replace("A fix.", "Call finance."))

    playbook, problems = known_playbook(tmp_path / "shipped", tmp_path / "own", None)

    assert problems == ()
    assert [entry.fix for entry in playbook.entries] == ["Call finance."]


@pytest.mark.parametrize(
    "pattern", [r"a\*b", r"[*+]x", r"x{0,40}y{0,40}", "(a|b)?c", r"\b429\b.{0,30}too many"]
)
def test_bounded_patterns_are_accepted(pattern):
    assert pattern_flaw(pattern) == ""


@pytest.mark.parametrize("pattern", ["a+", "a{2,}", "(ab)*", "(a|b){3}", "a{0,99}b{0,99}c"])
def test_patterns_that_could_run_away_are_refused(pattern):
    assert pattern_flaw(pattern) != ""


def test_hostile_texts_made_of_the_playbooks_own_words_come_back():
    words = [sample for entry in PLAYBOOK.entries for sample in entry.sample.split()]
    hostile = " ".join(islice(words * 5, 2_000))

    hits = match(PLAYBOOK, hostile, ("shopify",))

    assert len(hits) == len({hit.entry.id for hit in hits})
