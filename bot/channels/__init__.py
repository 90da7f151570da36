"""Channels: each turns its own messages into an Incoming and shows the Turn that the conversation answers with."""
