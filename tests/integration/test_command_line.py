"""`python -m vuoro`, command by command, on databases of their own."""

import datetime as dt
import json
import os
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from deploy.local.home import Home
from deploy.local.postgres import Postgres
from shared.secrets import Secrets
from shared.tombstones import Tombstones
from tests.conftest import as_owner, fresh_database
from vuoro.__main__ import cli

POINTS = "id,name,address,municipality\n1,Oulunsalon kirjasto,Tie 1,Oulu\n2,X,Tie 2,Nowhere\n"
POSTAL = "postal_code,area_fi,area_sv,municipality_code\n93600,Kuusamo,,305\n1943,X,,305\n"
Vuoro = Callable[..., Result]


@pytest.fixture
def registry(postgres: Postgres) -> str:
    return fresh_database(postgres, "providers")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home on which nothing runs."""
    return tmp_path / "home"


@pytest.fixture
def vuoro(registry: str, postgres: Postgres, home: Path) -> Vuoro:
    """Run a command in this process, with databases that others do not see."""
    environment = {
        "VUORO_HOME": str(home),
        "VUORO_PROVIDERS_DATABASE_URL": registry,
        "VUORO_BOOKING_DATABASE_URL": fresh_database(postgres, "booking"),
    }

    def run(*arguments: str, answer: str | None = None, **more: str | None) -> Result:
        return CliRunner().invoke(cli, arguments, input=answer, env={**environment, **more})

    return run


def written(folder: Path, text: str, name: str) -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def refused_by_the_registry(result: Result, sentence: str) -> bool:
    return result.exit_code == 1 and sentence in result.stderr and "Traceback" not in result.output


def test_points_are_imported_and_the_same_twice_changes_nothing(vuoro: Vuoro, tmp_path: Path) -> None:
    path = written(tmp_path, POINTS, "points.csv")
    first, second = vuoro("import", "points", path), vuoro("import", "points", path)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout.splitlines()[-1] == (
        "1 created, 0 changed, 0 unchanged, 0 days of hours written, 0 differences, 1 rows refused, "
        "0 no longer in the file"
    )
    assert first.stderr == "points.csv, line 3: municipality is no municipality's name or code\n"
    assert "0 created, 0 changed, 1 unchanged" in second.stdout


def test_a_dry_run_tells_row_by_row_and_changes_nothing(vuoro: Vuoro, tmp_path: Path, registry: str) -> None:
    done = vuoro("import", "points", written(tmp_path, POINTS, "points.csv"), "--dry-run")
    assert done.exit_code == 0
    assert re.search(r"^new: 1 Oulunsalon kirjasto: ", done.stdout, re.MULTILINE)
    assert "It would be: 1 created" in done.stdout
    with psycopg.connect(registry) as connection:
        assert connection.execute("SELECT count(*) FROM service_point").fetchone() == (0,)


def test_what_is_no_longer_in_the_file_and_what_was_edited_here_are_told_and_kept(
    vuoro: Vuoro, tmp_path: Path, registry: str
) -> None:
    both = POINTS.replace("Nowhere", "Oulu")
    assert vuoro("import", "points", written(tmp_path, both, "points.csv")).exit_code == 0
    with psycopg.connect(registry) as connection:
        connection.execute("UPDATE service_point SET address = 'Oma tie 1' WHERE name->>'fi' = 'Oulunsalon kirjasto'")
    one = "id,name,address,municipality\n1,Oulunsalon kirjasto,Uusi tie 1,Oulu\n"
    done = vuoro("import", "points", written(tmp_path, one, "points.csv"))
    assert "edited here, kept: 1 address: 'Oma tie 1', the source says 'Uusi tie 1'" in done.stdout
    assert "no longer in the file, kept: 2" in done.stderr
    assert "1 differences, 0 rows refused, 1 no longer in the file" in done.stdout


def test_who_has_lost_their_passkeys_begins_anew(vuoro: Vuoro, registry: str) -> None:
    assert vuoro("add", "coordinator", "pomo@example.fi", "--region", "17").exit_code == 0
    with psycopg.connect(registry) as connection:
        connection.execute(
            "INSERT INTO passkey (person_id, credential_id, public_key, sign_count, name, created_at) "
            "SELECT id, 'x', 'x', 0, 'x', now() FROM person"
        )
    assert vuoro("end-ways-in", "Pomo@example.fi").exit_code == 0
    with psycopg.connect(registry) as connection:
        assert connection.execute("SELECT count(*) FROM passkey").fetchone() == (0,)
    assert "Nobody has the address" in vuoro("end-ways-in", "muu@example.fi").stderr


def test_an_operator_is_the_second_person_where_there_is_no_other(vuoro: Vuoro, registry: str) -> None:
    """A region with a single coordinator could appoint nobody."""
    assert vuoro("add", "coordinator", "pomo@example.fi", "--region", "17").exit_code == 0
    with psycopg.connect(registry) as connection:
        connection.execute(
            "WITH one AS (INSERT INTO person (region, email, language) VALUES ('17', 'uusi@example.fi', 'fi') "
            "RETURNING id) INSERT INTO pending_grant (region, person_id, role, sub_region, given_by) "
            "SELECT '17', one.id, unnest(ARRAY['coordinator', 'sub_coordinator']), unnest(ARRAY[NULL, '178']), "
            "'person:' || person.id FROM one, person"
        )
    done = vuoro("confirm", "Uusi@example.fi", answer="y\nn\n")
    assert done.exit_code == 0
    assert "coordinator, region 17, given by pomo@example.fi. Confirm? [y/N]: y" in done.stdout
    assert roles_of_new_account(registry) == [("coordinator", None)]
    assert vuoro("confirm", "uusi@example.fi", answer="y\n").exit_code == 0
    assert roles_of_new_account(registry) == [("coordinator", None), ("sub_coordinator", "178")]
    assert "Nothing waits for the account uusi@example.fi" in vuoro("confirm", "uusi@example.fi").stderr


def roles_of_new_account(registry: str) -> list[tuple[str, str | None]]:
    with psycopg.connect(registry) as connection:
        return connection.execute(
            "SELECT role, role_grant.sub_region FROM role_grant JOIN person ON person.id = person_id "
            "WHERE email = 'uusi@example.fi' ORDER BY role"
        ).fetchall()


def test_a_file_of_which_nothing_can_be_read_is_an_error(vuoro: Vuoro, tmp_path: Path) -> None:
    done = vuoro("import", "points", written(tmp_path, "id,name,address,municipality\n1,X,Tie,Nowhere\n", "p.csv"))
    assert done.exit_code == 1
    assert done.stderr.endswith("Error: Nothing in the file could be read.\n")
    postal = vuoro("import", "postal", written(tmp_path, POSTAL.replace("93600", "x"), "postal.csv"))
    assert postal.exit_code == 1
    assert postal.stderr.endswith("Error: Nothing in the file could be read.\n")


def test_drafts_are_shown_to_nobody(vuoro: Vuoro, tmp_path: Path, registry: str) -> None:
    path = written(tmp_path, POINTS, "points.csv")
    assert vuoro("import", "points", path, "--draft", "--source", "lista").exit_code == 0
    with psycopg.connect(registry) as connection:
        told = connection.execute("SELECT publishing, source FROM service_point, source_record").fetchall()
    assert told == [("draft", "lista")]


@pytest.mark.parametrize("kind", ["kirkanta", "ptv"])
def test_what_is_no_answer_of_another_register_is_refused(vuoro: Vuoro, tmp_path: Path, kind: str) -> None:
    done = vuoro("import", kind, written(tmp_path, "[", "answer.json"))
    assert done.exit_code == 1
    assert "answer.json" in done.stderr
    assert "Traceback" not in done.output


def test_postal_codes_are_learnt(vuoro: Vuoro, tmp_path: Path) -> None:
    path = written(tmp_path, POSTAL, "postal.csv")
    tried = vuoro("import", "postal", path, "--dry-run")
    assert tried.stdout == ("new: 93600 Kuusamo\nIt would be: 1 created, 0 changed, 0 unchanged, 1 rows refused\n")
    first, second = vuoro("import", "postal", path), vuoro("import", "postal", path)
    assert first.stdout == "1 created, 0 changed, 0 unchanged, 1 rows refused\n"
    assert first.stderr == "postal.csv, line 3: postal_code is no five digits\n"
    assert second.stdout == "0 created, 0 changed, 1 unchanged, 1 rows refused\n"


def test_a_municipality_becomes_part_of_another(vuoro: Vuoro) -> None:
    merge = ("merge-municipality", "832", "--into", "305", "--on")
    to_come = (dt.datetime.now(dt.UTC) + dt.timedelta(days=3)).date()
    early = vuoro(*merge, to_come.isoformat())
    assert (early.exit_code, early.stderr) == (1, "Error: That day is still to come. Run this on it.\n")
    tried = vuoro(*merge, "2026-01-01", "--dry-run")
    assert tried.exit_code == 0
    assert tried.stdout.splitlines()[-1].startswith("It would be: 0 created, ")
    done = vuoro(*merge, "2026-01-01")
    assert done.exit_code == 0
    assert f"It would be: {done.stdout}" == tried.stdout.splitlines()[-1] + "\n"
    assert refused_by_the_registry(vuoro(*merge, "2026-01-01"), "832")


def test_sources_that_disagree_are_told(vuoro: Vuoro, tmp_path: Path) -> None:
    assert vuoro("reconcile").stdout == "0 disagreements at 0 service points\n"
    for source, address in (("a", "Tie 1"), ("b", "Tie 2")):
        text = f"id,name,address,municipality\n1,Oulunsalon kirjasto,{address},Oulu\n"
        assert vuoro("import", "points", written(tmp_path, text, "p.csv"), "--source", source).exit_code == 0
    found = vuoro("reconcile", "--region", "17")
    assert re.search(r"^Oulunsalon kirjasto \([0-9a-f-]{36}\) address: ", found.stdout, re.MULTILINE)
    assert "a: 'Tie 1'" in found.stdout
    assert "b: 'Tie 2'" in found.stdout
    assert found.stdout.splitlines()[-1].endswith(" disagreements at 1 service points")
    assert vuoro("reconcile", "--region", "01").stdout == "0 disagreements at 0 service points\n"


def test_a_coordinator_gets_an_account_once(vuoro: Vuoro) -> None:
    add = ("add", "coordinator", "uusi@vuoro.example", "--region", "17")
    assert vuoro(*add).stdout == "uusi@vuoro.example can sign in as coordinator of region 17.\n"
    assert refused_by_the_registry(vuoro(*add), "Somebody else uses this contact")
    for wrong in (("no address", "17"), ("uusi@vuoro.example", "x")):
        answer = vuoro("add", "coordinator", wrong[0], "--region", wrong[1])
        assert answer.exit_code == 1
        assert answer.stderr == "Error: An e-mail address and a region code of two digits are needed.\n"


def test_an_operator_appoints_a_manager_who_needs_no_second_person(vuoro: Vuoro, registry: str) -> None:
    with psycopg.connect(registry) as connection:
        made = connection.execute(
            "INSERT INTO organisation (name, kind, region, municipality, status) "
            "VALUES ('{\"fi\": \"Kirjasto\"}', 'library', '17', '305', 'active') RETURNING id"
        ).fetchone()
    assert made
    add = ("add", "manager", "johtaja@vuoro.example", "--organisation", str(made[0]))
    assert vuoro(*add).stdout == "johtaja@vuoro.example can sign in as manager of Kirjasto.\n"
    with psycopg.connect(registry) as connection:
        given = connection.execute("SELECT role, organisation_id FROM role_grant").fetchall()
        assert given == [("manager", made[0])]
        assert connection.execute("SELECT count(*) FROM pending_grant").fetchone() == (0,)
    assert refused_by_the_registry(vuoro(*add), "Somebody else uses this contact")
    nowhere = vuoro(*add[:-1], str(uuid.UUID(int=1)))
    assert (nowhere.exit_code, nowhere.stderr) == (1, f"Error: There is no organisation {uuid.UUID(int=1)}.\n")
    assert vuoro("add", "manager", "no address", *add[3:]).stderr == "Error: An e-mail address is needed.\n"


def test_an_api_client_is_told_its_secret_once(vuoro: Vuoro) -> None:
    done = vuoro("add", "client", "Kuusamo", "--region", "17", "--scope", "events:read", "--scope", "registry:write")
    client, secret = re.findall(r"^client_(?:id|secret): +(\S+)$", done.stdout, re.MULTILINE)
    assert uuid.UUID(client)
    assert len(secret) > 30


@pytest.mark.parametrize("wrong", [("--region", "x"), ("--scope", "foo")])
def test_of_an_api_client_that_cannot_be_it_says_what_is_needed(vuoro: Vuoro, wrong: tuple[str, str]) -> None:
    done = vuoro("add", "client", "Kuusamo", "--region", "17", "--scope", "events:read", *wrong)
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: A name, a region code of two digits and scopes are needed; the scopes are registry:write, "
        "availability:write, appointments:read, appointments:write, events:read.\n",
    )


def test_keys_of_services_that_run_apart_are_made_once(vuoro: Vuoro, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "keys"
    made = vuoro("make-keys", str(folder))
    assert made.exit_code == 0
    found = {path: path.read_bytes() for path in map(Path, made.stdout.splitlines())}
    assert {folder / name for name in ("booking.pem", "booking.secret", "trusted.json", "issuer/issuer.pem")} <= set(
        found
    )
    assert {path.stat().st_mode & 0o777 for path in found} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    vuoro("make-keys", str(folder))
    assert {path: path.read_bytes() for path in found} == found


def test_free_times_are_worked_out_anew(vuoro: Vuoro) -> None:
    done = vuoro("rebuild")
    assert (done.exit_code, done.stdout) == (
        0,
        "The free times of 0 tutors were worked out anew; those of 0 differed from what was kept.\n",
    )


def test_without_a_running_installation_it_says_how_to_start_one(vuoro: Vuoro, home: Path) -> None:
    for command, variable in (
        (("reconcile",), "VUORO_PROVIDERS_DATABASE_URL"),
        (("rebuild",), "VUORO_BOOKING_DATABASE_URL"),
    ):
        told = vuoro(*command, **{variable: ""})
        assert told.stderr == f"Error: Vuoro is not running on {home}. Start it with `make run` first.\n"


@pytest.mark.parametrize("address", ["postgresql://x:hunter2@127.0.0.1:1/x", "hunter2"])
@pytest.mark.parametrize(
    "command",
    [("reconcile",), ("verify-audit",), ("erase-again",), ("add", "coordinator", "a@example.fi", "--region", "17")],
)
def test_a_database_that_cannot_be_reached_is_told_in_a_sentence(
    vuoro: Vuoro, command: tuple[str, ...], address: str
) -> None:
    told = vuoro(*command, VUORO_PROVIDERS_DATABASE_URL=address)
    assert told.exit_code == 1
    assert told.stderr.startswith("Error: The database of providers cannot be reached (VUORO_PROVIDERS_DATABASE_URL): ")
    assert told.stderr.count("\n") == 1
    assert "hunter2" not in told.output


def test_a_port_that_is_none_is_told(vuoro: Vuoro) -> None:
    told = vuoro("reset", "--yes", VUORO_PORT="many")
    assert (told.exit_code, told.stderr) == (
        1,
        "Error: VUORO_PORT is 'many'; a port between 1 and 65535 is needed.\n",
    )


def test_a_reset_asks_first_and_never_under_a_running_installation(vuoro: Vuoro, home: Path) -> None:
    home.mkdir()
    (home / "demo.json").write_text("{}")
    assert vuoro("reset", answer="n\n").exit_code == 1
    lock = Home(home, 8080).lock()
    told = vuoro("reset", "--yes")
    os.close(lock)
    assert (told.exit_code, told.stderr) == (1, f"Error: Vuoro is running on {home}. Stop it first.\n")
    assert (home / "demo.json").exists()
    assert vuoro("reset", answer="y\n").stdout.endswith(f"{home} is empty. `make run` starts afresh.\n")
    assert not home.exists()


def test_a_new_key_is_made_and_old_ones_go(vuoro: Vuoro, home: Path) -> None:
    told = vuoro("rotate-key")
    assert told.stderr == f"Error: There are no keys in {home}. Start Vuoro with `make run` first.\n"
    Home(home, 8080).make_keys()
    ring = home / "keys" / "issuer"
    assert re.fullmatch(
        r"New key: issuer-\S+\. It signs in ten seconds, once the other services can hear of it\.\n",
        vuoro("rotate-key").stdout,
    )
    for file in ring.glob("*.pem"):
        os.utime(file, (0, 0))  # as if made long ago
    assert vuoro("rotate-key").stdout.splitlines()[1:] == ["Deleted: issuer"]
    assert len(list(ring.glob("*.pem"))) == 2


def test_a_new_key_goes_into_the_folder_that_providers_reads(vuoro: Vuoro, home: Path, tmp_path: Path) -> None:
    Home(home, 8080).make_keys()
    mounted = tmp_path / "mounted"
    told = vuoro("rotate-key", VUORO_PROVIDERS_ISSUER_KEYS=str(mounted))
    assert told.stderr.startswith(f"Error: There are no keys in {mounted} (VUORO_PROVIDERS_ISSUER_KEYS).")
    mounted.mkdir()
    assert vuoro("rotate-key", VUORO_PROVIDERS_ISSUER_KEYS=str(mounted)).exit_code == 0
    assert len(list(mounted.glob("*.pem"))) == len(list((home / "keys" / "issuer").glob("*.pem"))) == 1


def test_the_openapi_documents_are_written(vuoro: Vuoro, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    told = vuoro("openapi", "--to", str(folder))
    assert str(folder / "booking.json") in told.stdout.splitlines()
    for path in map(Path, told.stdout.splitlines()):
        assert json.loads(path.read_text())


def test_whom_a_restored_backup_has_brought_back_is_erased_again(vuoro: Vuoro, registry: str, tmp_path: Path) -> None:
    stones = Tombstones(tmp_path / "stones", Secrets("s" * 32))
    with psycopg.connect(registry) as connection:
        add = "INSERT INTO person (region, email, language) VALUES ('17', %s, 'fi') RETURNING id"
        erased, _kept = (connection.execute(add, [mail]).fetchone() for mail in ("aili@x.example", "eino@x.example"))
    assert erased is not None
    stones.add([(erased[0], dt.datetime(2027, 3, 1, tzinfo=dt.UTC))])
    services = ("PROVIDERS", "BOOKING")
    folders = {f"VUORO_{name}_TOMBSTONES": str(stones.folder) for name in services}
    secrets = {f"VUORO_{name}_SECRET": stones.secrets.current for name in services}
    rotated = {f"VUORO_{name}_SECRET": "t" * 32 for name in services}
    rotated |= {f"VUORO_{name}_ACCEPTED_SECRETS": stones.secrets.current for name in services}
    for number, known_by in ((1, rotated), (0, secrets)):
        done = vuoro("erase-again", **folders, **known_by)
        assert done.exit_code == 0, done.output
        assert done.stdout.splitlines() == [
            f"providers: {number} of the list were in the database, and are erased again.",
            "booking: 0 of the list were in the database, and are erased again.",
        ]
    with psycopg.connect(registry) as connection:
        assert connection.execute("SELECT email FROM person").fetchall() == [("eino@x.example",)]


@pytest.mark.parametrize("missing", ["TOMBSTONES", "SECRET"])
def test_without_a_list_or_what_reads_it_nobody_is_erased_again(vuoro: Vuoro, tmp_path: Path, missing: str) -> None:
    given = {"VUORO_PROVIDERS_TOMBSTONES": str(tmp_path), "VUORO_PROVIDERS_SECRET": "s" * 32}
    wrong = {"TOMBSTONES": str(tmp_path / "nowhere"), "SECRET": None}[missing]
    done = vuoro("erase-again", **{**given, f"VUORO_PROVIDERS_{missing}": wrong})
    assert done.exit_code == 1
    assert f"Set VUORO_PROVIDERS_{missing} as providers has it" in done.stderr


def test_a_home_on_which_nobody_was_erased_yet_has_an_empty_list_and_the_other_service_goes_on(
    vuoro: Vuoro, home: Path
) -> None:
    made = Home(home, 8080)
    made.make_keys()
    Tombstones(made.tombstones("booking"), Secrets(made.keys.secret("booking").read_text())).add(
        [(uuid.uuid4(), dt.datetime(2027, 3, 1, tzinfo=dt.UTC))]
    )
    done = vuoro("erase-again")
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        [
            "providers: 0 of the list were in the database, and are erased again.",
            "booking: 0 of the list were in the database, and are erased again.",
        ],
    )


def test_of_each_log_it_is_said_what_no_longer_keeps_it(vuoro: Vuoro, registry: str, postgres: Postgres) -> None:
    notify = fresh_database(postgres, "notify")
    whole = vuoro("verify-audit", VUORO_NOTIFY_DATABASE_URL=notify)
    assert (whole.exit_code, whole.stderr) == (0, "")
    as_owner(postgres, registry, "ALTER TABLE person DISABLE TRIGGER audited")
    as_owner(postgres, notify, "GRANT DELETE ON audit_entry TO notify")
    told = vuoro("verify-audit", VUORO_NOTIFY_DATABASE_URL=notify)
    assert (told.exit_code, told.stderr.splitlines()) == (
        1,
        [
            "providers: the trigger audited of public.person is off",
            "notify: the role notify may DELETE in the audit log",
        ],
    )


def test_looking_whether_somebody_runs_makes_no_home(vuoro: Vuoro, home: Path) -> None:
    told = vuoro("verify-audit", VUORO_PROVIDERS_DATABASE_URL="")
    assert told.stderr == f"Error: Vuoro is not running on {home}. Start it with `make run` first.\n"
    assert not home.exists()
