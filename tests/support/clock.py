"""Another day for the package: what it takes for today."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def on(day: str) -> Iterator[None]:
    """Inside, it is noon of `day` in UTC."""
    noon, gmtime = datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp(), time.gmtime
    with mock.patch.object(time, "gmtime", lambda at=None: gmtime(noon if at is None else at)):
        yield
