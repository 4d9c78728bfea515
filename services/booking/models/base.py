"""The base of this service's own tables."""

import sqlalchemy as sa

from shared import db


class Base(db.Base):
    """The base of this service's own tables."""

    __abstract__ = True
    metadata = sa.MetaData()
