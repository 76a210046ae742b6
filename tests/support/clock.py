"""The day on which the code under test runs."""

from __future__ import annotations

from contextlib import contextmanager
from time import strptime
from typing import TYPE_CHECKING
from unittest import mock

from llm_models import days

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def on(day: str) -> Iterator[None]:
    """Inside, it is `day`."""
    with mock.patch.object(days, "gmtime", return_value=strptime(day, "%Y-%m-%d")):
        yield
