"""`manage.py create_administrator NAME`: the first one, whom nobody else can make yet."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from governance.domain import roles
from governance.domain.moment import database_now
from governance.domain.phones import mobile_number
from governance.management.passwords import typed_password
from governance.models import Role, User

# What the audit trail calls whoever types this.
ACTOR = "create_administrator"


class Command(BaseCommand):
    help = (
        "Makes an account that runs the console of every street, and signs in with NAME and a password: asked for "
        "twice, or read from the standard input. Further ones are made in the console."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="with which to sign in")
        parser.add_argument("--full-name", default="", metavar="NAME", help="as colleagues call the person")
        parser.add_argument("--phone", default="", help="a mobile number, for signing in with a code, too")

    def handle(self, *args: Any, name: str, full_name: str, phone: str, **options: Any) -> None:
        number = mobile_number(phone)
        if phone and not number:
            raise CommandError("That is no mobile number.")
        if User.objects.filter(username=name).exists():
            raise CommandError("There is an account of that name. Give it the role in the console.")
        password = _password()
        try:
            validate_password(password)
            with transaction.atomic():
                user = User.objects.create_user(name, password, phone=number, full_name=full_name)
                roles.grant(user, Role.ADMINISTRATOR, actor=ACTOR, at=database_now())
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        except IntegrityError:
            # Its own words quote the number's hash.
            raise CommandError("Somebody has that mobile number already.") from None
        self.stdout.write(f"{name} runs the console now: sign in with the password, then open /console/.")


def _password() -> str:
    password = typed_password()
    if sys.stdin.isatty() and typed_password("Once more: ") != password:
        raise CommandError("These were two different ones.")
    return password
