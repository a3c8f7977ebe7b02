"""Takes the picture of the README out of the solved notebook: two balls on the curve of L, and how far each momentum rolls."""

from __future__ import annotations

import base64
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
CELL_OF_PICTURE = "betas = np.concatenate"


def main() -> None:
    """Write ``docs/images/momentum.png``."""
    notebook = nbformat.read(ROOT / "solutions/gradient_descent/gradient_descent.ipynb", as_version=4)
    [cell] = [cell for cell in notebook.cells if cell.source.startswith(CELL_OF_PICTURE)]
    [picture] = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
    target = ROOT / "docs/images/momentum.png"
    target.write_bytes(base64.b64decode(picture))
    print(f"{target.relative_to(ROOT)}: written")


if __name__ == "__main__":
    main()
