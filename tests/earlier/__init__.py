"""What earlier versions wrote is read by this one: databases of whole stories, and facts of every
message, each beside what was made of it when it was written down."""
