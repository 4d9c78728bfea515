"""The base of this service's tables, and the shapes of what they keep as JSON."""

from typing import Annotated

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

from shared import db


class Base(db.Base):
    """The base of this service's own tables."""

    __abstract__ = True
    metadata = sa.MetaData()


Texts = Annotated[dict[str, str | None], mapped_column(JSONB)]
"""A text in the page languages, by language."""
Synonyms = Annotated[dict[str, list[str]], mapped_column(JSONB)]
"""Words that people say, by language."""
Equipment = Annotated[dict[str, int], mapped_column(JSONB)]
"""How many there are of each room and device."""
Provenance = Annotated[dict[str, dict[str, str]], mapped_column(JSONB)]
"""Which source a field follows, and since when."""
Fields = Annotated[dict[str, object], mapped_column(JSONB)]
"""Values by their names in a source."""
Parts = Annotated[list[dict[str, object]], mapped_column(JSONB)]
"""Parts of a record, each as the wire writes it."""
