"""Entries: everything that reads what others wrote, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz import configurations, exports, names, pasts, snapshots, sources, usages

if TYPE_CHECKING:
    from fuzz.harness import Entry

_MODULES = (sources, configurations, snapshots, pasts, exports, names, usages)

ENTRIES: dict[str, Entry] = {name: entry for module in _MODULES for name, entry in module.ENTRIES.items()}
"""Name -> the entry."""
