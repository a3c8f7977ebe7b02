"""What other editors make of a notebook that they save: Google Colab and VS Code, in the ways that each is known for."""

from __future__ import annotations

import copy
import json
import random
import string
import uuid
from collections.abc import Callable
from typing import Any

Notebook = dict[str, Any]

#: Colab names its cells by twelve of these.
COLAB_LETTERS = string.ascii_letters + string.digits + "-_"
LANGUAGE_INFO = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.12.7",
}


def colab(notebook: Notebook, rng: random.Random, *, keep: bool, first: str = "") -> bytes:
    """As Colab downloads a notebook: format 4.0 without cell ids, a name of its own in the metadata of each cell.

    Parameters
    ----------
    keep
        Whether the metadata of cells come through; they do when the notebook is opened and saved, and do not for cells that were
        copied, cut or converted.
    first
        The source of a cell that the student has put before all others.
    """
    made = copy.deepcopy(notebook)
    made["nbformat"], made["nbformat_minor"] = 4, 0
    made["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True, "gpuType": "T4"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
    }
    if first:
        cell = {"cell_type": "code", "source": first, "metadata": {}, "execution_count": 1, "outputs": []}
        made["cells"].insert(0, cell)
    cells = []
    for number, cell in enumerate(made["cells"]):
        metadata = {"id": "".join(rng.choices(COLAB_LETTERS, k=12))}
        if keep:
            metadata = {**cell["metadata"], **metadata}
        about: dict[str, Any] = {
            "cell_type": cell["cell_type"],
            "source": _lines(cell["source"]),
            "metadata": metadata,
        }
        if cell["cell_type"] == "code":
            if cell["outputs"]:
                metadata["colab"] = {"base_uri": "https://localhost:8080/", "height": 53}
                metadata["outputId"] = str(uuid.UUID(int=rng.getrandbits(128), version=4))
            metadata["executionInfo"] = {
                "status": "ok",
                "timestamp": 1_763_000_000_000 + number,
                "user_tz": -60,
                "elapsed": 12,
                "user": {"displayName": "", "userId": ""},
            }
            about |= {"execution_count": number, "outputs": [_colab_output(one) for one in cell["outputs"]]}
        cells.append(about)
    made["cells"] = cells
    return json.dumps(made, indent=2, ensure_ascii=False).encode()


def vscode(notebook: Notebook, rng: random.Random, *, keep: bool) -> bytes:
    """As VS Code saves a notebook: keys in alphabetical order, the language of cells that are not Python beside their metadata.

    Parameters
    ----------
    keep
        Whether it keeps the metadata and the ids of cells, as it does now; older ones dropped the metadata of what was run, wrote format
        4.2 without ids, and put the interpreter into the notebook's own metadata.
    """
    made = copy.deepcopy(notebook)
    made["nbformat"], made["nbformat_minor"] = 4, 5 if keep else 2
    made["metadata"] = {
        "kernelspec": {"display_name": "venv", "language": "python", "name": "python3"},
        "language_info": dict(LANGUAGE_INFO),
    }
    if not keep:
        made["metadata"] |= {"orig_nbformat": 4, "vscode": {"interpreter": {"hash": "0" * 64}}}
    for number, cell in enumerate(made["cells"]):
        cell["source"] = _lines(cell["source"])
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["outputs"] = [
                {**one, "metadata": {"needs_background": "light"}} if "data" in one else one
                for one in cell["outputs"]
            ]
        if keep:
            # A cell that was shown as another language once, and one that was cut and pasted.
            if number % 7 == 3:
                cell["metadata"]["vscode"] = {"languageId": "plaintext" if number % 2 else "python"}
            if number % 11 == 5:
                cell["id"] = f"{rng.getrandbits(32):08x}"
        else:
            cell.pop("id", None)
            cell["metadata"] = {}
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True).encode()


#: The ways in which a notebook comes back, each a function of the notebook and a random generator.
WAYS: dict[str, Callable[[Notebook, random.Random], bytes]] = {
    "colab": lambda notebook, rng: colab(notebook, rng, keep=True),
    "colab_without_metadata": lambda notebook, rng: colab(notebook, rng, keep=False),
    "vscode": lambda notebook, rng: vscode(notebook, rng, keep=True),
    "vscode_without_metadata": lambda notebook, rng: vscode(notebook, rng, keep=False),
}


def _lines(source: str | list[str]) -> list[str]:
    return "".join(source).splitlines(keepends=True)


def _colab_output(output: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(output)
    if made["output_type"] == "execute_result":
        made["data"]["application/vnd.google.colaboratory.intrinsic+json"] = {"type": "string"}
        made["metadata"] = {}
    elif made["output_type"] == "display_data":
        made["metadata"] = {}
    elif made["output_type"] == "stream":
        made["text"] = _lines(made["text"])
    return made
