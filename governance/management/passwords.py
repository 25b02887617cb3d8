"""Passwords that are typed at a terminal, or come by the standard input."""

import sys
from getpass import getpass


def typed_password(prompt: str = "Password: ") -> str:
    return getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
