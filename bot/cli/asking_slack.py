"""Whether Slack takes the bot's token now: the one question that a start asks before all others."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.language.errors import BotError
from bot.settings import Settings
from bot.slack.platform.supervisor import identify
from bot.slack.platform.wire import slack_session

_PATIENCE_S = 5.0


async def asked(settings: Settings) -> tuple[str, str]:
    """State and words for `firstlane doctor`."""
    if not settings.bot_token:
        return "advice", "not asked: there is no bot token to ask with"
    async with slack_session(_PATIENCE_S) as session:
        client = AsyncWebClient(
            token=settings.bot_token.reveal(),
            base_url=settings.api_url,
            session=session,
            timeout=int(_PATIENCE_S),
            retry_handlers=[],
        )
        try:
            await identify(client)
        except BotError as error:
            return "wrong", str(error)
    return "ok", "answers, and takes the bot token"
