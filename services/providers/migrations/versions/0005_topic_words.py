"""What the topics that come with Vuoro are found by, which a search worked out before. Those that somebody has changed
are indexed when `providers` starts."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INDEX = sa.text("""
    UPDATE topic SET words = :words
    WHERE code = :code AND words IS NULL AND name = CAST(:name AS jsonb) AND synonyms = CAST(:synonyms AS jsonb)
""").bindparams(sa.bindparam("words", type_=sa.ARRAY(sa.Text)))


def upgrade() -> None:
    path = Path(__file__).parents[1] / "data" / "0005_topic_words.json"
    for topic in json.loads(path.read_text(encoding="utf-8")):
        names = {name: json.dumps(topic[name]) for name in ("name", "synonyms")}
        op.execute(INDEX.bindparams(code=topic["code"], words=topic["words"], **names))
