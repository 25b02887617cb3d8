"""What the three commands have in common: refusals as sentences, and a report for people."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management.base import CommandError
from django.db import Error

from governance.backups.errors import BackupError
from governance.backups.restoring import Report


@contextmanager
def refusals_in_words() -> Iterator[None]:
    """Raise `CommandError` with a sentence for what a person can do something about."""
    try:
        yield
    except BackupError as refused:
        raise CommandError(str(refused)) from refused
    except (Error, psycopg.Error) as failed:
        # Its first line: what follows quotes rows.
        said = (str(failed).strip() or type(failed).__name__).splitlines()[0]
        raise CommandError(f"PostgreSQL refused or went away: {said}") from failed
    except OSError as failed:
        raise CommandError(f"{failed.filename or 'A file'}: {failed.strerror}.") from failed


def size_of(count: int) -> str:
    return f"{count / 2**20:.1f} MB" if count < 2**30 else f"{count / 2**30:.1f} GB"


def as_text(report: Report) -> str:
    """The report, a line for each thing that was looked at."""
    told, verified = report.manifest, report.verified
    entries = sum(verified.chains.values())
    compared = "NOT all as when it was made" if report.differing else "as when it was made"
    lines = [
        f"made         {told['made_at']}, by version {told['portal']}, on PostgreSQL {told['postgresql']}",
        f"rows         {sum(told['rows'].values())} in {len(told['rows'])} tables, {compared}",
        f"figures      {len(told['figures'])}, {compared}",
        f"audit trail  {entries} entries in {len(verified.chains)} chains hold",
        f"encrypted    {verified.encrypted - verified.unreadable} values can be read with these keys",
        f"files        {len(told['files'])}, every sum as when it was made",
    ]
    wrong = [
        f"differs      {what}: {str(then)[:200]} then, {str(now)[:200]} now"
        for what, (then, now) in report.differing.items()
    ]
    wrong += [f"audit trail  does NOT hold: {flaw}" for flaw in verified.flaws]
    wrong += [f"unreadable   {verified.unreadable} encrypted values"] if verified.unreadable else []
    wrong += [f"not in it    {name}" for name in report.unnamed]
    wrong += [f"was missing  {name}" for name in told["missing"]]
    return "\n".join([*lines, *wrong])
