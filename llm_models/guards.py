"""Guards: what keeps a bad refresh from replacing a good catalogue, and which of its changes are notable.

They compare source with source, without an application's layers and the curated overrides. So a correction of ours
cannot hide a change of the source, or look like one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models.days import later_than_tomorrow, today
from llm_models.differences import Diff, Served, compare
from llm_models.errors import LLMModelsError, printable
from llm_models.layers import BY_PROVIDER
from llm_models.moving import FIELD
from llm_models.origins import fields_of, leaves, weaker
from llm_models.past import absent, follows, successor_text
from llm_models.schema import is_number
from llm_models.spellings import renamed
from llm_models.successors import curated_successors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from llm_models.changes import Changes
    from llm_models.differences import Change, Values
    from llm_models.layers import Layer
    from llm_models.normalize import Report
    from llm_models.snapshot_file import SnapshotFile

MAX_INVALID = 0.01
"""Refuse when more than this fraction of a source's records is invalid."""
MAX_GONE = 0.5
"""Refuse when at least this fraction of the active models is missing."""
TENFOLD = 10
_ROUNDING = 1e-9  # 0.07 * 10 is more than 0.7


class GuardError(LLMModelsError):
    """An activation was refused; `refused` lists the reasons."""

    refused: tuple[str, ...]


def source_diff(active: SnapshotFile, new: SnapshotFile) -> Diff:
    """What changed from source to source. Both files are bases, without an application's layers."""
    return compare(_Source(active), _Source(new))


class _Source(Served):
    """The records of a base without the curated overrides and without defaults."""

    def __init__(self, file: SnapshotFile) -> None:
        super().__init__(file)
        self.tail = tail = file.tail()  # read once, not for each model
        self.curated: dict[str, dict[str, object]] = {}
        """Provider -> its id and the specs of its models -> the origins of the values that the overrides set."""
        for name, line in {**tail["providers"], **tail["models"]}.items():
            self.curated.setdefault(name.partition(":")[0], {})[name] = line

    def written(self, provider: str, model_id: str | None = None) -> object:
        curated = self.curated.get(provider, {})
        return super().written(provider, model_id), curated.get(f"{provider}:{model_id}") if model_id else curated

    def values(self, provider: str, model_id: str | None = None) -> Values:
        origins = fields_of(self.tail, provider if model_id is None else f"{provider}:{model_id}")
        values = dict(leaves(self.record(provider, model_id)))
        for layer in dict.fromkeys(origin["layer"] for origin in origins.values()):
            values = weaker(values, origins, layer)
        return values


def refusals(report: Report, active: SnapshotFile | None, new: SnapshotFile, difference: Diff) -> list[str]:
    """Why `new` should not replace the `active` base, a sentence each; `difference` is their `source_diff`."""
    reasons = []
    invalid, seen = report.records_dropped, report.records_seen
    if invalid > MAX_INVALID * seen:
        share = f"{100 * invalid / seen:.1f} %, expected at most {100 * MAX_INVALID:g} %"
        reasons.append(f"{invalid:,} of {seen:,} records are invalid ({share})")
    if active is None:
        return reasons
    before, missing = active.header["counts"]["models"], len(difference.models_removed)
    if before and missing >= MAX_GONE * before:
        left = f"the new catalogue has {new.header['counts']['models']:,} models"
        reasons.append(f"the catalogue shrank: {missing:,} of the {before:,} active models are missing ({left})")
    old_date, new_date = active.header.get("date") or "", new.header.get("date") or ""
    if old_date and later_than_tomorrow(old_date, today()):
        old_date = ""  # version 0.1.0 believed a source every date
    if new_date < old_date:
        reasons.append(f"the catalogue is older than the active one ({new_date or 'no date'}, active {old_date})")
    return reasons


def worth_a_look(difference: Diff, run: Changes | None) -> Iterator[str]:
    """The notable changes of a refresh, a sentence each.

    `difference` is the `source_diff`, `run` the merge of the application's layers onto the new base.
    """
    for change in difference.changes:
        spec = printable(change.spec)
        of_provider = ":" not in change.spec and change.field in {"base_url", "openai_base_url", "env"}
        if of_provider or change.field == "extra.provider.api":  # a model's own address
            yield f"{spec}: {change.field} changed from {_shown(change.old)} to {_shown(change.new)}"
        elif change.kind == "price" and _moved_tenfold(change):
            yield f"{spec}: {change.field} changed from {change.old:g} to {change.new:g}"
    yield from _missing_sentences(difference, run, new=True)


def missing_before(difference: Diff, run: Changes | None) -> Iterator[str]:
    """What the layers name and neither the new base nor the active one has: a sentence each, no change of a refresh."""
    yield from _missing_sentences(difference, run, new=False)


