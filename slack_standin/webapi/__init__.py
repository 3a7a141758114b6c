"""The Web API of the local Slack."""
