"""What a kernel that is a fork of a warm process can leave for the next fork, read of another one, or do to the warm process."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
import sandboxed

from assay.kernels import Limits, Sandbox, launching, make_manager, warm

pytestmark = pytest.mark.slow

MODULES = ("numpy",)


@pytest.fixture(scope="module")
def tier():
    found = sandboxed.tier("bubblewrap")
    if not warm.can_fork(found):
        pytest.skip("no process here can give its forks namespaces")
    yield found
    warm.close_warm_processes()


@pytest.fixture
def nothing_warm():
    warm.close_warm_processes()
    yield
    warm.close_warm_processes()


@pytest.fixture(scope="module")
def alone(tier):
    """What a kernel in a bubblewrap of its own finds."""
    with _cold(tier) as client:
        return json.loads(sandboxed.run(client, _FACTS))


@pytest.fixture(scope="module")
def second(tier):
    """What the second fork of a warm process finds."""
    with _fork(tier) as client:
        sandboxed.run(client, "import numpy")
    with _fork(tier) as client:
        return json.loads(sandboxed.run(client, _FACTS))


# What it inherits


def test_a_fork_has_the_descriptors_of_a_kernel_of_its_own_and_none_more(alone, second):
    assert Counter(second["descriptors"]) == Counter(alone["descriptors"])
    assert socket.SOCK_SEQPACKET not in second["sockets"]


def test_a_fork_has_the_user_the_signals_and_the_filter_of_a_kernel_of_its_own(alone, second):
    names = ("Umask", "Groups", "SigBlk", "SigIgn", "SigCgt", "NoNewPrivs", "Seccomp", "Seccomp_filters")
    assert {name: second["status"][name] for name in names} == {name: alone["status"][name] for name in names}
    assert second["status"]["NoNewPrivs"] == "1"
    assert second["status"]["Seccomp"] == "2"
    for name in ("Uid", "Gid"):
        assert len(set(second["status"][name].split())) == 1
        assert second["status"][name].split()[0] != "0"


def test_a_fork_has_no_capability(second):
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(second["status"][name], 16) == 0


def test_no_program_could_give_a_fork_more_capabilities_than_a_kernel_of_its_own(alone, second):
    # As root bubblewrap leaves a kernel of its own the bounding set, of which it can make no use; a fork has none.
    assert int(second["status"]["CapBnd"], 16) == 0


def test_a_fork_has_the_limits_and_the_priority_of_a_kernel_of_its_own(alone, second):
    assert second["limits"] == alone["limits"]
    assert second["priority"] == alone["priority"]


def test_a_fork_has_the_environment_of_a_kernel_of_its_own(alone, second):
    # Bubblewrap itself adds PWD, the folder where it starts a process.
    assert second["environment"] == {
        name: value for name, value in alone["environment"].items() if name != "PWD"
    }
    assert second["environment_of_programs"] == [
        entry for entry in alone["environment_of_programs"] if not entry.startswith("PWD=")
    ]
    explained = {"ASSAY_ORDERS", "MPLBACKEND"}
    assert set(second["first_environment"]) - set(alone["first_environment"]) <= explained


def test_a_fork_sees_the_mounts_and_the_paths_of_a_kernel_of_its_own(alone, second):
    # Folders of /proc that only root of this machine could write, and bubblewrap closes to that one, too.
    for facts in (alone, second):
        closed = [place for place in facts["mounts"] if place.startswith("/proc/")]
        assert all(facts["mounts"].pop(place)[0].startswith("ro,") for place in closed)
    # All forks see the same terminals; what opens them needs no right to write there.
    assert second["mounts"]["/dev/pts"][0] == alone["mounts"].pop("/dev/pts")[0].replace("rw,", "ro,")
    del second["mounts"]["/dev/pts"]
    assert second["mounts"] == alone["mounts"]
    assert second["listed"] == alone["listed"]
    assert second["room"] == alone["room"]
    assert set(second["roots"]) <= set(alone["roots"])


def test_a_fork_can_open_nothing_of_proc_for_writing_but_what_is_its_own(alone, second):
    assert second["writable"] == alone["writable"] == []


def test_no_memory_of_a_fork_is_shared_with_the_process_it_is_a_fork_of(second):
    assert second["shared_memory"] == []


def test_a_fork_looks_like_a_kernel_of_its_own_to_python(alone, second):
    assert second["python"] == alone["python"]


def test_a_fork_is_in_a_session_and_a_group_of_its_own(second):
    # A group that begins outside has the number 0 here: kill(0, ...) and setpriority reach all of it.
    assert 0 not in second["group"]


def test_the_first_process_of_a_fork_can_do_nothing_and_waits_for_no_signal(tier):
    with _fork(tier) as client:
        status = _status(_launch(client).process.pid)
    assert int(status["CapPrm"], 16) == int(status["CapEff"], 16) == int(status["CapInh"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    internal = 1 << 31 | 1 << 32  # the C library's own, which it takes from its own process only
    assert int(status["SigCgt"], 16) & ~internal == 0


def test_a_link_of_a_fork_is_closed_when_the_kernel_closes_it(tier):
    ours, theirs = socket.socketpair()
    with ours, theirs, _fork(tier, pass_fds={"ASSAY_OTHER": theirs.fileno()}) as client:
        theirs.close()
        code = "import os, socket; s = socket.socket(fileno=int(os.environ['ASSAY_OTHER'])); s.send(b'hello')"
        sandboxed.run(client, code)
        ours.settimeout(10)
        assert ours.recv(16) == b"hello"
        sandboxed.run(client, "s.close()")
        assert ours.recv(16) == b""


def test_a_named_folder_in_tmp_is_there_in_a_fork_and_cannot_be_written(tier):
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "given").mkdir()
        (folder / "given").chmod(0o777)
        (folder / "given" / "data.txt").write_text("digits")
        (folder / "given" / "data.txt").chmod(0o666)
        (folder / "neighbour.txt").write_text("other submission")
        with _fork(tier, read_only=(folder / "given",)) as client:
            seen = sandboxed.run(
                client,
                f"{_TRY}\nimport os\n"
                f"place = {str(folder / 'given')!r}\n"
                "print(open(place + '/data.txt').read(), os.listdir(os.path.dirname(place)))\n"
                "for what in (lambda: open(place + '/data.txt', 'a'), lambda: open(place + '/left', 'w'),\n"
                "             lambda: os.chmod(place, 0o700), lambda: os.rename(place, '/tmp/elsewhere')):\n"
                "    print(attempt(what))",
            )
        first, *others = seen.splitlines()
        assert first == "digits ['given']"
        assert all(line in ("EROFS", "EACCES", "EPERM", "EBUSY", "EXDEV") for line in others), others
        assert sorted(os.listdir(folder / "given")) == ["data.txt"]


# What it leaves


def test_files_of_a_fork_are_gone_when_the_next_one_starts(tier, alone):
    leave = (
        "import os, socket\n"
        "for place in ('/tmp', '/tmp/tmp', '/tmp/home', '/tmp/home/ipython', '/tmp/work', '/dev/shm'):\n"
        "    open(place + '/left.txt', 'w').write('left')\n"
        "kept = socket.socket(socket.AF_UNIX); kept.bind('/run/sockets/left')\n"
        "print(sorted(os.listdir('/run/sockets'))[-1])"
    )
    look = (
        "import os\n"
        "print([place for top in ('/tmp', '/dev/shm', '/run') for place, folders, files in os.walk(top)\n"
        "       if 'left' in ' '.join(files + folders)])"
    )
    seen = _left(tier, leave, look)
    assert seen == ("left", "[]")


def test_no_mark_on_an_open_file_passes_to_the_next_fork(tier):
    leave = (
        "import fcntl, os\n"
        "fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)\n"
        "fcntl.fcntl(0, fcntl.F_SETSIG, 44)\n"
        "fcntl.flock(0, fcntl.LOCK_EX)\n"
        "print(fcntl.fcntl(0, fcntl.F_GETFL) & (os.O_NONBLOCK | os.O_APPEND) != 0, fcntl.fcntl(0, fcntl.F_GETSIG))"
    )
    look = leave.splitlines()[0] + "\n" + leave.splitlines()[-1]
    assert _left(tier, leave, look) == ("True 44", "False 0")


def test_no_mark_on_a_file_that_all_forks_see_passes_to_the_next_one(tier):
    visit = (
        "import os\n"
        "places = ['/', '/run', '/run/sockets', '/tmp', '/dev/shm', '/proc']\n"
        "for top in ('/dev', '/etc'):\n"
        "    for folder, folders, files in os.walk(top):\n"
        "        places += [folder, *(os.path.join(folder, name) for name in files)]\n"
        "places = [place for place in places if os.path.exists(place) and not place.startswith('/dev/shm/')]\n"
    )
    leave = (
        f"{_TRY}\n{visit}"
        "for place in places:\n"
        "    attempt(lambda: os.utime(place, (12345, 12345)))\n"
        "    attempt(lambda: os.setxattr(place, 'user.left', b'left'))\n"
        "    attempt(lambda: os.chmod(place, 0o1755 if os.path.isdir(place) else 0o641))\n"
        "print(os.stat('/tmp').st_mtime == 12345 or os.stat('/tmp').st_uid == 0)"
    )
    look = (
        f"{visit}"
        "marked = []\n"
        "for place in places:\n"
        "    state = os.stat(place)\n"
        "    if state.st_mtime == 12345 or state.st_mode & 0o7777 in (0o641, 0o1755) or 'user.left' in os.listxattr(place):\n"
        "        marked.append(place)\n"
        "print(marked)"
    )
    try:
        assert _left(tier, leave, look) == ("True", "[]")
    finally:
        # What was spoilt here must not spoil other tests.
        warm.close_warm_processes()


def test_a_terminal_works_whatever_the_fork_before_did_to_it(tier):
    leave = f"{_TRY}\nimport os; kept = os.openpty(); attempt(lambda: os.chmod('/dev/pts/ptmx', 0)); print(1)"
    look = "import os; print(os.listdir('/dev/pts')); os.openpty(); print('opened')"
    try:
        assert _left(tier, leave, look) == ("1", "['ptmx']\nopened")
    finally:
        warm.close_warm_processes()


def test_a_name_that_a_fork_made_in_memory_is_unknown_to_the_next_one(tier):
    names = (
        f"{_TRY}\nimport ctypes, os, socket\n"
        "from multiprocessing import shared_memory\n"
        "C = ctypes.CDLL(None, use_errno=True)\n"
        "def checked(value):\n"
        "    if value < 0: raise OSError(ctypes.get_errno(), '')\n"
        "    return value\n"
        "abstract = socket.socket(socket.AF_UNIX)\n"
        "tcp = socket.socket()\n"
    )
    leave = names + (
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    abstract.bind('\\0left'); abstract.listen()\n"
        "    import time\n"
        "    while True: time.sleep(1)\n"
        "shared = shared_memory.SharedMemory('left', create=True, size=10); shared.buf[:4] = b'left'\n"
        "attempt(lambda: (tcp.bind(('127.0.0.1', 5555)), tcp.listen()))\n"
        "attempt(lambda: checked(C.mq_open(b'/left', os.O_CREAT | os.O_RDWR, 0o600, None)))\n"
        "attempt(lambda: checked(C.shmget(77, 100, 0o1666)))\n"
        "attempt(lambda: checked(C.semget(77, 1, 0o1666)))\n"
        "attempt(lambda: checked(C.msgget(77, 0o1666)))\n"
        "import time\n"
        "for _ in range(500):\n"
        "    said = attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0left'))\n"
        "    if said is None: break\n"
        "    time.sleep(0.01)\n"
        "print(said, os.listdir('/dev/shm'))"
    )
    look = names + (
        "print(attempt(lambda: abstract.connect('\\0left')), attempt(lambda: tcp.connect(('127.0.0.1', 5555))) is not None,\n"
        "      attempt(lambda: shared_memory.SharedMemory('left')), attempt(lambda: checked(C.mq_open(b'/left', os.O_RDWR))),\n"
        "      [len(open('/proc/sysvipc/' + kind).readlines()) for kind in ('shm', 'sem', 'msg')])"
    )
    first, then = _left(tier, leave, look)
    assert re.fullmatch(r"None \['(left|psm_left)'\]", first)
    assert then == "ECONNREFUSED True ENOENT ENOENT [1, 1, 1]"


def test_what_a_fork_did_to_modules_is_not_in_the_next_one(tier):
    leave = (
        "import builtins, os, sys, types, numpy, json\n"
        "builtins.left = numpy.left = 1; sys.modules['left'] = types.ModuleType('left'); sys.path.append('/left')\n"
        "os.environ['LEFT'] = '1'; json.left = 1; numpy.seterr(all='raise'); sys.setrecursionlimit(77777)\n"
        "print(numpy.left)"
    )
    look = (
        "import builtins, os, sys, numpy, json\n"
        "print(hasattr(builtins, 'left'), hasattr(numpy, 'left'), 'left' in sys.modules, '/left' in sys.path,\n"
        "      'LEFT' in os.environ, hasattr(json, 'left'), numpy.geterr()['over'], sys.getrecursionlimit() == 77777)"
    )
    assert _left(tier, leave, look) == ("1", "False False False False False False warn False")


def test_nothing_that_a_fork_was_told_is_in_the_memory_of_the_next_one(tier, tmp_path):
    (tmp_path / "answer.txt").write_text("the-answer-of-the-first-student")
    with _fork(tier, files=tmp_path) as client:
        key = client.session.key.decode()
        secrets = [key, "the-answer-of-the-first-student", "said-in-a-cell-of-the-first"]
        code = "kept = open('answer.txt').read(); also = 'said-in-a-' + 'cell-of-the-first'\n" + _search(
            secrets
        )
        mine = json.loads(sandboxed.run(client, code))
        assert all(mine), "the search does not find what is there"
    with _fork(tier) as client:
        assert json.loads(sandboxed.run(client, _search(secrets))) == [False, False, False]


def test_no_two_forks_draw_the_same_numbers(tier):
    assert not set(_draw(tier, MODULES, _DRAW)) & set(_draw(tier, MODULES, _DRAW))


def test_no_two_forks_draw_the_same_numbers_with_tensorflow(tier):
    if find_spec("tensorflow") is None:
        pytest.skip("no TensorFlow here")
    modules = ("tensorflow", "keras")
    first, then = (_draw(tier, modules, _DRAW_WITH_TENSORFLOW) for _ in range(2))
    assert len(first) >= 8
    assert not set(first) & set(then)


def test_no_two_forks_draw_the_same_numbers_from_openssl_when_a_module_drew_before(
    tier, nothing_warm, monkeypatch
):
    # Such as one that makes a context for encrypted connections when it is imported.
    start = launching._start_in_lasting_thread
    code = "import ssl; ssl.RAND_bytes(1); import runpy; runpy.run_module('assay.kernels.start', run_name='__main__')"

    def drawn(command, **options):
        place = command.index("assay.kernels.start")
        return start([*command[: place - 1], "-c", code, *command[place + 1 :]], **options)

    monkeypatch.setattr(launching, "_start_in_lasting_thread", drawn)
    draw = "import json, ssl, sys; print(json.dumps([ssl.RAND_bytes(16).hex()]))"
    assert _draw(tier, MODULES, draw) != _draw(tier, MODULES, draw)


# What it does to others


def test_a_fork_has_no_way_to_the_memory_of_its_first_process_or_to_what_is_covered(tier):
    code = (
        f"{_TRY}\nimport ctypes, json, os\n"
        "C = ctypes.CDLL(None, use_errno=True)\n"
        "def call(number, *arguments):\n"
        "    if C.syscall(number, *arguments) < 0: raise OSError(ctypes.get_errno(), '')\n"
        "x86 = os.uname().machine == 'x86_64'\n"
        "tries = {name: lambda name=name: open('/proc/1/' + name, 'rb').read(1)\n"
        "         for name in ('mem', 'environ', 'maps', 'auxv', 'syscall', 'stack')}\n"
        "tries |= {name: lambda name=name: os.readlink('/proc/1/' + name)\n"
        "          for name in ('root', 'cwd', 'exe', 'fd/0', 'ns/mnt', 'ns/pid')}\n"
        "tries |= {'list fd': lambda: os.listdir('/proc/1/fd'), 'enter': lambda: os.listdir('/proc/1/root/tmp'),\n"
        "          'ptrace': lambda: call(101 if x86 else 117, 16, 1, 0, 0),\n"
        "          'pidfd_getfd': lambda: call(438, os.pidfd_open(1), 0, 0),\n"
        "          'unshare': lambda: call(272 if x86 else 97, 0x10000000),\n"
        "          'unshare mounts': lambda: call(272 if x86 else 97, 0x20000),\n"
        "          'setns': lambda: call(308 if x86 else 268, os.open('/proc/self/ns/mnt', os.O_RDONLY), 0),\n"
        "          'chroot': lambda: os.chroot('/tmp')}\n"
        "for place in ('/tmp', '/dev/shm', '/proc', '/run/sockets'):\n"
        "    tries['umount ' + place] = lambda place=place: call(166 if x86 else 39, place.encode(), 2)\n"
        "    tries['bind ' + place] = lambda place=place: call(165 if x86 else 40, b'/', place.encode(), None, 4096, None)\n"
        "    tries['remount ' + place] = lambda place=place: call(165 if x86 else 40, None, place.encode(), None, 32, None)\n"
        "    tries['tree ' + place] = lambda place=place: call(428, -100, place.encode(), 0x8001)\n"
        "print(json.dumps({name: attempt(what) for name, what in tries.items()}))"
    )
    with _fork(tier) as client:
        seen = json.loads(sandboxed.run(client, code))
    assert len(seen) == 36
    assert {name: said for name, said in seen.items() if said not in ("EPERM", "EACCES", "ENOENT")} == {}


def test_a_fork_sees_its_own_processes_only(tier):
    with _fork(tier) as client:
        code = "import os; print(sorted(int(name) for name in os.listdir('/proc') if name.isdigit()), os.getpid(), os.getppid())"
        assert sandboxed.run(client, code) == "[1, 2] 2 1"


def test_no_signal_of_a_fork_ends_its_first_process_or_the_warm_one(tier):
    code = (
        f"{_TRY}\nimport os, signal\n"
        "for number in signal.valid_signals():\n"
        "    attempt(lambda: os.kill(1, number))\n"
        "    attempt(lambda: signal.pidfd_send_signal(os.pidfd_open(1), number))\n"
        "attempt(lambda: os.kill(-1, signal.SIGKILL))\n"
        "print('alive')"
    )
    with _fork(tier) as client:
        process, before = _warm_number(client), warm.losses()
        assert sandboxed.run(client, code) == "alive"
        assert sandboxed.run(client, "print('still')") == "still"
        assert _state(process) in ("S", "R")
    _is_unharmed(tier, process, before)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSTOP"])
def test_a_signal_to_its_own_group_ends_no_process_but_those_of_the_fork(tier, name):
    with _fork(tier) as client:
        process, before = _warm_number(client), warm.losses()
        kernel = _launch(client).kernel_process()
        client.execute(f"import os, signal; os.kill(0, signal.{name})")
        _until(lambda: _state(kernel) in ("", "Z", "T"))
        assert _state(process) in ("S", "R")
    _is_unharmed(tier, process, before)


def test_a_fork_changes_no_priority_but_its_own(tier):
    leave = (
        f"{_TRY}\nimport ctypes, os\n"
        "C = ctypes.CDLL(None)\n"
        "number = 251 if os.uname().machine == 'x86_64' else 30\n"
        "for which in (os.PRIO_PGRP, os.PRIO_USER, os.PRIO_PROCESS):\n"
        "    attempt(lambda: os.setpriority(which, 0, 11))\n"
        "for which in (1, 2, 3): C.syscall(number, which, 0, 3 << 13)\n"
        "print(os.getpriority(os.PRIO_PROCESS, 0), C.syscall(number + 1, 1, 0) >> 13)"
    )
    changes = ("for which", "    attempt(lambda: os.setpriority")
    look = "\n".join(line for line in leave.splitlines() if not line.startswith(changes))
    with _cold(tier) as client:
        usual = sandboxed.run(client, look)
    changed, then = _left(tier, leave, look)
    assert changed == "11 3"
    assert then == usual


def test_daemons_that_refuse_to_end_are_gone_with_their_fork(tier):
    code = (
        "import os, signal, time\n"
        "reader, writer = os.pipe()\n"
        "for _ in range(3):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        "            for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "                signal.signal(number, signal.SIG_IGN)\n"
        "            os.write(writer, b'x')\n"
        "            while True: time.sleep(1)\n"
        "        os._exit(0)\n"
        "count = 0\n"
        "while count < 3: count += len(os.read(reader, 3))\n"
        "print(count)"
    )
    with _fork(tier) as client:
        process, before = _warm_number(client), warm.losses()
        assert sandboxed.run(client, code) == "3"
        numbers = _launch(client).processes()
        assert len(numbers) >= 4
    assert sandboxed.gone(numbers, 0.5)
    _is_unharmed(tier, process, before)


def test_a_fork_that_stops_itself_can_be_closed_and_the_next_one_runs(tier):
    with _fork(tier) as client:
        process, before = _warm_number(client), warm.losses()
        kernel = _launch(client).kernel_process()
        client.execute("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)")
        _until(lambda: _state(kernel) == "T")
    assert sandboxed.gone([kernel], 0.5)
    _is_unharmed(tier, process, before)


def test_a_fork_bomb_reaches_its_limit_and_the_next_fork_runs(tier):
    code = (
        "import os, time\n"
        "children = 0\n"
        "try:\n"
        "    while children < 500:\n"
        "        if os.fork() == 0:\n"
        "            while True:\n"
        "                try: os.fork()\n"
        "                except OSError: time.sleep(1)\n"
        "        children += 1\n"
        "except OSError as error: print(type(error).__name__)"
    )
    with _fork(tier, limits=Limits(processes=64)) as client:
        process, before = _warm_number(client), warm.losses()
        assert sandboxed.run(client, code) == "BlockingIOError"
        numbers = _launch(client).processes()
        assert len(numbers) <= 64 + 1
    assert sandboxed.gone(numbers, 0.5)
    _is_unharmed(tier, process, before)


def test_a_fork_that_wants_all_memory_gets_its_share_and_the_next_fork_runs(tier):
    with _fork(tier, limits=Limits(memory_mb=600)) as client:
        process, before = _warm_number(client), warm.losses()
        assert sandboxed.run(client, "kept = bytearray(700 * 1024 * 1024)") == "MemoryError"
    _is_unharmed(tier, process, before)


def test_kernels_of_two_roles_at_one_time_see_nothing_of_each_other(tier):
    make = (
        "import os, socket\n"
        "mine = socket.socket(socket.AF_UNIX); mine.bind('\\0here'); mine.listen()\n"
        "named = socket.socket(socket.AF_UNIX); named.bind('/run/sockets/here')\n"
        "for place in ('/tmp/here', '/dev/shm/here'): open(place, 'w').close()\n"
        "os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '60')\n"
        "print(os.path.exists('/run/sockets/here'))"
    )
    look = (
        f"{_TRY}\nimport os, socket\n"
        "print([place for place in ('/tmp/here', '/dev/shm/here', '/run/sockets/here') if os.path.exists(place)],\n"
        "      attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0here')),\n"
        "      len([name for name in os.listdir('/proc') if name.isdigit()]))"
    )
    with _fork(tier) as student, _fork(tier, role="plain") as other:
        assert sandboxed.run(student, make) == "True"
        assert sandboxed.run(other, look) == "[] ECONNREFUSED 2"
        assert _warm_number(student) != _warm_number(other)
        sandboxed.run(other, "import os, signal; os.kill(-1, signal.SIGKILL)")
        assert sandboxed.run(student, "print('alive')") == "alive"


# What becomes of the warm process


def test_a_second_kernel_of_a_role_starts_while_the_first_one_runs_and_is_none_of_its_forks(tier):
    with _fork(tier) as first, sandboxed.kernel(_sandbox(tier)) as second:
        assert not _is_fork(second)
        sandboxed.run(first, "open('/tmp/here', 'w').close()")
        assert sandboxed.run(second, "import os; print(os.path.exists('/tmp/here'))") == "False"
        assert sandboxed.run(first, "print(1)") == "1"
    with _fork(tier) as client:
        assert sandboxed.run(client, "print(2)") == "2"


def test_of_kernels_that_start_at_one_time_one_is_a_fork_and_all_work(tier):
    managers = [make_manager(_sandbox(tier)) for _ in range(3)]
    threads = [threading.Thread(target=manager.start_kernel) for manager in managers]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        forks = []
        for manager in managers:
            client = manager.client()
            client.start_channels()
            client.wait_for_ready(timeout=60)
            assert sandboxed.run(client, "print(1)") == "1"
            forks.append(_is_fork(client))
            client.stop_channels()
        assert sum(forks) == 1
    finally:
        for manager in managers:
            manager.shutdown_kernel(now=True)


def test_a_warm_process_that_was_killed_is_counted_and_the_next_kernel_works(tier):
    with _fork(tier) as client:
        process, before = _warm_number(client), warm.losses()
    os.kill(process, signal.SIGKILL)
    assert sandboxed.gone([process])
    with _fork(tier) as client:
        assert sandboxed.run(client, "print(1)") == "1"
        assert _warm_number(client) != process
    assert warm.losses() == before + 1


def test_a_fork_ends_with_the_warm_process_and_leaves_no_process(tier):
    with _fork(tier) as client:
        before = warm.losses()
        sandboxed.run(
            client, "import os\nif os.fork() == 0:\n    os.setsid()\n    __import__('time').sleep(60)"
        )
        numbers = [process.pid for process in sandboxed.below(_launch(client).warm.launch.process.pid)]
        assert len(numbers) >= 6
        os.kill(_warm_number(client), signal.SIGKILL)
        assert sandboxed.gone(numbers)
    assert warm.losses() == before + 1
    with _fork(tier) as client:
        assert sandboxed.run(client, "print(1)") == "1"


def test_no_process_of_a_fork_is_left_below_the_warm_one_and_no_folder_when_it_is_closed(
    tier, nothing_warm, monkeypatch
):
    with tempfile.TemporaryDirectory(prefix="w") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        assert len(name) < launching._LONGEST_BASE
        with _fork(tier) as client:
            process, sockets = _warm_number(client), _launch(client).sockets
            assert psutil.Process(process).children()
            assert list(sockets.iterdir())
            assert len(os.listdir(name)) == 2
        assert not psutil.Process(process).children()
        assert not sockets.exists()
        assert len(os.listdir(name)) == 1
        warm.close_warm_processes()
        assert sandboxed.gone([process], 0.5)
        assert os.listdir(name) == []


_DRIVER = """
import sys, time
sys.path.insert(0, sys.argv[1])
import sandboxed
from assay.kernels import Sandbox, make_manager
managers = []
for role in ("student", "plain"):
    manager = make_manager(Sandbox(tier=sandboxed.tier("bubblewrap"), warm=(), role=role))
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    sandboxed.run(client, "import os\\nif os.fork() == 0:\\n    os.setsid()\\n    import time; time.sleep(60)")
    managers.append(manager)
    print(type(manager.provisioner._launch).__name__, flush=True)
