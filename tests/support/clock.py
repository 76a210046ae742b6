"""Another day for the package: what it takes for today."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest import mock

from llm_models import days

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def on(day: str) -> Iterator[None]:
    """Inside, it is noon of `day` in UTC."""
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    with mock.patch.object(days, "datetime", SimpleNamespace(now=lambda tz: noon.astimezone(tz or UTC))):
        yield
