"""The named queries of `providers`, one file for each subject."""