print("ready", flush=True)
time.sleep(60)
"""


def test_a_grading_process_that_is_killed_leaves_no_fork_and_no_warm_process(tier):
    with tempfile.TemporaryDirectory(prefix="w") as name:
        driver = subprocess.Popen(
            [sys.executable, "-c", _DRIVER, str(Path(sandboxed.__file__).parent)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": name},
        )
        try:
            lines = [driver.stdout.readline().strip() for _ in range(3)]
            assert lines == ["_ForkLaunch", "_ForkLaunch", "ready"]
            numbers = [process.pid for process in sandboxed.below(driver.pid)]
            assert len(numbers) >= 1 + 2 * 6
        finally:
            driver.send_signal(signal.SIGKILL)
            driver.wait()
            driver.stdout.close()
        assert sandboxed.gone(numbers)
        code = "from assay.kernels import *; m = make_manager(Sandbox()); m.start_kernel(); m.shutdown_kernel(now=True)"
        environment = {**os.environ, "TMPDIR": name}
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60, env=environment)
        assert os.listdir(name) == []


# What the tests are made of

# The name of the error that a call ends with; None when it works.
_TRY = """
import errno
def attempt(what):
    try: what()
    except OSError as error: return errno.errorcode.get(error.errno, str(error))
"""

_FACTS = r"""
import json, os, re, resource, socket, subprocess, sys
def lines(path):
    with open(path) as file: return file.read().splitlines()
