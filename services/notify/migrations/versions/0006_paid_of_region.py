"""How many messages that cost money were sent in each region on a day. The count of all regions stays for the code
before."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE paid_of_region (
            region text NOT NULL, day date NOT NULL, sent integer NOT NULL, PRIMARY KEY (region, day)
        )
        """
    )
