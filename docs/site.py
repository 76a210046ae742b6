"""A hook of MkDocs: documents that lie outside of `docs/` become pages of the site, and links between them hold there.

On a code host the links lead from file to file, as they are written. So no link has a second form for the site.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUTSIDE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "benchmarks/README.md": "benchmarks.md",
    "examples/llm_models.toml": "examples/llm_models.toml",
    "examples/every_setting.toml": "examples/every_setting.toml",
}
"""Path in the repository -> path in the site. Pages of `docs/` keep theirs."""
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")
"""The path in a link of Markdown that leads to a file."""


def on_files(files: Files, config: Any) -> Files:
    """Add the documents outside of `docs/`."""
    for path, page in OUTSIDE.items():
        files.append(File.generated(config, page, abs_src_path=os.path.join(ROOT, path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn the links of a page, which are between files of the repository, into links of the site."""
    source = {there: here for here, there in OUTSIDE.items()}.get(page.file.src_uri, f"docs/{page.file.src_uri}")

    def relink(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), found[1]))
        target = OUTSIDE.get(path, path.removeprefix("docs/"))
        return posixpath.relpath(target, posixpath.dirname(page.file.src_uri))

    return LINK.sub(relink, markdown)
