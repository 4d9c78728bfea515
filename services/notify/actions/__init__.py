"""The use cases of `notify`: plan the messages that an event asks for, and send those that are due."""
