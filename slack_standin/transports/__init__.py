"""How the local Slack reaches apps: Socket Mode and HTTP."""
