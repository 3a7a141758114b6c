"""What members and apps do in the local Slack."""
