"""Rules: values in, values out. Nothing in this folder does I/O, reads a clock or knows Slack."""
