"""Past: what a catalogue remembers of the names that its sources listed on some day; standard library only.

No question that finds its answer in the catalogue imports this. Two histories can know a name: the packaged one, and
the one that `activate` writes beside an application's activated snapshot, its own.

- The own history is believed where an activation in its folder would be: not where a snapshot was given in place of the
  application's, and not where others than root, the user and the owner of a named configuration can write it. It is
  still believed beside a stale activation: an upgrade of the package replaces the base, not what was seen on a day.
- A name is known if one of them knows it.
- The own history holds the packaged one that the package had when it was written. After an upgrade of the package the
  two are united where a question needs it, as the next activation of a source unites the files.
- A damaged history is left aside, and this is logged. It never makes a lookup or `load()` fail.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from llm_models import logs, paths
from llm_models.errors import LLMModelsError, SnapshotError, printable
from llm_models.header import WRONG
from llm_models.listings import ELSEWHERE, Listing, completed
from llm_models.spellings import alike
from llm_models.timeline import History

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar

    from llm_models.frozen import FrozenDict
    from llm_models.listing_parts import Successor
    from llm_models.listings import ModelHistory, Price, ProviderHistory
    from llm_models.paths import Folder
    from llm_models.timeline_fold import Folded

    T = TypeVar("T")
    Current = Callable[[str, str], FrozenDict | None]


class Past:
    """The histories that a catalogue believes. `folder` is the application whose own history may be one of them."""

    __slots__ = ("_aside", "_histories", "damage", "folder")

    def __init__(self, folder: Folder | None = None) -> None:
        self.folder = folder
        self.damage: LLMModelsError | None = None
        """Why the packaged history was left aside."""
        self._histories: dict[str, tuple[History, ...]] = {}
        """Empty, or all histories that can be opened. Threads that are first at the same time have the same ones."""
        self._aside: dict[str, str] = {}
        """The path of each history that is not used, and why; nothing is ever taken out."""

    def knows(self, provider: str, model_id: str | None = None) -> bool:
        """Whether a provider, or a model of it, was listed on any day: a name that is known is not a typo."""
        return any(self._answers(lambda history: history.knows(provider, model_id) or None))

    def is_gone(self, provider: str, model_id: str) -> bool:
        """Whether a model was listed once and no longer is."""
        entry = self._answer(lambda history: history.entry(provider, model_id), provider, model_id)
        return entry is not None and not entry.living

    def providers(self) -> set[str]:
        """The ids of all providers that were ever listed."""
        return {name for _, names in self._answers(lambda history: history.providers) for name in names}

    def provider_id(self, text: str) -> str | None:
        """The id of the provider that a text names, in any spelling or by an alias; None where it was never listed."""
        return next((name for _, name in self._answers(lambda history: history.provider_id(text))), None)

    def ids(self, provider: str) -> list[str]:
        """The ids of all models of a provider that were ever listed, sorted."""
        lines = self._answers(lambda history: history.line(provider))
        return sorted({model_id for _, line in lines for model_id in line.ids})

    def holders(self, model_id: str) -> list[str]:
        """The providers that ever had a model with that id, sorted."""
        return [provider for provider in sorted(self.providers()) if self.knows(provider, model_id)]

    def files(self) -> list[dict[str, Any]]:
        """The histories that are believed, each as path, first day, last day and number of days; the own one first.

        Then those that cannot be read and are not used, each as path and problem, which begins with the path.
        """
        found = self._answers(lambda history: (history.days[0], history.date, len(history.days)))
        used = [{"path": one.name, "first": day, "last": last, "days": count} for one, (day, last, count) in found]
        return [*used, *({"path": name, "problem": problem} for name, problem in self._aside.items())]

    def provider(self, provider: str) -> ProviderHistory | None:
        """When a provider was listed; None where it never was."""
        return self._answer(lambda history: history.of_provider(provider), provider)

    def model(self, provider: str, model_id: str, current: Current | None = None) -> ModelHistory | None:
        """When a model was listed and at which prices; None where it never was.

        The packaged history leaves out current prices: `current` gives that of a provider and an id.
        """

        return self._answer(
            lambda history: history.of_model(provider, model_id, _left_out(history, provider, model_id, current)),
            provider, model_id, current,
        )  # fmt: skip

    def listing(self, provider: str, model_id: str, current: Current | None = None) -> Listing | None:
        """When a model was listed and at which prices, as stored: what the answer about a price needs; as `model`."""
        return self._answer(lambda history: _listing(history, provider, model_id, current), provider, model_id, current)

    def _answer(
        self,
        ask: Callable[[History], T | None],
        provider: str,
        model_id: str | None = None,
        current: Current | None = None,
    ) -> T | None:
        """The answer about a provider, or a model of it, of the history that has all of it; None where none has it."""
        found = self._answers(ask)
        united = self._united(self.provider_id(provider) or "", model_id, current) if found else None
        if united is not None:
            return ask(united)
        believed = [answer for answer in found if answer[0].name not in self._aside]
        return max(believed, key=lambda answer: answer[0].date)[1] if believed else None

    def _united(self, provider: str, model_id: str | None, current: Current | None) -> History | None:
        """What both histories remember of a provider, with those of its models that an answer about one needs.

        None where one history has all of it.
        """
        believed = self._believed()
        if len(believed) < 2:
            return None
        own, packaged = believed
        if own.source != packaged.source or (own.own or {}).get("packaged") == packaged.checksum:
            return None
        from llm_models.timeline_fold import folded, united, with_current
        from llm_models.timeline_writer import encode

        def part(history: History) -> Folded:
            return folded(history, [provider], lambda name: model_id is not None and alike(name, model_id))

        def price(name: str, model_id: str, now: Price) -> Price:
            return now if now is not ELSEWHERE else current(name, model_id) if current else None

        theirs = with_current(part(packaged), price)
        try:
            return History(encode(united(theirs, with_current(part(own), price))), own.name)
        except (SnapshotError, *WRONG) as error:
            self._set_aside(error if isinstance(error, SnapshotError) else _unreadable(own), own.name)
            return None

    def _answers(self, ask: Callable[[History], T | None]) -> list[tuple[History, T]]:
        """The answer of each history that has one, the own one first."""
        answers = []
        for history in self._believed():
            try:
                answer = ask(history)
            except (SnapshotError, *WRONG) as error:
                self._set_aside(error if isinstance(error, SnapshotError) else _unreadable(history), history.name)
                continue
            if answer is not None:
                answers.append((history, answer))
        return answers

    def _believed(self) -> list[History]:
        """The histories that are not left aside, the own one first; opened once."""
        if not self._histories:
            path = paths.PACKAGED_HISTORY
            both = ("", lambda: _own(self.folder)), (path, lambda: _packaged(path))
            opened = tuple([history for name, open_one in both for history in self._opened(name, open_one)])
            self._histories.setdefault("all", opened)
        return [history for history in self._histories["all"] if history.name not in self._aside]

    def _opened(self, name: str, open_one: Callable[[], History | None]) -> list[History]:
        try:
            history = open_one()
        except LLMModelsError as error:
            self._set_aside(error, name)
            return []
        return [] if history is None else [history]

    def _set_aside(self, error: LLMModelsError, name: str) -> None:
        if name == paths.PACKAGED_HISTORY:
            self.damage = error
        path = name or str(error).partition(": ")[0]
        if path in self._aside:  # another thread met it, too
            return
        self._aside[path] = str(error)
        again = "install llm-models-catalog again" if name == paths.PACKAGED_HISTORY else "run 'llm-models activate'"
        logs.warn(f"{error}; this history is not used; to have a whole one, {again}")


def _left_out(history: History, provider: str, model_id: str, current: Current | None) -> FrozenDict | None:
    """The current price of a model, where a history leaves it out."""
    return current(provider, model_id) if current and history.name == paths.PACKAGED_HISTORY else None


def _listing(history: History, provider: str, model_id: str, current: Current | None) -> Listing | None:
    """The days of a history with its entry of a model; None where it was never listed."""
    entry = history.entry(provider, model_id)
    if entry is None:
        return None
    entry = completed(entry, _left_out(history, provider, model_id, current))
    return Listing(tuple(history.days), entry, f"{provider}:{model_id}")


@cache
def _packaged(path: str) -> History:
    return History.open(path)


def _own(folder: Folder | None) -> History | None:
    """The application's own history; None where there is none, or it is not believed."""
    path = None if folder is None else folder.state_file(paths.HISTORY_NAME)
    if folder is None or path is None or not paths.exists(path, "SnapshotError") or folder.strange(path) is not None:
        return None
    history = History.open(path)
    if not isinstance(history.own, dict | None):
        raise _unreadable(history)
    return history if folder.strange(path, history.status) is None else None  # another file may have that name by now


