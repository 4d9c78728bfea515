"""The audit log: who did what, and who saw whom. Each service keeps its own.

What is written is sealed within a second into a chain, in which each entry's hash is made from the one before; so a
change, or an entry that is gone, is found (`vuoro verify-audit`). It is then copied to where nobody of this machine
changes it. The database lets a service add entries and read them, and nothing else (`shared.grants`, and triggers).
"""
