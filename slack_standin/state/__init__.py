"""What the local Slack is made of."""