def _missing_sentences(difference: Diff, run: Changes | None, *, new: bool) -> Iterator[str]:
    if run is not None:
        for layer in run.layers:
            for name, spec, location, is_new in _missing(layer, difference, run):
                if is_new is new:
                    why, hint = _reason(name, spec, run, new)
                    yield f"{why}, but {location} names it.{hint}".removesuffix(".")


def _reason(name: str, spec: str, run: Changes, new: bool) -> tuple[str, str]:
    """Why a name is missing, as far as a history knows its spec or the refresh is the reason, and what follows it."""
    provider, colon, model_id = spec.partition(":")
    past = run.touched.past
    of_model = past.model(provider, model_id) if colon else None
    history = past.provider(provider) if not colon else of_model
    why = f"{printable(name)} is missing" if new or history is None or history.listed else absent(name, history)
    twin = renamed(model_id, run.touched.ids(provider)) if colon else None
    if twin is not None and twin.id != model_id:
        return why, f" It is listed as '{printable(f'{provider}:{twin.id}')}' now."
    hint = "" if of_model is None else follows(of_model, run.touched.holds)
    if new and not hint:  # the history does not know yet that it goes
        stated = curated_successors(lambda *key: key == (provider, model_id))
        hint = next((successor_text(one, run.touched.holds) for one in stated.values()), "")
    return why, f" {hint}" if hint else ""


def _moved_tenfold(change: Change) -> bool:
    if not is_number(change.old) or not is_number(change.new):
        return False
    low, high = sorted((change.old, change.new))
    return bool(high > 0 and high >= TENFOLD * low * (1 - _ROUNDING))


def _missing(layer: Layer, difference: Diff, run: Changes) -> Iterator[tuple[str, str, str, bool]]:
    """The providers and models that a layer names and the new base lacks: name, spec, location, whether that is new.

    A glob names what it matched before. It counts as missing when nothing matches it any more.
    """

    def unmatched(provider: str, glob: str, *, over_ids: bool = False) -> bool:
        test = run.touched.test(provider, glob)
        removed = (spec.partition(":") for spec in difference.models_removed)
        matched = any(name == provider and test([model_id]) for name, _, model_id in removed)
        every = run.touched.every(provider)
        return matched and not any(map(test, ([one] for one in every) if over_ids else every.values()))

    for entry in layer.providers:
        new = entry.provider in difference.providers_removed
        if new or entry in run.left_out:
            yield entry.provider, entry.provider, layer.nearest((*entry.path, "id")), new
    for index, provider in enumerate(layer.settings.get("prefer", ())):
        if provider in difference.providers_removed:
            yield provider, provider, layer.nearest(("prefer", index)), True
    for entry in layer.models:
        spec = f"{entry.provider}:{entry.match or entry.id}"
        location = layer.nearest((*entry.path, "id" if entry.match is None else "match"))
        new = entry.provider in difference.providers_removed or spec in difference.models_removed
        gone = entry in run.left_out or spec in difference.models_removed
        if gone if entry.match is None else unmatched(entry.provider, entry.match, over_ids=True):
            yield spec, spec, location, new or entry.match is not None
        elif entry.match is not None and entry in run.left_out:
            yield spec, entry.provider, location, new
    yield from _missing_settings(layer, run, difference, unmatched)


def _missing_settings(
    layer: Layer, run: Changes, difference: Diff, unmatched: Callable[[str, str], bool]
) -> Iterator[tuple[str, str, str, bool]]:
    """The same of targets of `resolves_to`, and of the settings by provider."""
    for entry in run.moving.void:
        if entry.layer is layer:
            spec = f"{entry.provider}:{entry.fields[FIELD]}"
            yield spec, spec, layer.nearest((*entry.path, FIELD)), spec in difference.models_removed
    for setting in run.touched.gone:
        spec = setting.provider if setting.id is None else f"{setting.provider}:{setting.id}"
        if setting.id is None:
            new, elsewhere = setting.provider in difference.providers_removed, setting.path[0] == "prefer"
        else:  # below it is reported as a pattern
            new, elsewhere = spec in difference.models_removed, True
        if setting.layer is layer and not (new and elsewhere) and setting.path[-1] != "match":  # as `_missing` has it
            yield setting.name, spec, layer.nearest(setting.path), new
    for path, provider, pattern in layer.patterns(*BY_PROVIDER):
        if unmatched(provider, pattern):
            spec = f"{provider}:{pattern}"
            yield spec, spec, layer.nearest(path), True


def _shown(value: object) -> str:
    text = "nothing" if value in (None, "", []) else ", ".join(value) if isinstance(value, list) else str(value)
    return printable(text)[:200]