def _unreadable(history: History) -> SnapshotError:
    return SnapshotError(f"{printable(history.name)}: not a whole history", path=history.name)


GONE = "left out, because the catalogue does not have them, though they were listed once"
UNKNOWN = "defined, though no source ever listed their models and they do not state new = true"
NEVER = "left out, because the catalogue does not have their models"


def report(names: Sequence[str], where: str, why: str = GONE, *, in_file: bool = False) -> None:
    """Log the entries and settings without effect because what they name is gone: a refresh may have caused it.

    `where` is the location of the first. `in_file`: a command can check it.
    """
    named = ", ".join([*names[:5], *(["..."] if len(names) > 5 else [])])
    step = "validate" if in_file else "history NAME"
    logs.warn(f"{where}: {why} ({len(names)}): {named}; run 'llm-models {step}' for details")


def absent(name: str, history: ModelHistory | ProviderHistory) -> str:
    """Why the catalogue does not have a name that was listed once."""
    why = "is not in this catalogue" if history.listed else "is no longer listed"
    return f"{printable(name)} {why} ({told(history)})"


def told(history: ModelHistory | ProviderHistory) -> str:
    """The days of a name that is gone, in words. The last day listed is not the day on which it stopped answering.

    For a name that is still listed in its history: that day.
    """
    last = history.intervals[-1]
    if last.last is None:
        return f"listed on {history.date}"
    text = f"last listed on {last.last}"
    if getattr(history, "withdrawn", False):
        first = history.intervals[0].first
        text = f"seen only on {first}" if first == last.last else f"seen only from {first} to {last.last}"
    return printable(text if last.gone_by in (None, last.last) else f"{text}, gone by {last.gone_by}")


