"""What looks saw while nothing could be stored: since when each check was bad or blind, so that it
is on record as begun then, and not when the disk took it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.rules import Verdict, judge
from bot.core.monitoring.signals import Blind, CheckResult


class Unstored:
    """Moments are seconds of a clock that never jumps, each beside the wall clock's `now`."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, bool], float] = {}  # by the check, and whether it was blind

    def keep(
        self,
        specs: Mapping[str, CheckSpec],
        results: Iterable[CheckResult],
        now: datetime,
        steady: float,
    ) -> None:
        """Remember results that could not be stored. Of a check the first bad look counts, until a
        good one; a blind look hides no bad one before it."""
        for one in results:
            seen, spec = one.observation, specs.get(one.check)
            if spec is None or judge(spec, seen, seen.at).verdict is Verdict.OK:
                self._forget(one.check, True, False)
                continue
            ago = max(0.0, (now - seen.at).total_seconds())
            self._since.setdefault((one.check, isinstance(seen, Blind)), steady - ago)
            if not isinstance(seen, Blind):
                self._forget(one.check, True)

    def dated(
        self, results: Iterable[CheckResult], now: datetime, steady: float
    ) -> list[CheckResult]:
        """The results, each with the moment at which what it shows began."""
        return [
            replace(one, began=now - timedelta(seconds=steady - since))
            if (since := self._since.get((one.check, isinstance(one.observation, Blind))))
            is not None
            else one
            for one in results
        ]

    def stored(self, results: Iterable[CheckResult]) -> None:
        """Forget what was remembered of these, which are stored now."""
        for one in results:
            blind = isinstance(one.observation, Blind)
            self._forget(one.check, *([True] if blind else [True, False]))

    def _forget(self, check: str, *kinds: bool) -> None:
        for blind in kinds:
            self._since.pop((check, blind), None)
