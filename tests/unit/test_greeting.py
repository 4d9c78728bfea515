"""What `make run` says of how to begin."""

import json
from pathlib import Path

import pytest

from deploy.local.home import Home
from deploy.local.supervisor import how_to_begin


def seeded(folder: Path) -> Home:
    home = Home(folder, 8080)
    home.demo.write_text(json.dumps({"tutor": "aino@x", "staff": "piste@x", "coordinator": "koo@x"}))
    return home


def test_in_the_demonstration_region_it_names_who_can_sign_in(tmp_path: Path) -> None:
    told = how_to_begin(seeded(tmp_path))
    assert "http://localhost:8080/sign-in   as aino@x (tutor)" in told
    assert "koo@x (coordinator, who makes a passkey: only at localhost);" in told


@pytest.mark.parametrize(
    ("setting", "makes_one"), [('{"17": []}', False), ('{"17": ["coordinator"]}', True), ('{"19": []}', True)]
)
def test_a_coordinator_makes_a_passkey_where_the_region_asks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, makes_one: bool
) -> None:
    monkeypatch.setenv("VUORO_PROVIDERS_STRONG_SIGN_IN", setting)
    assert ("passkey" in how_to_begin(seeded(tmp_path))) == makes_one


def test_on_databases_of_ones_own_it_says_where_accounts_come_from(tmp_path: Path) -> None:
    told = how_to_begin(Home(tmp_path, 8080))
    assert "/sign-in" in told
    assert 'docs/operating.md, "First accounts"' in told
    assert "demo.json" not in told
    assert "tutor" not in told
