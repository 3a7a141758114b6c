"""What is told about the estate file itself, to whoever guards the estate."""

from bot.core.outbox.notice import Notice, What, notice


@notice(What.CATALOGUE_BROKEN)
class CatalogueBroken(Notice):
    """The last good file stays in force; `more` problems are not listed."""

    problems: tuple[str, ...]
    more: int = 0


@notice(What.CATALOGUE_MENDED)
class CatalogueMended(Notice):
    problems: tuple[str, ...] = ()
    more: int = 0
