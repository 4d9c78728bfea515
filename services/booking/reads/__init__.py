"""What is shown to whoever asks. A read writes nothing."""