def has_twin(history: ModelHistory, has: Callable[[str, str], bool]) -> bool:
    """Whether the catalogue has another spelling that was listed beside a model that is gone."""
    return history.twin is not None and has(history.provider, history.twin.id)


def follows(history: ModelHistory, has: Callable[[str, str], bool]) -> str:
    """What follows a model that is gone, as a sentence: the spelling under which it is listed now, or its successor.

    Where none is known, a hint: the spelling that was listed beside it. `has` states whether the catalogue has a model.
    Only names that it has are named as the next step.
    """
    if history.rename is not None and has(history.provider, history.rename.id):
        spec = printable(f"{history.provider}:{history.rename.id}")
        return f"It is listed as '{spec}' now (other {history.rename.rule})."
    if history.successor is None:
        twin = f"{history.provider}:{history.twin.id}" if history.twin is not None else ""
        return f"The same model may also be listed as '{printable(twin)}'." if has_twin(history, has) else ""
    return successor_text(history.successor, has)


def successor_text(successor: Successor, has: Callable[[str, str], bool]) -> str:
    """A successor and who states it, as a sentence."""
    spec, origin = printable(successor.spec), printable(successor.origin)
    provider, _, model_id = successor.spec.partition(":")
    if has(provider, model_id):
        return f"Its successor is '{spec}' ({origin})."
    return f"Its successor '{spec}' ({origin}) is not in this catalogue either."
