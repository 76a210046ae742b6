"""The command that writes the catalogue as a page to look at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from llm_models import paths
from llm_models.cli.options import as_json, catalogue, command, file_path
from llm_models.cli.output import line, many, note, print_json, stage
from llm_models.errors import LLMModelsError
from llm_models.open_folder import Inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llm_models.snapshot import Snapshot

_PAGE = "llm-models.html"
_INSIDE = Inside(os.curdir, "--out")
"""Nobody typed the name of the default file, so it is not written through a link."""
_FIRST = 4096  # bytes of a file, among which a page of ours has its mark


@command("browse", "Write a page to look at: all models, searchable, in one file.", "browse --open")
@click.option("--out", type=file_path, metavar="FILE", help=f"The file to write. Default: {_PAGE} in this folder.")
@click.option("--open", "show", is_flag=True, help="Also show the page in your browser.")
@catalogue
@as_json
def browse_command(snapshot: Snapshot, out: str | None, show: bool, as_json: bool) -> None:
    """Write the whole catalogue as one HTML page: to search, sort, filter, compare and price models in a browser.

    The page is complete. It needs no network, no server and no key, and it loads and sends nothing, so you can keep it,
    mail it or put it on a web server. It has each model that `llm-models list` prints: with your llm_models.toml, your
    own models, prices and filters. Each model has a card with its offers, its history and a calculator, which agrees
    with `llm-models cost` to the last digit.

    --out replaces a file that exists, as a whole. Without it, only a page that this command wrote before is replaced.

    JSON: the path, its size in bytes, the numbers of models and providers, and the date and digest of the catalogue.
    """
    from llm_models.integrations import version_of
    from llm_models.page import document

    path = _PAGE if out is None else out
    if out is None:
        _check_default(path)
    size = 0

    def parts() -> Iterator[bytes]:  # made once it is known that the file can be written
        nonlocal size
        stage("making the page")
        page = document(snapshot, version_of("llm-models-catalog") or "unknown")
        size = len(page)
        yield page

    _write(path, parts(), _INSIDE if out is None else None)
    counts = {"models": len(snapshot), "providers": len(snapshot.list_providers())}
    if as_json:
        print_json({"path": path, "size": size, **counts, "date": snapshot.date, "digest": snapshot.digest})
    else:
        what = f"{many(counts['models'], 'model')} of {many(counts['providers'], 'provider')}"
        line(f"{path}: {what}, {size / 1e6:.1f} MB")
    if show and click.launch(paths.absolute(path)) != 0:
        note(f"note: no browser was started; open {path} yourself")


def _check_default(path: str) -> None:
    """Raise `LLMModelsError` where the default file is something else than a page of this command."""
    from llm_models.page import MARK
    from llm_models.replacement import check_place

    try:
        check_place(path, _INSIDE)
        if paths.exists(path, "LLMModelsError"):
            with open(path, "rb") as file:
                if MARK not in file.read(_FIRST):
                    why = "is not a page of llm-models browse. Remove it, or state the file to write with --out FILE"
                    raise LLMModelsError(f"{path}: {why}")
    except OSError as error:
        raise LLMModelsError(str(error)) from None


def _write(path: str, data: Iterable[bytes], inside: Inside | None) -> None:
    from llm_models.replacement import write_atomically

    try:
        write_atomically(path, data, inside=inside)
    except OSError as error:
        raise LLMModelsError(f"--out: {error}" if inside is None else str(error)) from None


COMMANDS = (browse_command,)
