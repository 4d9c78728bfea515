"""The pure rules of `notify`, one file for each subject. Decisions are values; the actions carry them out."""
