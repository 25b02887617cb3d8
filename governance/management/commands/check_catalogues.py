import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copytree, ignore_patterns

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

LOCALES = ("zh_Hans", "ko")
SOURCES = ("config", "governance", "residents", "issues", "templates", "locale")


class Command(BaseCommand):
    help = "Refuse a catalogue that lacks a string of the code, or has one that is untranslated, fuzzy or gone."

    def handle(self, *args, **options):
        with tempfile.TemporaryDirectory() as scratch:
            collected = self._collect(Path(scratch))
            problems = [problem for locale in LOCALES for problem in _problems(locale, collected)]
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} strings; run `make messages`, then translate them.")
        self.stdout.write(f"The catalogues are complete: {', '.join(LOCALES)}.")

    def _collect(self, scratch: Path) -> Path:
        """Collect the strings from a copy of the sources: checking changes nothing. Needs the system's gettext."""
        for source in SOURCES:
            copytree(settings.BASE_DIR / source, scratch / source, ignore=ignore_patterns("__pycache__", "*.mo"))
        chosen = [argument for locale in LOCALES for argument in ("-l", locale)]
        command = [sys.executable, "-m", "django", "makemessages", *chosen, "--no-location", "--no-wrap"]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise CommandError(f"The strings could not be collected: {done.stderr.strip()}")
        return scratch / "locale"


def _problems(locale: str, collected: Path) -> list[str]:
    name = f"{locale}/LC_MESSAGES/django.po"
    with (collected / name).open("rb") as fresh, (settings.LOCALE_PATHS[0] / name).open("rb") as kept:
        wanted, present = read_po(fresh, locale=locale), read_po(kept, locale=locale)
    problems = []
    known = {(entry.context, entry.id) for entry in present if entry.id}
    for entry in wanted:
        if not entry.id:
            continue
        strings = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
        if (entry.context, entry.id) not in known:
            problems.append(f"{locale}: not collected: {entry.id!r}")
        elif entry.fuzzy or not all(strings):
            problems.append(f"{locale}: not translated: {entry.id!r}")
    gone = known - {(entry.context, entry.id) for entry in wanted if entry.id}
    return problems + [f"{locale}: no longer in the code: {identity!r}" for _context, identity in sorted(gone, key=str)]
