"""A plugin of pytest: each test is a context of coverage; and how many seconds each test that passed takes."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from typing import TYPE_CHECKING

import coverage
import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

_seconds: defaultdict[str, float] = defaultdict(float)
_failed: set[str] = set()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Name the context after the test, without its values: a case alone is run rarely."""
    measured = coverage.Coverage.current()
    if measured:
        measured.switch_context(item.nodeid.partition("[")[0])
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Sum its time."""
    name = report.nodeid.partition("[")[0]
    _seconds[name] += report.duration
    if report.failed:
        _failed.add(name)


def pytest_sessionfinish() -> None:
    """Write the seconds of those that passed."""
    passed = {name: seconds for name, seconds in _seconds.items() if name not in _failed}
    with open(os.environ["SECONDS"], "w") as file:
        json.dump(passed, file)
