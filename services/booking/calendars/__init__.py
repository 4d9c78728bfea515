"""Calendars of other programs, in and out. Nothing here knows a database."""
