"""The demo: a local Slack and a simulated estate, so that the bot can be tried without accounts."""
