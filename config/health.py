"""`python -m config.health [PORT]`: ask the web server whether it is ready. For Docker, and for the demo's start."""

import http.client
import sys


def web_is_well(port: int, seconds: float = 5.0) -> bool:
    """Whether `/ready` on this machine answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if web_is_well(int(sys.argv[1]) if sys.argv[1:] else 8000) else 1)
