"""How letters leave by other ways than Slack."""
