"""A hook of MkDocs: documents outside of `docs/` become pages, and Markdown means what it means on a code host.

On a code host the links lead from file to file, as they are written. So no link has a second form for the site. MkDocs
reads two more things in another way, and so without a warning would show them wrongly: the words behind the language of
a block, which tell our tests what it needs, and how far the parts of a list item are indented.
"""

from __future__ import annotations

import logging
import os
import posixpath
import re
from typing import Any

from mkdocs.structure.files import File, Files

LOG = logging.getLogger("mkdocs.hooks.site")
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
NEEDS = re.compile(r"^( *```\w+) .+$", re.MULTILINE)
"""The first line of a block that states more than its language."""
ITEM = re.compile(r"(- |\d+\. )")


def on_files(files: Files, config: Any) -> Files:
    """Add the documents outside of `docs/`."""
    for path, page in OUTSIDE.items():
        files.append(File.generated(config, page, abs_src_path=os.path.join(ROOT, path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn the Markdown of the repository into that of the site."""
    source = {there: here for here, there in OUTSIDE.items()}.get(page.file.src_uri, f"docs/{page.file.src_uri}")

    def relink(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), found[1]))
        target = OUTSIDE.get(path, path.removeprefix("docs/"))
        return posixpath.relpath(target, posixpath.dirname(page.file.src_uri))

    return indented(NEEDS.sub(r"\1", LINK.sub(relink, markdown)))


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Warn of a block that was not read as one: as every warning, it fails the build."""
    if "```" in html:
        LOG.warning("%s: a block of code is shown as text", page.file.src_uri)
    return html


def indented(markdown: str) -> str:
    """The parts of each list item four blanks further in, where they have as many as the mark of the item is wide."""
    lines, width, in_block = [], 0, False
    for line in markdown.split("\n"):
        in_block ^= line.startswith("```")
        item = None if in_block else ITEM.match(line)
        if item:
            width = len(item[0])
        elif line and not line.startswith(" "):
            width = 0
        is_part = bool(width) and line.startswith(" " * width)
        lines.append(" " * 4 + line[width:] if is_part else line)
    return "\n".join(lines)
