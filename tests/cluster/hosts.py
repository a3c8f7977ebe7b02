"""Hosts as network namespaces on one machine, joined by a bridge, with a Dask scheduler and workers in them that speak TLS."""

from __future__ import annotations

import datetime
import ipaddress
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NETWORK = "10.231.77"
PORT = 8786
START_SECONDS = 90.0


def why_not() -> str:
    """Why there can be no namespaces with names here, or nothing."""
    if shutil.which("ip") is None:
        return "the program ip is not installed (Debian's package iproute2)"
    name = f"assay-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return f"ip netns is not permitted here: {made.stderr.strip()}" if made.returncode else ""


class Hosts:
    """So many hosts; the first is for the scheduler, the last for the client. To be used with ``with``."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = folder
        self.number = number
        self.prefix = f"as{os.getpid() % 100_000}"
        self.processes: dict[str, subprocess.Popen] = {}
        self.environment = {
            **os.environ,
            **_certificates(folder, [self.address(one) for one in range(number)]),
        }

    def __enter__(self) -> Hosts:
        try:
            self._ip("netns", "add", self.switch)
            self._ip("-n", self.switch, "link", "add", "bridge", "type", "bridge")
            self._ip("-n", self.switch, "link", "set", "bridge", "up")
            for host in range(self.number):
                name, port = self.name(host), f"port{host}"
                self._ip("netns", "add", name)
                self._ip(
                    "-n",
                    self.switch,
                    "link",
                    "add",
                    port,
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "eth",
                    "netns",
                    name,
                )
                self._ip("-n", self.switch, "link", "set", port, "master", "bridge", "up")
                self._ip("-n", name, "addr", "add", f"{self.address(host)}/24", "dev", "eth")
                self._ip("-n", name, "link", "set", "lo", "up")
                self._ip("-n", name, "link", "set", "eth", "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.processes):
            self.end(name)
        for host in range(self.number):
            subprocess.run(["ip", "netns", "del", self.name(host)], capture_output=True, check=False)
        subprocess.run(["ip", "netns", "del", self.switch], capture_output=True, check=False)

    @property
    def switch(self) -> str:
        return f"{self.prefix}-switch"

    @property
    def scheduler(self) -> str:
        return f"tls://{self.address(0)}:{PORT}"

    def name(self, host: int) -> str:
        return f"{self.prefix}-{host}"

    def address(self, host: int) -> str:
        return f"{NETWORK}.{host + 1}"

    def command(self, host: int, *words: str) -> list[str]:
        return ["ip", "netns", "exec", self.name(host), *words]

    def start_scheduler(self, **settings: str) -> None:
        self._start(
            0, "scheduler", "--host", self.address(0), "--port", str(PORT), "--no-dashboard", **settings
        )
        self._wait_for("scheduler", "Scheduler at")

    def start_worker(self, host: int, **settings: str) -> None:
        options = ["--host", self.address(host), "--nthreads", "1", "--no-dashboard", "--memory-limit", "0"]
        place = ["--local-directory", str(self.folder / f"worker{host}")]
        self._start(host, "worker", self.scheduler, *options, *place, **settings)
        self._wait_for(f"worker{host}", "Registered to")

    def cut_off(self, host: int) -> None:
        """Take a host from the network: nothing arrives there any more, and nobody is told."""
        self._ip("-n", self.switch, "link", "set", f"port{host}", "down")

    def end(self, name: str) -> None:
        """End a process and those that it has started, as a lost machine would: without a word."""
        import psutil

        process = self.processes.pop(name)
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(process.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    child.kill()
        process.kill()
        process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _start(self, host: int, kind: str, *options: str, **settings: str) -> None:
        name = kind if kind == "scheduler" else f"{kind}{host}"
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options, "--protocol", "tls"]
        with (self.folder / f"{name}.log").open("w") as log:
            self.processes[name] = subprocess.Popen(
                self.command(host, *command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self.environment, **settings},
            )

    def _wait_for(self, name: str, words: str) -> None:
        deadline = monotonic() + START_SECONDS
        while words not in self.log(name):
            assert self.processes[name].poll() is None, self.log(name)
            assert monotonic() < deadline, self.log(name)
            sleep(0.1)

    @staticmethod
    def _ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def _certificates(folder: Path, addresses: list[str]) -> dict[str, str]:
    """A key and a certificate that the hosts trust each other by, as Dask's settings in environment variables."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "assay test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(one)) for one in addresses]),
            False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    settings = {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}
    settings["DASK_DISTRIBUTED__COMM__TLS__CA_FILE"] = str(folder / "cert.pem")
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        settings[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = str(folder / "cert.pem")
        settings[f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY"] = str(folder / "key.pem")
    return settings
