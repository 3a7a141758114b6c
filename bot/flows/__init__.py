"""One sync function per thing the bot does: load, decide, save, queue what is to be heard."""
