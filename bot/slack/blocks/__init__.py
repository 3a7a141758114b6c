"""Pure builders: a view in, Block Kit out. Every text is escaped here and cut to Slack's limits."""
