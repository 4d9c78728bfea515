"""Whether a process can serve, as its `/readyz` says."""

import json
import urllib.error
import urllib.request


def readiness(url: str) -> tuple[bool, list[str]]:
    """Return whether `url` answers 200, and otherwise a sentence about each feed that it cannot go on following."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200), []
    except urllib.error.HTTPError as error:
        return False, _stuck(error.read())
    except OSError:
        return False, []


def _stuck(body: bytes) -> list[str]:
    try:
        found = json.loads(body).get("stuck", [])
    except ValueError:
        return []
    return [f"cannot go on following {each['source']} ({_why(each)}); see docs/operating.md" for each in found]


def _why(stuck: dict[str, str]) -> str:
    event = f" at {stuck['event_type']} {stuck['event_id']}" if "event_id" in stuck else ""
    return f"{stuck['reason']}{event}"
