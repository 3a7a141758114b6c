"""The shipped playbook against texts as systems write them, and texts that are no errors."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.triage.playbook import match
from tests.core.error_texts import HARMLESS, SETS, Told
from tests.shipped import shipped_playbook

PARTS = 2  # of every fourth text, since 600 by 500 patterns take a while
PLAYBOOK = shipped_playbook()
ALL = tuple(told for texts in SETS.values() for told in texts)
SPOKEN_BY = ((), ("netsuite", "shopify"), ("sap", "edi", "sftp"), ("quickbooks-online", "ipaas"))


def right_class(told: Told) -> bool:
    hits = match(PLAYBOOK, told.text, (told.system,) if told.system else ())
    return bool(hits) and hits[0].entry.error_class in (told.error_class, *told.also)


def right_lane(told: Told) -> bool:
    hits = match(PLAYBOOK, told.text, (told.system,) if told.system else ())
    said = {hits[0].entry.lane, f"{hits[0].entry.lane}/{hits[0].entry.layer}"} if hits else set()
    return not said.isdisjoint(told.lanes)


@pytest.mark.parametrize("texts", SETS.values(), ids=SETS.keys())
def test_nineteen_of_twenty_texts_get_the_right_class_and_lane(texts):
    wrong_class = [told.text for told in texts if not right_class(told)]
    wrong_lane = [told.text for told in texts if not right_lane(told)]

    assert len(wrong_class) <= len(texts) / 20, wrong_class
    assert len(wrong_lane) <= len(texts) / 20, wrong_lane


def test_without_naming_the_system_the_class_is_nearly_as_good():
    wrong = [told.text for told in ALL if not right_class(told._replace(system=None))]

    assert len(wrong) <= len(ALL) / 10, wrong


@pytest.mark.parametrize("systems", SPOKEN_BY)
def test_what_is_no_error_fits_no_entry(systems):
    hits = {text: match(PLAYBOOK, text, systems) for text in HARMLESS}

    assert len(HARMLESS) >= 150
    assert {text: found[0].why for text, found in hits.items() if found} == {}


def test_a_loose_phrase_that_is_denied_does_not_count():
    assert match(PLAYBOOK, "no rate limit exceeded, 0 duplicate records") == ()
    assert match(PLAYBOOK, "duplicate records")[0].entry.error_class == "duplicate"


@pytest.mark.parametrize("part", range(PARTS))
def test_a_pattern_is_passed_over_only_when_it_would_not_fit(part: int) -> None:
    texts = [*(told.text for told in ALL), *HARMLESS][::8]
    whole = [re.compile(entry.pattern.pattern, re.IGNORECASE) for entry in PLAYBOOK.entries]

    for text in texts[part::PARTS]:
        near = dict(PLAYBOOK.index.wanted(text.lower()))
        found = [place for place, tried in near.items() if any(one.fits(text) for one in tried)]
        assert found == [place for place, one in enumerate(whole) if one.search(text)], text


def test_every_pattern_asks_for_words_so_that_few_are_run():
    asked = [branch.needs for entry in PLAYBOOK.entries for branch in entry.pattern.branches]

    assert all(asked)


@given(st.text(max_size=3000))
def test_any_text_at_all_is_read_without_harm(text):
    hits = match(PLAYBOOK, text)

    assert len({hit.entry.id for hit in hits}) == len(hits)
