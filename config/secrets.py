"""Secrets of the demo: made once, kept in `STATE_DIR`, never in the checkout. Production is given its own."""

import base64
import os
import secrets
from pathlib import Path


def demo_secret(state_dir: Path, name: str) -> str:
    """Return the secret called `name`, making it at first use. Two processes at once agree on one."""
    path = state_dir / "secrets" / name
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    draft.chmod(0o600)
    try:
        os.link(draft, path)  # unlike a rename, refuses to replace what another process wrote first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
