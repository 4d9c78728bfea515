"""What other registers say, each read by a file of its own into the same shape: `SourceRecords`."""
