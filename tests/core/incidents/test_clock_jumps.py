"""A clock that jumps about and comes right leaves every moment as it truly was."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.incidents.clock_jumps import JumpSpan, Key, Spans, changed, jump, remember
from tests.builders import HOUR, MINUTE, NOW

NEAR = timedelta(seconds=30)
offsets = st.integers(-50, 50).map(lambda hours: hours * HOUR)
# How far the clock is off, and how long it stays so.
stretches = st.tuples(offsets, st.integers(1, 300).map(lambda minutes: minutes * MINUTE))
unseen = st.sampled_from([timedelta(0), timedelta(milliseconds=600), timedelta(seconds=9)])


class World:
    """True time passes; every five minutes something is written down by the clock as it is."""

    def __init__(self) -> None:
        self.truly, self.off = NOW, timedelta(0)
        self.spans: Spans = (JumpSpan(off=self.off, began=NOW),)
        self.truth: dict[Key, datetime] = {("before", str(n)): NOW - n * HOUR for n in range(60)}
        self.record = dict(self.truth)

    @property
    def now(self) -> datetime:
        return self.truly + self.off

    def passes(self, span: timedelta) -> None:
        end = self.truly + span
        while self.truly < end:
            self.truly += 5 * MINUTE
            self.acts()

    def acts(self) -> None:
        key = ("under way", str(len(self.truth)))
        self.truth[key], self.record[key] = self.truly, self.now

    def jumps_to(self, off: timedelta, unseen: timedelta = timedelta(0)) -> None:
        """It is seen `unseen` later, and something was written down meanwhile."""
        by, self.off = off - self.off, off
        if unseen:
            self.truly += unseen / 2
            self.acts()
            self.truly += unseen / 2
        began = self.now - unseen
        to, before = jump(self.spans, by, self.now, NEAR, began), dict(self.record)
        self.spans = to.spans
        if to.back or by < timedelta(0):
            change = changed(to.changes, self.now)
            early = [key for key in before if to.since is not None and before[key] < to.since]
            self.record = {key: change(key, at) for key, at in before.items()}
            assert all(self.record[key] == before[key] for key in early)
        if by < timedelta(0) and not to.back:
            self.spans = remember(self.spans, before, self.record, self.now)


@given(st.lists(stretches, min_size=1, max_size=6), st.booleans(), unseen)
def test_once_it_is_right_again_every_moment_is_the_true_one(
    wrong: list[tuple[timedelta, timedelta]], again: bool, unseen: timedelta
) -> None:
    world = World()
    world.passes(HOUR)
    for off, span in [*wrong, (timedelta(0), HOUR)] * (2 if again else 1):
        if off != world.off:
            world.jumps_to(off, unseen)
            assert max(world.record.values()) <= world.now
        world.passes(span)

    assert world.record == world.truth


def test_a_machine_that_slept_keeps_what_it_wrote_before() -> None:
    world = World()
    world.passes(HOUR)
    before = dict(world.record)
    world.jumps_to(8 * HOUR)

    assert world.record == before


def test_a_machine_that_booted_ahead_tells_what_came_since_as_it_truly_was() -> None:
    world = World()
    world.off = 2 * HOUR
    world.spans = (JumpSpan(off=world.off, began=world.now),)
    world.passes(HOUR)
    world.jumps_to(timedelta(0))

    assert world.record == world.truth
