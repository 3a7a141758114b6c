"""Words, units, times, secrets and marks. It knows nothing of connections, incidents or Slack."""
