"""What a look may find wrong besides its rules, and how bad that is."""

from dataclasses import dataclass

from bot.core.estate.check_spec import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFinding:
    """`words` is a sentence in `language.marks` marks."""

    level: Level
    words: str