def plain(path):
    return re.sub(r"assay-kernel-\w+/s(/\w+)?", "sockets", path)
def environment_at_start():
    try: return [entry.partition("=")[0] for entry in open("/proc/self/environ").read().split("\0") if entry]
    except PermissionError: return []
def writable():
    found = []
    for folder, folders, names in os.walk("/proc"):
        folders[:] = [name for name in folders if not name.isdigit() and name not in ("self", "thread-self")]
        for path in (os.path.join(folder, name) for name in names):
            try: os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
            except OSError: continue
            found.append(path)
    return found
descriptors, sockets = [], []
for name in os.listdir("/proc/self/fd"):
    try:
        kind = re.sub(r"\d+", "N", os.readlink("/proc/self/fd/" + name))
        if kind.startswith("socket"):
            sockets.append(socket.socket(fileno=os.dup(int(name))).type)
    except OSError: continue
    descriptors.append(kind)
mounts, roots = {}, []
for line in lines("/proc/self/mountinfo"):
    before, _, after = line.partition(" - ")
    number, parent, device, root, place, options, *_ = before.split()
    kind, source, more = after.split()
    mounts[place] = [options, kind, more, plain(root)]
    roots.append(plain(root))
names = {name for name in dir(resource) if name.startswith("RLIMIT_")}
print(json.dumps({
    "descriptors": descriptors,
    "sockets": sockets,
    "status": {line.partition(":")[0]: line.partition(":")[2].strip() for line in lines("/proc/self/status")},
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in sorted(names)},
    "priority": [os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0)), os.sched_getscheduler(0),
                 lines("/proc/self/oom_score_adj")],
    "environment": dict(os.environ),
    "environment_of_programs": sorted(subprocess.run(["env"], capture_output=True, text=True).stdout.splitlines()),
    "first_environment": environment_at_start(),
    "mounts": mounts,
    "roots": roots,
    "listed": {place: sorted(os.listdir(place)) for place in
               ("/", "/tmp", "/tmp/home", "/tmp/tmp", "/dev", "/dev/shm", "/dev/pts", "/etc", "/run", "/run/sockets")},
    "room": {place: [os.statvfs(place).f_blocks, os.stat(place).st_mode, os.statvfs(place).f_flag]
             for place in ("/", "/tmp", "/dev/shm")},
    "writable": writable(),
    "shared_memory": [line for line in lines("/proc/self/maps") if line.split()[1][1] == "w" and line.split()[1][3] == "s"],
    "group": [os.getpgrp(), os.getsid(0)],
    "python": [sys.path, sys.flags[:], os.getcwd(), os.uname().nodename, len(sys.argv), sys.getrecursionlimit()],
}))
"""

_DRAW = """
import json, os, random, secrets, tempfile, uuid
import numpy as np
drawn = [random.random(), random.SystemRandom().random(), np.random.rand(), np.random.default_rng().random(),
         np.random.RandomState().rand(), np.random.permutation(10**5)[:5].sum().item() + np.random.rand(),
         secrets.token_hex(), str(uuid.uuid4()), str(uuid.uuid1()), os.urandom(8).hex(),
         tempfile.mkdtemp(), tempfile.NamedTemporaryFile().name, next(tempfile._get_candidate_names())]
