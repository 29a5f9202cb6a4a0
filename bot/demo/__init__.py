"""A local stand-in for the Bot API with a chat page, and the sample plan."""
