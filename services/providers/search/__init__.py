"""Finding topics and service points by what people type, and points by where they are."""