print(json.dumps(drawn))
"""

# The states of all generators that were made when modules were imported, and what is drawn from them and from others.
_DRAW_WITH_TENSORFLOW = """
import gc, json, random
import numpy as np, tensorflow as tf, keras
gc.unfreeze()
drawn = []
for thing in gc.get_objects():
    if isinstance(thing, random.Random) and not isinstance(thing, random.SystemRandom): drawn.append(str(thing.getstate()))
    elif isinstance(thing, np.random.BitGenerator): drawn.append(str(thing.state))
    elif isinstance(thing, np.random.RandomState): drawn.append(str(thing.get_state(legacy=False)))
for tensor in (tf.random.uniform([3]), tf.random.normal([3]), keras.random.uniform([3]), keras.random.normal([3]),
               tf.random.get_global_generator().uniform([3]), keras.random.SeedGenerator().state,
               keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)]).weights[0],
               tf.function(lambda: tf.random.uniform([3]))()):
    drawn.append(str(np.array(tensor).tolist()))
drawn.append(str([int(number) for number in tf.data.Dataset.range(50).shuffle(50)]))
print(json.dumps(drawn))
"""


def _search(secrets):
    """A cell that says for each secret whether it is in the memory of its process; it holds their halves only."""
    halves = [(secret[: len(secret) // 2], secret[len(secret) // 2 :]) for secret in secrets]
    return (
        "import ctypes, json\n"
        f"halves = {halves!r}\n"
        "found = [False] * len(halves)\n"
        "for line in open('/proc/self/maps').read().splitlines():\n"
        "    place, rights, *_ = line.split()\n"
        "    if not rights.startswith('rw') or '[v' in line: continue\n"
        "    start, end = (int(number, 16) for number in place.split('-'))\n"
        "    block = ctypes.string_at(start, end - start)\n"
        "    for number, (first, then) in enumerate(halves):\n"
        "        at = block.find(first.encode())\n"
        "        while at >= 0 and not found[number]:\n"
        "            found[number] = block[at + len(first):at + len(first) + len(then)] == then.encode()\n"
        "            at = block.find(first.encode(), at + 1)\n"
        "    del block\n"
        "print(json.dumps(found))"
    )


def _sandbox(tier, modules=MODULES, role="student", **options):
    return Sandbox(tier=tier, warm=modules, role=role, **options)


@contextmanager
def _fork(tier, modules=MODULES, **options):
    with sandboxed.kernel(_sandbox(tier, modules, **options)) as client:
        assert _is_fork(client)
        yield client


def _cold(tier):
    return sandboxed.kernel(_sandbox(tier, None))


def _launch(client):
    return client.parent.provisioner._launch


def _is_fork(client):
    return isinstance(_launch(client), warm._ForkLaunch)


def _warm_number(client):
    """The number of the warm process that this kernel is a fork of."""
    return _launch(client).warm.launch.kernel_process()


def _left(tier, leave, look):
    """What a cell in one fork prints, and one in the next fork of the same process."""
    with _fork(tier) as client:
        process, first = _warm_number(client), sandboxed.run(client, leave)
    with _fork(tier) as client:
        assert _warm_number(client) == process
        return first, sandboxed.run(client, look)


def _draw(tier, modules, code):
    with _fork(tier, modules) as client:
        said = sandboxed.run(client, code, timeout=120).splitlines()
    # TensorFlow says more than it was asked.
    return [str(drawn) for line in said if line.startswith("[") for drawn in json.loads(line)]


def _is_unharmed(tier, process, losses):
    """Assert that the next fork is one of the same warm process, which has no other."""
    assert warm.losses() == losses
    with _fork(tier) as client:
        assert _warm_number(client) == process
        code = "import os; print(sorted(int(name) for name in os.listdir('/proc') if name.isdigit()))"
        assert sandboxed.run(client, code) == "[1, 2]"


def _status(number):
    lines = Path(f"/proc/{number}/status").read_text().splitlines()
    return {line.partition(":")[0]: line.partition(":")[2].strip() for line in lines}


def _state(number):
    """The letter of a process's state; "" when there is none."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def _until(is_so, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
