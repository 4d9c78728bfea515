"""Cells of tables that people open in a spreadsheet: none begins a formula there, and our import takes them back.

Spreadsheets work out whatever begins with one of a few signs, also in a CSV file, and a formula can send what stands
beside it away. An apostrophe before the sign makes it text; it is what they themselves put there.
"""

BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
APOSTROPHE = "'"


def as_text(value: str) -> str:
    """Return a cell that no spreadsheet works out. What `as_written` would take an apostrophe from gets one more."""
    return APOSTROPHE + value if value.lstrip(APOSTROPHE).startswith(BEGINS_FORMULA) else value


def as_written(cell: str) -> str:
    """Return what was written before `as_text`, or a spreadsheet, put an apostrophe before it."""
    marked = cell.startswith(APOSTROPHE) and cell.lstrip(APOSTROPHE).startswith(BEGINS_FORMULA)
    return cell.removeprefix(APOSTROPHE) if marked else cell
