"""The use cases of `providers`: load, decide, write, emit."""
