"""How long citizens' details are kept after a visit."""

import datetime as dt

# Of an organisation that booking has not heard of yet; the registry's own default is the same.
DEFAULT_RETENTION_DAYS = 90
# A home address is needed by nobody after the visit; the day more is for a tutor who writes up late.
ADDRESS_KEPT = dt.timedelta(days=1)
# Of a visit that was cancelled: as long as somebody may still ask about it, or be told of it once more.
CANCELLED_KEPT = dt.timedelta(days=7)
