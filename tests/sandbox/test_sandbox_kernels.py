"""What a kernel in a sandbox finds when it starts, and what stays of it when it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
import sandboxed
import zmq
from nbclient import NotebookClient

from assay.errors import AssayError
from assay.kernels import Limits, Sandbox, warm

pytestmark = pytest.mark.slow

TIERS = ("bubblewrap", "landlock")


@pytest.fixture(params=[*TIERS, "bubblewrap, forked"])
def tier(request, monkeypatch):
    name, _, forked = request.param.partition(", ")
    found = sandboxed.tier(name)
    if forked:
        assert warm.can_fork(found)
        monkeypatch.setattr(sandboxed, "warm_modules", ())
    return found


@pytest.fixture
def strongest():
    return sandboxed.tier("bubblewrap")


def test_the_files_of_a_submission_are_copied_and_links_are_not(tier, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden test")
    files = tmp_path / "files"
    (files / "data").mkdir(parents=True)
    (files / "data" / "numbers.csv").write_text("1,2")
    (files / "locked.txt").write_text("mine")
    (files / "locked.txt").chmod(0o400)
    (files / "link.txt").symlink_to(secret)
    (files / "folder").symlink_to(tmp_path)
    os.mkfifo(files / "pipe")
    with sandboxed.kernel(Sandbox(files=files, tier=tier)) as client:
        seen = sandboxed.run(
            client,
            "import os\n"
            "open('locked.txt', 'a').write(' now')\n"
            "print(sorted(os.listdir()), open('data/numbers.csv').read(), open('locked.txt').read())",
        )
    assert seen == "['data', 'locked.txt'] 1,2 mine now"
    assert (files / "locked.txt").read_text() == "mine"


def test_files_that_do_not_fit_are_refused_before_anything_starts(strongest, tmp_path):
    (tmp_path / "large.bin").write_bytes(bytes(3 * 1024 * 1024))
    manager = sandboxed.manager_of(Sandbox(files=tmp_path, tier=strongest, limits=Limits(file_mb=2)))
    with pytest.raises(AssayError, match=r"large\.bin does not fit"):
        manager.start_kernel()
    folder = Path(manager.connection_file).parent
    manager.cleanup_resources()
    assert not folder.exists()


def test_files_of_the_submission_shadow_nothing_of_ours_at_the_start(tier, tmp_path):
    names = [
        "ipykernel_launcher",
        "ipykernel",
        "zmq",
        "json",
        "asyncio",
        "numpy",
        "sitecustomize",
        "usercustomize",
    ]
    names += ["assay", "IPython", "traitlets", "jupyter_client", "comm", "encodings", "ipython_config"]
    for name in names:
        (tmp_path / f"{name}.py").write_text("open('shadowed', 'a').write(__name__)\n")
    (tmp_path / "jupyter_config.py").write_text("open('shadowed', 'a').write('jupyter')\n")
    (tmp_path / "ipython_kernel_config.py").write_text("c.InteractiveShellApp.exec_lines = ['1 / 0']\n")
    (tmp_path / "helper.py").write_text("value = 42\n")
    with sandboxed.kernel(Sandbox(files=tmp_path, tier=tier)) as client:
        assert sandboxed.run(client, "import os; print(os.path.exists('shadowed'))") == "False"
        ours = f"42 {zmq.__file__}"
        assert sandboxed.run(client, "import helper, zmq; print(helper.value, zmq.__file__)") == ours


def test_nothing_of_the_callers_environment_is_inside(tier, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "canary-in-environment")
    monkeypatch.setenv("PYTHONPATH", "/canary-in-path")
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    with sandboxed.kernel(Sandbox(tier=tier, environment={"COURSE": "blue"})) as client:
        names = json.loads(sandboxed.run(client, "import os, json; print(json.dumps(dict(os.environ)))"))
        assert sandboxed.run(client, "import sys; print('/canary-in-path' in sys.path)") == "False"
    assert "canary" not in str(names)
    assert "JPY_PARENT_PID" not in names
    assert names["COURSE"] == "blue"
    assert names["NBGRADER_EXECUTION"] == "autograde"


def test_the_work_folder_and_the_user_look_like_a_students_own(strongest):
    with sandboxed.kernel(Sandbox(tier=strongest)) as client:
        code = "import getpass, os; print(getpass.getuser(), os.path.expanduser('~'), os.getcwd() in __import__('sys').path)"
        assert sandboxed.run(client, code) == "student /tmp/home True"
        assert sandboxed.run(client, "!echo from the shell") == "from the shell"
        assert (
            sandboxed.run(client, "import multiprocessing as m; print(m.Pool(2).map(abs, [-1, -2]))")
            == "[1, 2]"
        )


def test_only_the_system_the_interpreter_and_what_was_named_can_be_seen(strongest, tmp_path):
    (tmp_path / "cache").mkdir(mode=0o755)
    (tmp_path / "cache" / "mnist.txt").write_text("digits")
    (tmp_path / "neighbour.txt").write_text("other submission")
    with sandboxed.kernel(Sandbox(tier=strongest, read_only=(tmp_path / "cache",))) as client:
        code = (
            "import os\n"
            f"print(open({str(tmp_path / 'cache' / 'mnist.txt')!r}).read(), os.listdir({str(tmp_path)!r}))\n"
            "print(sorted(os.listdir('/etc')))"
        )
        first, second = sandboxed.run(client, code).splitlines()
        assert first == "digits ['cache']"
        assert "'shadow'" not in second
        assert "'hostname'" not in second
        assert sandboxed.run(client, f"open({str(tmp_path / 'cache' / 'x')!r}, 'w')") in (
            "OSError",
            "PermissionError",
        )


def test_a_named_folder_can_be_read_without_namespaces_and_its_neighbours_cannot(tmp_path):
    landlock = sandboxed.tier("landlock")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "mnist.txt").write_text("digits")
    (tmp_path / "neighbour.txt").write_text("other submission")
    with sandboxed.kernel(Sandbox(tier=landlock, read_only=(tmp_path / "cache",))) as client:
        assert sandboxed.run(client, f"print(open({str(tmp_path / 'cache/mnist.txt')!r}).read())") == "digits"
        assert sandboxed.run(client, f"open({str(tmp_path / 'neighbour.txt')!r})") == "PermissionError"


def test_inherited_sockets_keep_their_number_and_close_with_the_kernel(tier):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sandbox = Sandbox(tier=tier, pass_fds={"ASSAY_LINK": theirs.fileno()})
        with sandboxed.kernel(sandbox) as client:
            theirs.close()
            sandboxed.run(
                client,
                "import os, socket; s = socket.socket(fileno=int(os.environ['ASSAY_LINK'])); s.send(b'hello')",
            )
            assert ours.recv(16) == b"hello"
            sandboxed.run(client, "s.close()")
            ours.settimeout(5)
            # Nobody else holds the other end: not bubblewrap, not the supervisor.
            assert ours.recv(16) == b""


def test_stragglers_are_counted_and_killed_and_the_kernel_goes_on(tier):
    with sandboxed.kernel(Sandbox(tier=tier)) as client:
        provisioner = client.parent.provisioner
        assert provisioner.stragglers() == 0
        sandboxed.run(
            client,
            "import os, subprocess, sys\n"
            "a = subprocess.Popen(['sleep', '60'])\n"
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
            "    os._exit(0)\n"
            "os.wait()",
        )
        assert provisioner.stragglers() == 2
        assert provisioner.kill_stragglers() == 2
        assert provisioner.stragglers() == 0
        start = time.perf_counter()
        for _ in range(20):
            provisioner.kill_stragglers()
        assert (time.perf_counter() - start) / 20 < 0.05
        assert sandboxed.run(client, "print('alive')") == "alive"


def test_a_shutdown_leaves_no_process_no_folder_and_no_socket(tier):
    manager = sandboxed.manager_of(Sandbox(tier=tier))
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    sandboxed.run(
        client,
        "import os\nif os.fork() == 0:\n    os.setsid()\n    __import__('time').sleep(60)\n    os._exit(0)",
    )
    folder = Path(manager.connection_file).parent
    numbers = [process.pid for process in sandboxed.below(manager.provisioner._launch.process.pid)]
    assert len(numbers) >= 3
    sockets = manager.provisioner._launch.sockets
    assert list(sockets.iterdir())
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    assert not folder.exists()
    assert not sockets.exists()
    assert sandboxed.gone(numbers, 0.5)


def test_a_kernel_that_ends_itself_is_seen_dead_and_its_children_end_too(tier):
    with sandboxed.kernel(Sandbox(tier=tier)) as client:
        numbers = [process.pid for process in sandboxed.below(client.parent.provisioner._launch.process.pid)]
        client.execute("import os\nif os.fork() == 0:\n    __import__('time').sleep(60)\nos._exit(7)")
        deadline = time.monotonic() + 5
        while client.parent.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not client.parent.is_alive()
        assert client.parent.provisioner._launch.process.poll() == 7
        assert sandboxed.gone(numbers, 2)


_DRIVER = """
import sys, time
from assay.kernels import Sandbox, choose, make_manager
manager = make_manager(Sandbox(tier=choose(sys.argv[1])))
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
client.execute_interactive("import os\\nif os.fork() == 0:\\n    os.setsid()\\n    import time; time.sleep(60)")
print(manager.connection_file, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("name", TIERS)
def test_a_driver_that_is_killed_leaves_no_process_and_the_next_one_removes_its_folder(name):
    sandboxed.tier(name)
    driver = subprocess.Popen([sys.executable, "-c", _DRIVER, name], stdout=subprocess.PIPE, text=True)
    folder = Path(driver.stdout.readline().strip()).parent
    numbers = [process.pid for process in sandboxed.below(driver.pid)]
    assert len(numbers) >= 4
    assert folder.is_dir()
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    driver.stdout.close()
    assert sandboxed.gone(numbers)
    code = "from assay.kernels import *; m = make_manager(Sandbox()); m.start_kernel(); m.shutdown_kernel(now=True)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert not folder.exists()


def test_a_kernel_outlives_the_thread_that_started_it(tier):
    import threading

    manager = sandboxed.manager_of(Sandbox(tier=tier))
    thread = threading.Thread(target=manager.start_kernel)
    thread.start()
    thread.join()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        assert sandboxed.run(client, "print(1)") == "1"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_an_endless_cell_is_interrupted_by_a_message(tier):
    with sandboxed.kernel(Sandbox(tier=tier)) as client:
        # Else a request that comes right after the error is answered with "aborted".
        identity = client.execute("while True: pass", stop_on_error=False)
        time.sleep(0.5)
        client.parent.interrupt_kernel()
        while (reply := client.get_shell_msg(timeout=10))["parent_header"].get("msg_id") != identity:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert sandboxed.run(client, "print('alive')") == "alive"


def test_a_manager_restarts_its_kernel_in_a_fresh_sandbox(strongest):
    with sandboxed.kernel(Sandbox(tier=strongest)) as client:
        sandboxed.run(client, "x = 1; open('left.txt', 'w').write('x')")
        client.stop_channels()
        client.parent.restart_kernel(now=True)
        fresh = client.parent.client()
        fresh.start_channels()
        fresh.wait_for_ready(timeout=60)
        assert sandboxed.run(fresh, "import os; print('x' in globals(), os.listdir())") == "False []"
        fresh.stop_channels()


def test_nbclient_runs_a_notebook_by_the_name_of_the_kernelspec(tmp_path):
    sandboxed.tier("bubblewrap")
    (tmp_path / "data.txt").write_text("beside the notebook")
    (tmp_path.parent / "other.txt").write_text("above it")
    code = "import os; print(open('data.txt').read(), os.getcwd(), os.path.exists('../other.txt'))"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    runner = NotebookClient(
        notebook, kernel_name="assay-sandbox", resources={"metadata": {"path": str(tmp_path)}}, timeout=60
    )
    runner.execute()
    assert notebook.cells[0].outputs[0].text == "beside the notebook /tmp/work False\n"


def test_the_list_of_fonts_comes_with_the_kernel_and_matplotlib_draws(tier):
    code = (
        "import os, glob\n"
        "before = glob.glob(os.environ['MPLCONFIGDIR'] + '/fontlist*')\n"
        "import matplotlib.pyplot as plt\n"
        "stamp = os.stat(before[0]).st_mtime_ns\n"
        "plt.plot([1, 2]); plt.title('x'); plt.savefig('x.png')\n"
        "print(len(before), stamp == os.stat(before[0]).st_mtime_ns, os.path.getsize('x.png') > 1000)"
    )
    with sandboxed.kernel(Sandbox(tier=tier)) as client:
        assert sandboxed.run(client, code).startswith("1 True True")


def test_tensorflow_trains_behind_all_walls(tier):
    pytest.importorskip("tensorflow")
    code = (
        "import numpy as np, keras\n"
        "model = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "h = model.fit(np.ones((64, 3)), np.ones(64), epochs=1, verbose=0)\n"
        "model.save('m.keras'); keras.models.load_model('m.keras')\n"
        "print(np.isfinite(h.history['loss'][0]))"
    )
    with sandboxed.kernel(Sandbox(tier=tier)) as client:
        assert sandboxed.run(client, code, timeout=120).endswith("True")
