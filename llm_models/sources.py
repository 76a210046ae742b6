"""Sources: downloads a source's catalogue and stores it with its manifest; `transfer` alone goes online."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from llm_models import files, locks, paths, replacement, state, transforms
from llm_models.errors import SourceError, printable
from llm_models.manifest import believed, encoded, moment, renew
from llm_models.open_folder import Inside
from llm_models.upstream import MAX_BYTES

if TYPE_CHECKING:
    from llm_models.transfer import Progress


class PullResult(NamedTuple):
    """What `pull` did: the path of the file, the manifest beside it, and whether the file had these bytes before.

    `redirects` are the redirects to other hosts that were followed, a sentence each.
    """

    path: str
    manifest: dict[str, Any]
    unchanged: bool
    redirects: tuple[str, ...] = ()


def mirror(source: str) -> tuple[str | None, str | None]:
    """The address that the environment names for a source, and the variable; None for both where it names none.

    `LLM_MODELS_URL` is about the default source, `LLM_MODELS_URL_LITELLM` about that of this name. Only the environment
    can name one: a file that is found in a folder must not decide where a download comes from.
    """
    variable = "LLM_MODELS_URL" if source == transforms.DEFAULT else f"LLM_MODELS_URL_{source.upper()}"
    url = os.environ.get(variable)
    return (url, variable) if url else (None, None)


def pull(
    source: str = transforms.DEFAULT,
    *,
    url: str | None = None,
    out: str,
    inside: Inside | None = None,
    sha256: str | None = None,
    insecure: bool = False,
    timeout: float = 30.0,
    progress: Progress | None = None,
) -> PullResult:
    """Download a source's catalogue to the file `out`, and describe it in `manifest.json` beside it.

    `url` is a mirror, a `file:` URL or a path, used instead of the source's own URL. `timeout` limits the whole
    transfer in seconds, including all tries and redirects. `progress` is called in the caller's thread with the
    numbers of bytes received and expected (None: unknown). Plain http to another machine is refused, unless
    `insecure`. With `sha256`, in hex, only a file with this SHA-256 is stored; the manifest states it as `pinned`.

    Nobody typed `out` if `inside` is given: then no link below that folder is followed, and a file that is not a
    catalogue is not replaced. Nor is a manifest ever written through a link, or over a file that is none.

    Files change only when the whole catalogue has arrived and is valid. `out` is replaced first; a manifest counts
    only while its SHA-256 is that of the file. A server does not send again what `out` already holds, if it supports
    that; the manifest then states the day of its answer. Raises `SourceError`. No message and no file contains the
    credentials of a URL.
    """
    row = transforms.named(source)
    if os.path.basename(out) in {"", state.MANIFEST, locks.LOCK_NAME}:
        raise SourceError(f"{printable(out)}: cannot be the name of a catalogue. Choose another file name.")
    address = row.url if url is None else url
    folder = os.path.dirname(paths.absolute(out, "SourceError"))
    within = inside or Inside(folder, "--out")
    manifest_path = os.path.join(folder, state.MANIFEST)
    redirects: list[str] = []
    fetched = moment()
    try:
        _check_targets(out, manifest_path, source, inside, within)  # fail before the transfer, not after it
        replacement.sweep(folder, within)
        path = _local(address)
        if path is not None:
            name = printable(path)
            data, status = files.read_open(path, MAX_BYTES)
            origin = {"url": Path(paths.absolute(path, "SourceError")).as_uri()}
            fetched = min(fetched, moment(status.st_mtime))  # it was fetched before it was written for the last time
        else:
            from llm_models.transfer import Transfer

            transfer = Transfer(address, timeout, insecure=insecure)
            name, redirects = transfer.shown, transfer.redirects
            copy = believed(out) or {}
            if sha256 is not None and copy.get("sha256") != sha256:
                copy = {}  # what is stored is not what is wanted
            while (answer := transfer.run(copy, progress)) is None:
                if copy == believed(out):
                    renewed = renew(copy, out, within, **_pinned(sha256))
                    return PullResult(out, renewed, unchanged=True, redirects=tuple(redirects))
                copy = {}  # it changed during the transfer
            data, origin = answer
        digest = hashlib.sha256(data).hexdigest()
        if sha256 is not None and digest != sha256:
            raise SourceError(f"{name}: its SHA-256 is {digest} (expected {sha256}); nothing was stored")
        counts = transforms.read(data, name, source)[1]
        manifest = {
            "source": source,
            **origin,
            "sha256": digest,
            **_pinned(sha256),
            "size": len(data),
            "fetched": fetched,
            **counts,
        }
        with locks.locked(folder, inside=within):
            unchanged = False
            with suppress(files.FileError):  # missing or not readable: to be replaced
                unchanged = files.read_limited(out, MAX_BYTES) == data
            if not unchanged:
                replacement.write_atomically(out, data, inside=inside)
            state.write(manifest_path, encoded(manifest), within)
    except files.FileError as error:
        raise SourceError(str(error)) from error
    return PullResult(out, manifest, unchanged, tuple(redirects))


def _pinned(sha256: str | None) -> dict[str, str]:
    return {} if sha256 is None else {"pinned": sha256}


def _check_targets(out: str, manifest: str, source: str, inside: Inside | None, within: Inside) -> None:
    """Raise `FileError` unless both files can be written, and what is there is ours."""
    if inside is None:
        files.regular(out)
    else:
        state.check_places([out], inside)
        if files.regular(out) is not None and believed(out) is None:
            data = files.read_limited(out, MAX_BYTES)
            try:
                if data:
                    transforms.read(data, out, source)
            except SourceError:
                raise state.foreign(out, "a catalogue that was pulled", inside) from None
    state.check_places([manifest], within)
    state.check_forms([manifest], within)


def _local(address: str) -> str | None:
    """The path that `address` means, or None if it is a URL of http or https."""
    if not address:
        raise SourceError("the URL is empty")
    from llm_models.transfer import shown

    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]+(?=:)", address)  # a single letter is a drive of Windows
    name = scheme.group().lower() if scheme else ""
    if name in ("http", "https"):
        return None
    if name == "file":
        parts = urlsplit(address)
        if parts.netloc not in ("", "localhost"):
            raise SourceError(f"{shown(address)}: is on another machine (expected file:///path)")
        return url2pathname(parts.path)
    if "://" in address:
        raise SourceError(f"{shown(address)}: cannot fetch by {name} (expected https, http, file or a path)")
    return address
