"""Run a notebook, every cell in its order, and read what its cells made.

By IPython itself, which shows the last value of a cell as Jupyter does, in a process of
its own: a server in this one could not answer meanwhile.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "docs" / "notebooks"

RUN = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.loads(sys.stdin.read()):
    shell.run_cell(cell, store_history=False).raise_error()
with open("told.json", "w") as file:
    json.dump(shell.user_ns["told"], file)
"""


def cells(name: str) -> list[dict[str, Any]]:
    """The cells of a notebook."""
    book: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return book["cells"]


def run(name: str, last: str, *, folder: Path, **environment: str) -> Any:
    """Run a notebook in a folder, and return what its last cell calls ``told``.

    Args:
        name: of the notebook.
        last: a cell more, at its end; ``told`` is something that JSON can hold.
        folder: where it runs; what it saves lies there.
        environment: variables that it reads.
    """
    sources = ["".join(c["source"]) for c in cells(name) if c["cell_type"] == "code"]
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps([*sources, last]),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
        env={**os.environ, "IPYTHONDIR": str(folder / "ipython"), **environment},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads((folder / "told.json").read_text())
