"""What all tests share: no network but the loopback, no configuration but their own."""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
import sys
from collections import Counter
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from support import UPSTREAM

import llm_models
import llm_models.cli.data  # it reads tables when it is imported, so never first while a test changes one
from llm_models import paths, pipeline, store, successors, timeline_update

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from llm_models.layers import Layer

pytest.register_assert_rewrite("support.command")

# Tests hold whole catalogues, which hardly ever die: looking through them after every 700 new objects, as Python does,
# takes a quarter of the time of a test of the whole data.
gc.set_threshold(50_000)

settings.register_profile("untimed", deadline=None)  # no test measures time: the machine may be busy
settings.load_profile("untimed")

CASES, EXAMPLES = 30, 5
"""Of how many cases of a test, and of how many examples of a law, coverage is measured.

Measuring more than doubles the time, and further ones run the same lines with other values.
"""
_cases = Counter[str]()  # how many cases of a test have begun, by its name without the values


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure only the first cases of each test, if coverage is measured at all. A debugger keeps all of them."""
    trace = sys.gettrace()
    if type(trace).__module__.partition(".")[0] != "coverage":
        return (yield)
    name = item.nodeid.partition("[")[0]
    _cases[name] += 1
    with pytest.MonkeyPatch.context() as patch:
        law = getattr(getattr(item, "obj", None), "hypothesis", None)
        if law is not None:
            patch.setattr(law, "inner_test", _first_measured(law.inner_test))
        if _cases[name] > CASES:
            sys.settrace(None)
        try:
            return (yield)
        finally:
            sys.settrace(trace)


def _first_measured(law: Callable[..., None]) -> Callable[..., None]:
    """The law, of which only the first examples are measured."""
    examples = count(1)

    @wraps(law)
    def example(*args: object, **kwargs: object) -> None:
        if next(examples) > EXAMPLES:
            sys.settrace(None)
        law(*args, **kwargs)

    return example


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shut out every address but the loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and not (host == "localhost" or ipaddress.ip_address(host).is_loopback):
            raise AssertionError(f"a test went online: {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Begin as a new process in an empty folder: nothing published, no configuration in sight."""
    monkeypatch.delenv("LLM_MODELS_CONFIG", raising=False)
    monkeypatch.setattr(store, "_published", None)
    monkeypatch.setattr(store, "_request", None)
    monkeypatch.chdir(tmp_path_factory.mktemp("cwd"))
    return


@pytest.fixture(scope="session", autouse=True)
def curated_once() -> Iterator[None]:
    """The curated overrides are read and checked once for each state of their files, not for each activation."""
    read, kept = pipeline.curated_layers, dict[object, list["Layer"]]()

    def curated_layers() -> list[Layer]:
        folder = paths.resources("overrides")
        files = [(one.name, one.stat().st_mtime_ns, one.stat().st_size) for one in os.scandir(folder)]
        state = folder, *sorted(files)
        if state not in kept:
            kept[state] = read()
        return [*kept[state]]

    with pytest.MonkeyPatch.context() as patch:
        for module in (pipeline, successors):
            patch.setattr(module, "curated_layers", curated_layers)
        yield


@pytest.fixture
def without_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """Activations record no history: for tests of something else, because that takes longer than all the rest."""
    monkeypatch.setattr(timeline_update, "update", lambda *_: [])


@pytest.fixture(scope="session")
def packaged() -> llm_models.Snapshot:
    """The packaged snapshot as it is read without any configuration."""
    return llm_models.load(config=None, publish=False)


@pytest.fixture(scope="session")
def upstream() -> bytes:
    """The real upstream file; tests that want it skip where it is not."""
    if not UPSTREAM.exists():
        pytest.skip("the real upstream file is not here")
    return UPSTREAM.read_bytes()


@pytest.fixture(autouse=True)
def _no_data_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test expects must not change as its data gets older; `test_workflow` tests the note about that."""
    monkeypatch.setattr("llm_models.cli.info.OLD", 1_000_000)
