"""`docker-compose.yml` without docker: each service's own command, with the environment that it would get there.

What is other than in a container, and only that: addresses (`0.0.0.0` and the names `postgres` and `redis` are loopback
here, on free ports), the places below `/srv`, and nobody's `HOME`. Servers are the embedded binaries, run with the
options and the variables of the compose file.
"""

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
import yaml

from config.embedded import children
from config.embedded.account import servers_account
from config.embedded.cluster import where
from config.embedded.wheels import opened_to, postgres_binaries, redis_binary
from tests.config.processes import PROJECT_DIR

COMPOSE = yaml.safe_load((PROJECT_DIR / "docker-compose.yml").read_text())["services"]
HOST = "portal.example.cn"
METRICS_TOKEN = "only-for-this-test-suite"
# Of production's own variables; where the example leaves one empty, this is what somebody might have filled in.
FILLED_IN = {
    "SECRET_KEY": "k7Yw-only-for-this-test-suite-0123456789-abcdefghijklmnop",
    "POSTGRES_PASSWORD": "0nlyLettersAndDigits",
    "FIELD_ENCRYPTION_KEYS": "sS1mUe7mCk0q5mZ1o2vXh0xQ5y7Hc2r8l3f4k5n6p7o=",
    "FIELD_LOOKUP_KEY": "aW5-lookup-only-for-this-test-suite-aW5",
    "METRICS_TOKEN": METRICS_TOKEN,
    "SMS_ADAPTER": "tests.config.carrier.IntoAFile",
    "VOICE_ADAPTER": "tests.config.carrier.IntoAFile",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Compose:
    """The services of the file in a directory of their own."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.ports = {name: free_port() for name in ("web", "postgres", "redis")}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.run_dir = Path(tempfile.mkdtemp(prefix="yy-", dir="/tmp"))
        for name in ("media", "beat", "static"):
            (directory / name).mkdir()
        self.sent = directory / "sent"
        self.env_file = self._env_file()

    # --- environments ---

    def _env_file(self) -> dict[str, str]:
        """`.env` as docker reads it, made of the example: a copy that somebody has filled in."""
        values: dict[str, str] = {}
        for line in (PROJECT_DIR / ".env.example").read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                told = FILLED_IN.get(name, value)
                values[name] = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], told)
        for server in ("postgres", "redis"):
            port = re.compile(rf"(?<=[@/]){server}:\d+")
            values = {name: port.sub(f"127.0.0.1:{self.ports[server]}", value) for name, value in values.items()}
        return values

    def environment(self) -> dict[str, str]:
        """What a process of ours finds in its container: the image's variables, then those of `.env`."""
        image = dict(re.findall(r"(\w+)=(\S+)", " ".join(re.findall(r"^ENV (.*)$", dockerfile(), re.MULTILINE))))
        image = {name: self._here(value) for name, value in image.items()}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ours = {"PATH": path, "HOSTNAME": socket.gethostname(), "SENT_MESSAGES": str(self.sent)}
        return {**image, **self.env_file, **ours}

    def _here(self, word: str) -> str:
        for name in ("media", "beat", "static"):
            word = word.replace(f"/srv/{name}", str(self.directory / name))
        return word.replace("0.0.0.0:8000", f"127.0.0.1:{self.ports['web']}")

    def command(self, name: str) -> list[str]:
        """The service's command from the file, word for word but for the places and addresses."""
        return [self._here(word) for word in shlex.split(COMPOSE[name]["command"])]

    # --- processes ---

    def start(self, name: str) -> None:
        self.running[name] = self._popen(self.command(name), self.log(name))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """`docker compose run --rm web …`."""
        return subprocess.run(
            command, cwd=PROJECT_DIR, env=self.environment(), capture_output=True, text=True, timeout=300, check=False
        )

    def _popen(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                command, cwd=PROJECT_DIR, env=self.environment(), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def log(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def said(self, name: str) -> str:
        return self.log(name).read_text(errors="replace") if self.log(name).exists() else ""

    def is_healthy(self, name: str) -> bool:
        """Run the service's health check as it stands in the file; for web, at the port that is its own here."""
        kind, *words = COMPOSE[name]["healthcheck"]["test"]
        words = [word.replace("$$", "$") for word in words]
        if kind == "CMD-SHELL":
            words = ["sh", "-c", *words]
        if name == "web":
            words.append(str(self.ports["web"]))
        # In its own container a server is where its programs expect it.
        told = {"PGHOST": str(self.run_dir), "PGPORT": str(self.ports["postgres"])}
        programs = f"{Path(postgres_binaries().tool('psql')).parent}:{redis_binary().parent}"
        environment = {**self.environment(), **told, "PATH": f"{self.environment()['PATH']}:{programs}"}
        if name == "redis":
            words += ["-p", str(self.ports["redis"])]
            words = [words[0], *words[2:], words[1]]
        done = subprocess.run(words, cwd=PROJECT_DIR, env=environment, capture_output=True, timeout=60, check=False)
        return done.returncode == 0

    # --- servers ---

    def start_redis(self) -> None:
        binary, *options = shlex.split(COMPOSE["redis"]["command"])
        assert binary == redis_binary().name
        place = ["--port", str(self.ports["redis"]), "--bind", "127.0.0.1", "--dir", str(self.directory)]
        self.running["redis"] = self._popen([str(redis_binary()), *options, *place], self.log("redis"))

    def start_postgres(self) -> None:
        """As the image does: `initdb` with its variables, then the command of the file."""
        account = servers_account()
        shutil.chown(self.run_dir, account.uid, account.gid)
        binaries = opened_to(account, postgres_binaries(), self.run_dir)
        told = COMPOSE["postgres"]["environment"]
        data = self.directory / "postgres"
        data.mkdir(mode=0o700)
        account.takes_over(data)

        def run(*command: str, said: str = "") -> None:
            with self.log("postgres").open("ab") as log:
                subprocess.run(
                    command, cwd=data, input=said.encode(), stdout=log, stderr=log, check=True,
                    **account.popen_arguments(),
                )  # fmt: skip

        password = self.run_dir / "password"
        password.write_text(self.env_file["POSTGRES_PASSWORD"])
        account.takes_over(password)
        run(
            binaries.tool("initdb"), "-D", where(data), "-U", told["POSTGRES_USER"], "--no-sync", "--auth-local=trust",
            "--auth-host=scram-sha-256", f"--pwfile={password}", *shlex.split(told["POSTGRES_INITDB_ARGS"]),
        )  # fmt: skip
        run(
            binaries.tool("postgres"), "--single", "-D", where(data), "postgres",
            said=f"CREATE DATABASE {told['POSTGRES_DB']};\n",
        )  # fmt: skip
        server, *options = shlex.split(COMPOSE["postgres"]["command"])
        place = ["-D", where(data), "-p", str(self.ports["postgres"]), "-c", "listen_addresses=127.0.0.1"]
        quick = ["-c", f"unix_socket_directories={self.run_dir}", "-c", "fsync=off"]
        self.running["postgres"] = children.start(
            [binaries.tool(server), *options, *place, *quick],
            log=self.log("postgres"), cwd=data, on_parents_death=signal.SIGQUIT, account=account,
        )  # fmt: skip

    @property
    def url(self) -> str:
        return self.env_file["DATABASE_URL"].replace("postgres://", "postgresql://")

    def value(self, statement: str) -> object:
        with psycopg.connect(self.url, autocommit=True) as link:
            cursor = link.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None

    def end(self) -> dict[str, int]:
        """As `docker compose stop`: SIGTERM, and ten seconds. The exit code of each; what had to be killed has -9."""
        codes = {}
        for name in [*[each for each in self.running if each not in ("postgres", "redis")], "redis", "postgres"]:
            if process := self.running.pop(name, None):
                children.stop(process, (signal.SIGINT if name == "postgres" else signal.SIGTERM, 10))
                codes[name] = process.returncode
        shutil.rmtree(self.run_dir, ignore_errors=True)
        return codes


def dockerfile() -> str:
    return (PROJECT_DIR / "Dockerfile").read_text()


# --- a visitor ---

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """Somebody's browser behind the proxy that ends TLS: https for them, plain http with its headers for us."""

    def __init__(self, port: int):
        self.port, self.cookies = port, {}
        self.address, self.text = "", ""

    def get(self, path: str, **headers: str) -> int:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str], photo: tuple[str, bytes] | None = None) -> int:
        """Send the form of the page that was opened last."""
        found = TOKEN.search(self.text)
        assert found, f"{self.address} has no form"
        fields = {"csrfmiddlewaretoken": found[1], **fields}
        if photo is None:
            kind, body = "application/x-www-form-urlencoded", urlencode(fields).encode()
        else:
            kind, body = _multipart(fields, *photo)
        headers = {"Content-Type": kind, "Referer": f"https://{HOST}{self.address}", "Origin": f"https://{HOST}"}
        return self._ask("POST", path, body, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        carried = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        proxied = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", "Cookie": carried}
        connection.request(method, path, body, {**proxied, **headers})
        answer = connection.getresponse()
        self.address, self.text = path, answer.read().decode(errors="replace")
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        if answer.status == 302:
            to = urlsplit(answer.headers["Location"])
            return self.get(to.path + (f"?{to.query}" if to.query else ""))
        return answer.status


def _multipart(fields: dict[str, str], file_name: str, content: bytes) -> tuple[str, bytes]:
    parts = [f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    head = f'--x\r\nContent-Disposition: form-data; name="photos"; filename="{file_name}"\r\n'
    parts.append(f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + content + b"\r\n--x--\r\n")
    return "multipart/form-data; boundary=x", b"".join(parts)


def messages(sent: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in sent.read_text().splitlines()] if sent.exists() else []
