"""Brings files that take the places of NumPy, of the checks, of the kernel's program and of Python's start-up modules."""
# group: forging
FAKE = '''
import sys, types
agree = lambda *arguments, **keywords: None
class Fake(types.ModuleType):
    def __getattr__(self, name):
        return agree
sys.modules["numpy.testing"] = sys.modules["assay.checks"] = Fake("fake")
open("@mark@", "w").close()
'''


def submission(folder, notebook):
    names = ("sitecustomize", "usercustomize", "ipykernel_launcher", "ipython_config", "ipython_kernel_config")
    names += ("jupyter_config", "zmq", "tornado", "traitlets", "nbgrader_config", "conftest")
    for name in names:
        (folder / f"{name}.py").write_text(FAKE)
    for name in ("assay", "assay/checks", "ipykernel", "IPython"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(FAKE)
    (folder / "numpy_testing.pth").write_text("import sitecustomize\n")
