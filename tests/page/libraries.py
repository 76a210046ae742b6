"""The libraries in the page of `llm-models browse`: fetch them from npm, or check that they are what npm has.

    python tests/page/libraries.py            # compare every file with that of npm
    python tests/page/libraries.py --update   # take the files of the versions in libraries.json

`llm_models/data/page/libraries.json` has names, versions and files. To take another version, change it there first.
It needs `npm`, and goes online.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from llm_models.page import libraries
from llm_models.paths import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator


def fetched(folder: str) -> Iterator[tuple[str, bytes]]:
    """Our name and the content of each file, as npm has it."""
    for one in libraries():
        words = ["npm", "pack", "--silent", "--pack-destination", folder, f"{one['name']}@{one['version']}"]
        name = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(Path(folder) / name) as archive:
            for theirs, here in one["files"].items():
                member = archive.extractfile(f"package/{theirs}")
                assert member is not None, f"{one['name']}: no file {theirs}"
                yield here, member.read()


def main() -> None:
    """Compare, or update."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in fetched(folder):
            path = Path(PAGE) / name
            if "--update" in sys.argv:
                path.write_bytes(data)
            elif not path.exists() or path.read_bytes() != data:
                sys.exit(f"{path}: not what npm has (python tests/page/libraries.py --update takes that)")
            print(f"{name}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
