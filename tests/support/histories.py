"""Made-up histories: folded from observations as text, and read back from the bytes of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from llm_models import paths
from llm_models.observations import observed_file, price_of
from llm_models.snapshot_file import SnapshotFile
from llm_models.timeline import History
from llm_models.timeline_fold import Folded, Observation, extended, nothing, without_prices
from llm_models.timeline_writer import encode
from support import catalogues

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    Listed = Mapping[str, Mapping[str, Any]]
    """Provider -> model -> price: a number (the input price), a cost, or None where it is not known."""


def seen(day: str, listed: Listed, unseen: tuple[str, ...] = ()) -> Observation:
    """What was listed on a day."""
    models = {provider: {name: _price(price) for name, price in part.items()} for provider, part in listed.items()}
    return Observation(day, models, unseen)


def _price(price: Any) -> Any:
    if price is None:
        return None
    return price_of(price if isinstance(price, dict) else {"input": price})


def fold(*observations: Observation, onto: Folded | None = None) -> Folded:
    """The history of the observations, after the one given."""
    history = onto or nothing("toy")
    for observation in observations:
        history = extended(history, observation)
    return history


def read(history: Folded) -> History:
    """The file of a history, as a reader has it."""
    return History(encode(history), "toy.json")


def of_one(*days: tuple[str, Any]) -> History:
    """The history of the model `acme:a`, by (day, price); it is not listed on a day without a price."""
    return read(
        fold(*(seen(day, {"acme": {"other": 1, **({} if price == () else {"a": price})}}) for day, price in days))
    )


def packaged(*observations: Observation) -> History:
    """The history of the observations as it is packaged: without current prices."""
    return read(without_prices(fold(*observations)))


def write_small(snapshot: str) -> str:
    """Write the history of a package that ships this snapshot beside it; its path. `gone` was listed the day before."""
    file = SnapshotFile.open(snapshot)
    first, last = "2026-01-01", str(file.header["date"])
    history = fold(seen(first, {"openai": {"gone": 1}, "left": {"gone": 1}}), observed_file(file, last))
    path = Path(snapshot).with_name("history.json")
    path.write_bytes(encode(without_prices(history._replace(source="models_dev"))))
    return str(path)


def shipped(patch: pytest.MonkeyPatch, folder: Path, source: bytes, day: str, *before: Observation) -> None:
    """A package that ships this source: its snapshot, and the history of `before` and of the source on that day.

    It is written into `folder`, over what was shipped there before.
    """
    file = catalogues.of_source(source)[0]
    history = fold(*before, observed_file(file, day))._replace(source="models_dev")
    for name, data in (("PACKAGED_SNAPSHOT", file.data), ("PACKAGED_HISTORY", encode(without_prices(history)))):
        path = folder / f"{name}.json"
        path.write_bytes(data)
        patch.setattr(paths, name, str(path))
