"""Code words: the tutor says the word first, so that the citizen knows who is calling. Everyday words of nature and
home, easy to say on the phone and hard to mistake for one another."""

import secrets
from pathlib import Path

LISTS = Path(__file__).parent
WORDS = {path.stem: tuple(path.read_text(encoding="utf-8").split()) for path in LISTS.glob("*.txt")}


def choose(language: str) -> str:
    """Return a code word in the citizen's language, unpredictable to anybody else."""
    return secrets.choice(WORDS[language])
