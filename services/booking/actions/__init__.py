"""The use cases of `booking`: load, decide, write, emit."""
