"""`python -m config.health [PORT]`: ask the web server whether it is well. For Docker, and for the demo's start."""

import http.client
import os
import sys


def web_is_well(port: int, seconds: float = 5.0) -> bool:
    """Whether `/healthz` on this machine answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", "/healthz", headers={"Host": known_host()})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def known_host() -> str:
    """A name that the portal answers to; production refuses a request for 127.0.0.1."""
    first = os.environ.get("ALLOWED_HOSTS", "").partition(",")[0].strip()
    return first.lstrip(".") if first not in {"", "*"} else "localhost"


if __name__ == "__main__":
    sys.exit(0 if web_is_well(int(sys.argv[1]) if sys.argv[1:] else 8000) else 1)
