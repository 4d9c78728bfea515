"""The pure rules of `providers`, one file for each subject: values in, values out, without a clock."""
