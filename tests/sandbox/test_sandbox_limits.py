"""Every limit, just under it and just over it."""

import time

import pytest
import sandboxed

from assay import doctor
from assay.kernels import Limits, Sandbox, watching

pytestmark = pytest.mark.slow

LIMITS = Limits(memory_mb=512, processes=64, cpu_seconds=600, file_mb=8, scratch_mb=32, open_files=128)


@pytest.fixture(scope="module", params=["bubblewrap", "landlock", "bubblewrap, forked"])
def kernel(request):
    name, _, forked = request.param.partition(", ")
    sandbox = Sandbox(tier=sandboxed.tier(name), limits=LIMITS, warm=() if forked else None)
    with sandboxed.kernel(sandbox) as client:
        yield client


@pytest.mark.parametrize(
    ("probe", "under", "over"),
    [
        ("use_memory", (256,), (544,)),
        ("write_file", (8,), (9,)),
        ("open_files", (64,), (129,)),
    ],
)
def test_what_is_under_a_limit_goes_and_what_is_over_it_does_not(kernel, probe, under, over):
    assert doctor.call(kernel, probe, *under) != ""
    assert doctor.call(kernel, probe, *over) == ""
    assert kernel.parent.is_alive()


@pytest.mark.parametrize("probe", ["start_threads", "start_processes"])
def test_processes_and_threads_are_counted(kernel, probe):
    tier = kernel.parent.provisioner._launch.tier
    if tier.isolation.value == "landlock" and not tier.private_user:
        pytest.skip("without a user of its own the machine counts no processes of root")
    assert doctor.call(kernel, probe, 32).startswith("ran 32")
    assert doctor.call(kernel, probe, 65) == ""
    assert kernel.parent.is_alive()


def test_the_scratch_space_is_bounded_as_a_whole():
    with sandboxed.kernel(Sandbox(tier=sandboxed.tier("bubblewrap"), limits=LIMITS)) as client:
        assert doctor.call(client, "fill_scratch", 28, 4) == "wrote 28 MB"
        assert doctor.call(client, "fill_scratch", 36, 4) == ""
        assert client.parent.is_alive()


def test_the_scratch_space_is_watched_where_no_file_system_bounds_it():
    with sandboxed.kernel(Sandbox(tier=sandboxed.tier("landlock"), limits=LIMITS)) as client:
        assert doctor.call(client, "fill_scratch", 20, 4) == "wrote 20 MB"
        _ends(client, "for i in range(8): open(f'x{i}', 'wb').write(bytes(7 << 20))")
        assert client.parent.provisioner.reason == "its files together are larger than 32 MB"


@pytest.mark.parametrize("name", ["bubblewrap", "landlock"])
def test_memory_of_all_processes_together_ends_the_kernel_and_shared_pages_count_once(name):
    with sandboxed.kernel(Sandbox(tier=sandboxed.tier(name), limits=LIMITS)) as client:
        shared = (
            "import os, time\n"
            "x = bytearray(150 << 20)\n"
            "children = []\n"
            "for _ in range(3):\n"
            "    n = os.fork()\n"
            "    if n == 0:\n"
            "        time.sleep(1); os._exit(0)\n"
            "    children.append(n)\n"
            "print([os.waitpid(n, 0)[1] for n in children])"
        )
        assert sandboxed.run(client, shared) == "[0, 0, 0]"
        _ends(client, "del x\nfrom assay.kernels import probes\nprobes.use_memory_together(160, 4)")
        assert client.parent.provisioner.reason == "its processes together used more than 512 MB of memory"


@pytest.mark.parametrize("name", ["bubblewrap", "landlock"])
def test_many_empty_files_end_the_kernel(name, monkeypatch):
    monkeypatch.setattr(watching, "MOST_FILES", 2000)
    make = "for i in range({}): open(f'f{{i}}', 'w').close()\nimport time; time.sleep({})"
    with sandboxed.kernel(Sandbox(tier=sandboxed.tier(name), limits=LIMITS)) as client:
        assert sandboxed.run(client, make.format(1900, 1) + "; print('alive')") == "alive"
        _ends(client, make.format(2100, 60))
        assert client.parent.provisioner.reason == "it made more than 2000 files"


def test_processor_time_is_bounded():
    limits = Limits(cpu_seconds=3)
    with sandboxed.kernel(Sandbox(tier=sandboxed.tier("bubblewrap"), limits=limits)) as client:
        assert sandboxed.run(client, "print(sum(range(1000)))") == "499500"
        _ends(client, "while True: pass")


def test_parallel_kernels_do_not_share_limits():
    tier = sandboxed.tier("bubblewrap")
    with (
        sandboxed.kernel(Sandbox(tier=tier, limits=LIMITS)) as one,
        sandboxed.kernel(Sandbox(tier=tier, limits=LIMITS)) as other,
    ):
        one.execute(
            "from assay.kernels import probes; probes.start_processes(65); import time; time.sleep(1)"
        )
        assert doctor.call(other, "start_processes", 32).startswith("ran 32")


def _ends(client, code):
    """Run a cell that must end its kernel within some seconds."""
    client.execute(code)
    deadline = time.monotonic() + 40
    while client.parent.is_alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not client.parent.is_alive()
