"""What a catalogue shows of a snapshot file: its models except those that filters hide; standard library only.

It builds a record when it is first asked for, and keeps it. Only caches change, and every thread would compute the
same entries. Their keys are names of the file, never a user's text, so that questions cannot make them grow.
"""

from __future__ import annotations

from llm_models.block import effective
from llm_models.header import damaged
from llm_models.records import CAPABILITIES, Capabilities, Modalities, Model, Provider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from llm_models.block import Line
    from llm_models.filters import Filters
    from llm_models.frozen import Record
    from llm_models.header import Span
    from llm_models.origins import Removed
    from llm_models.past import Past
    from llm_models.paths import Folder
    from llm_models.snapshot_file import SnapshotFile

    ModelRow = tuple[str, int]
    """A provider, and the row of a model in its block."""
    Unmatched = Mapping[str, Any]
    """Why no model fits: the fields of a `NoMatchError`."""

_FLAGS = (1 << len(CAPABILITIES)) - 1


class View:
    """A snapshot file seen through filters. `known` maps each provider to its entry in the file's block table.

    `remembers` is the application whose own history is about this catalogue, None for none; see `past`.
    """

    __slots__ = (
        "_parts",
        "_past",
        "_providers",
        "_removed",
        "_shown",
        "_spellings",
        "by_host",
        "by_name",
        "chosen",
        "entries",
        "file",
        "filters",
        "fitting",
        "known",
        "models",
        "price_ground",
        "priced",
        "remembers",
    )

    def __init__(self, file: SnapshotFile, filters: Filters | None, remembers: Folder | None = None) -> None:
        """Raises `EmptyCatalogError` when no model is shown."""
        self.file = file
        self.remembers = remembers
        self._past: dict[str, Past] = {}
        self.filters = filters
        self.known: Mapping[str, Span] = file.blocks
        self.models: dict[str, dict[str, Model]] = {}
        """Provider -> id or served id -> record, of the models that were asked for."""
        self._providers: dict[str, Provider] = {}
        self._parts: dict[tuple[type[Record], tuple[Any, ...]], Record] = {}
        self._shown: dict[str, Sequence[int]] = {}
        self.by_name: dict[str, list[ModelRow]] | None = None
        """Cache of `names`."""
        self.by_host: dict[str, list[tuple[list[str], str]]] | None = None
        """Cache of `hosts`."""
        self._spellings: dict[str, list[dict[tuple[str, str], str]]] = {}
        self._removed: dict[str, tuple[str, Removed]] | None = None
        """Cache of `removed`."""
        self.chosen: dict[tuple[Any, ...], Model | Unmatched] = {}
        """Cache of `selection`: the best model for a question, or why none fits."""
        self.fitting: dict[tuple[Any, ...], Sequence[Model]] = {}
        """Cache of `selection`: the models that fit a question, best first."""
        self.priced: dict[tuple[str, str], Any] = {}
        """Cache of `pricing`: what it knows of the models whose prices were asked for."""
        self.entries: Any = None
        """Cache of `hits`: what it knows of all models that are shown."""
        self.price_ground: Any = None
        """Cache of `pricing`: what is the same for all models."""
        if not self._shows_any():
            from llm_models.errors import EmptyCatalogError, printable

            raise EmptyCatalogError(f"{printable(file.name)}: {self._why_empty()}")

    def _shows_any(self) -> bool:
        """Whether a model is shown. Blocks are read only when the numbers in the header do not answer it."""
        models, filters, known = self.file.header["counts"]["models"], self.filters, self.known
        if filters is None:
            return models > 0
        if filters.allow is None and models > sum(known[name][3] for name in filters.deny if name in known):
            return True
        names = known if filters.allow is None else [name for name in filters.allow if name in known]
        return any(self.shown(name) for name in sorted(names, key=filters.restricts))

    def _why_empty(self) -> str:
        """Why no model is shown."""
        if not self.file.header["counts"]["models"]:
            return "it has no models"
        allow = None if self.filters is None else self.filters.allow
        if allow is None or any(name in self.known for name in allow):
            return "allow and deny hide every model"
        from llm_models.errors import printable
        from llm_models.past import told

        gone = [(name, self.past.provider(name)) for name in allow]
        names = ", ".join(printable(name) + (f" ({told(one)})" if one else "") for name, one in gone)
        return f"allow has no provider of this catalogue, so it hides every model{f': {names}' if names else ''}"

    @property
    def past(self) -> Past:
        """What the catalogue remembers of names that it no longer has; all threads have the same."""
        if not self._past:
            from llm_models.past import Past

            self._past.setdefault("past", Past(self.remembers))
        return self._past["past"]

    def was_known(self, provider: object) -> bool:
        """Whether a provider was listed on any day."""
        return isinstance(provider, str) and self.past.knows(provider)

    def names(self) -> dict[str, list[ModelRow]]:
        """Every name of a model that is shown, with the rows that it may mean: ids, else served ids, else aliases."""
        if self.by_name is None:
            ids: dict[str, list[ModelRow]] = {}
            others: dict[str, dict[str, list[ModelRow]]] = {"aliases": {}, "served_as": {}}
            for provider in self.known:
                block, shown = self.file.block(provider), self.shown(provider)
                for row in shown:
                    ids.setdefault(block.ids[row], []).append((provider, row))
                for field, table in block.tables().items():
                    for name, model_id in table.items():
                        if block.rows[model_id] in shown:
                            others[field].setdefault(name, []).append((provider, block.rows[model_id]))
            self.by_name = {**others["aliases"], **others["served_as"], **ids}
        return self.by_name

    def shown(self, provider: str) -> Sequence[int]:
        """The rows of a provider's models that no filter hides, in order of id."""
        try:
            return self._shown[provider]
        except KeyError:
            if self.filters is None or not self.filters.restricts(provider):
                return self._shown.setdefault(provider, range(self.known[provider][3]))
        block = self.file.block(provider)
        reason = self.filters.reason
        served, aliases = block.others().values()
        names = [[model_id, *served.get(model_id, ()), *aliases.get(model_id, ())] for model_id in block.ids]
        shown = [row for row, every in enumerate(names) if reason(provider, every, self.id_of) is None]
        return self._shown.setdefault(provider, shown)

    def names_of(self, model: Model) -> list[str]:
        """The id, the served ids and the aliases of a model that is shown."""
        block = self.file.block(model.provider)
        return block.names(block.rows[model.id])

    def hidden(self, provider: str, row: int) -> tuple[str, str | None] | None:
        """Why the model in a row is hidden, as (section, pattern), or None when it is shown."""
        if self.filters is None or not self.filters.restricts(provider):
            return None
        return self.filters.reason(provider, self.file.block(provider).names(row), self.id_of)

    def id_of(self, provider: str, name: str) -> str | None:
        """The id of the model that a name in a pattern means, also of one that is excluded or gone."""
        found = self.file.block(provider).id_of(name)
        if found is not None:
            return found
        from llm_models.patterns import is_nameable, is_plain

        if is_nameable(name) and not is_plain(name):
            removed = self.removed(provider, name)
            return name if self.past.knows(provider, name) else removed and removed[0]
        return None

    def removed(self, provider: str, name: str) -> tuple[str, Removed] | None:
        """The id of the excluded model that a name means which no model of the file has, and what excludes it."""
        if self._removed is None:
            ids: dict[str, tuple[str, Removed]] = {}
            others: dict[str, tuple[str, Removed]] = {}
            for spec, why in self.file.tail()["removed"].items():
                owner, _, model_id = spec.partition(":")
                ids[spec] = model_id, why
                others.update({f"{owner}:{one}": (model_id, why) for one in why.get("names", ())})
            self._removed = others | ids
        return self._removed.get(f"{provider}:{name}")

    def once_spelled(self, provider: str, name: str) -> str | None:
        """The id of a model of a provider, excluded or listed once, of which a name is another spelling."""
        from llm_models.spellings import by_spelling, spelled

        if provider not in self._spellings:
            start = f"{provider}:"
            excluded = [spec.removeprefix(start) for spec in self.file.tail()["removed"] if spec.startswith(start)]
            self._spellings.setdefault(provider, [by_spelling(excluded), by_spelling(self.past.ids(provider))])
        excluded_id, past_id = (spelled(name, ids) for ids in self._spellings[provider])
        return past_id if excluded_id is None else excluded_id

    def excluding(self, provider: str, name: str) -> str | None:
        """The exclude pattern that matches a name, also one that the provider never had; None where there is none."""
        from llm_models.patterns import matcher

        patterns = self.file.tail()["settings"].get("exclude", {}).get(provider, {})
        return next((pattern for pattern in patterns if matcher(pattern, lambda _: None)([name])), None)

    def provider(self, provider: str) -> Provider:
        """The record of a known provider; built once."""
        if provider not in self._providers:
            self._providers.setdefault(provider, Provider.from_dict(self.file.block(provider).provider))
        return self._providers[provider]

    def model(self, provider: str, row: int) -> Model:
        """The record in a row that is shown; built once."""
        block = self.file.block(provider)
        models = self.models.setdefault(provider, {})
        model_id = block.ids[row]
        if model_id not in models:
            models.setdefault(model_id, self._build(provider, model_id, block.model(row), block.bits[row]))
        return models[model_id]

    def asked(self, provider: str, row: int, name: str) -> Model:
        """The record in a row that is shown, which keeps the name that was asked for if the provider's API takes it.

        That is a served id, or a name that no table has: a rule accepted it.
        """
        block = self.file.block(provider)
        if name in block.rows or (name in block.aliases and name not in block.served):
            return self.model(provider, row)
        models = self.models.setdefault(provider, {})
        if name in models:
            return models[name]
        model = Model.with_bits(self.model(provider, row).to_dict(), block.bits[row], name)
        return models.setdefault(name, model) if name in block.served else model

    def models_in(self, provider: str, rows: Sequence[int]) -> list[Model]:
        """The records in rows that are shown; the block is decoded at once when most of it is needed."""
        block = self.file.block(provider)
        models, ids = self.models.setdefault(provider, {}), block.ids
        missing = [row for row in rows if ids[row] not in models]
        if 2 * len(missing) > len(ids):
            lines = block.models()
            for row in missing:
                models.setdefault(ids[row], self._build(provider, ids[row], lines[row], block.bits[row]))
        else:
            for row in missing:
                self.model(provider, row)
        return [models[ids[row]] for row in rows]

    def _build(self, provider: str, model_id: str, line: Line, bits: int) -> Model:
        """The record of a model's line. Parts that are equal in many models are one record: there are few of each."""
        if line["id"] != model_id:
            raise damaged(self.file.name, f"the part about {provider} has another model in the place of {model_id}")
        data = effective(line, provider)
        # The capability set and the values of reasoning determine all capabilities.
        capabilities = data.get("capabilities", {})
        flags = (bits & _FLAGS, str(capabilities.get("reasoning")))
        data["capabilities"] = self._part(Capabilities, flags, capabilities)
        modalities = data.get("modalities", {})
        both = (*modalities.get("input", ()), "", *modalities.get("output", ()))
        data["modalities"] = self._part(Modalities, both, modalities)
        return Model.with_bits(data, bits)

    def _part(self, kind: type[Record], key: tuple[Any, ...], part: dict[str, Any]) -> Record:
        if (kind, key) not in self._parts:
            self._parts.setdefault((kind, key), kind.from_dict(part))
        return self._parts[kind, key]
