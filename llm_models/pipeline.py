"""The pipeline: base, layers, changes, file. `load()`, `activate` and the build are these four in a row.

source bytes -> ingest -> normalize -> validate -> merge -> enrich -> filter, index -> snapshot
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from llm_models import config, logs, paths
from llm_models.addresses import wrong
from llm_models.changes import merge_layers
from llm_models.errors import ConfigError, EmptyCatalogError, dotted, limited, listed, printable
from llm_models.moving import FIELD, differing, differs
from llm_models.origins import CURATED
from llm_models.remarks import ADDRESSES
from llm_models.settings import settings_of
from llm_models.shape import is_address
from llm_models.snapshot_writer import empty, write
from llm_models.touched import Touched
from llm_models.trust import check_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from llm_models.changes import Changes, Fallen
    from llm_models.in_use import InUse
    from llm_models.layers import Layer
    from llm_models.normalize import Report
    from llm_models.snapshot_file import SnapshotFile
    from llm_models.supplements import Supplement
    from llm_models.trust import Code


def build_base(
    data: bytes,
    name: str,
    source: str | None = None,
    *,
    day: str | None = None,
    curated: Sequence[Layer] | None = None,
    supplements: Sequence[Supplement] | None = None,
    without_prose: bool = False,
) -> tuple[SnapshotFile, Report]:
    """The snapshot of a source's bytes with the curated overrides, and what was dropped and repaired.

    `name` stands for the bytes in messages, `source` names their source (None: models.dev), `curated` stands for the
    overrides and `supplements` for the other lists that ship with the package. `day` is the day on which the bytes were
    fetched (None: today), because dates later than the day after it are dropped. The packaged snapshot is built
    `without_prose`: without descriptions. Raises `SourceError` where the bytes are not a catalogue,
    `EmptyCatalogError` where no record survives.
    """
    from llm_models.image_prices import of_image_tokens
    from llm_models.ingest import read_source
    from llm_models.outliers import COMPARED, farthest_first, outliers
    from llm_models.supplements import layers as filling
    from llm_models.supplements import packaged as packaged_supplements
    from llm_models.transforms import DEFAULT

    source = source or DEFAULT
    header, ground, report = read_source(data, name, source, day=day, without_prose=without_prose)
    lists = [one for one in (packaged_supplements() if supplements is None else supplements) if one.name != source]
    if lists:
        header["supplements"] = [one.stated() for one in lists]
    base = empty(header)
    layers = [ground, *filling(lists, ground, header.get("date")), *(curated_layers() if curated is None else curated)]
    changes = merge_layers(base, layers)
    file = write(changes, name=base.name)
    for entry in changes.left_out:
        report.add("left out", "overrides", "its model is gone", entry.spec)
    for text in changes.unresolved():
        report.add("left out", "resolves_to", "its target is gone", printable(text))
    for provider, finals in changes.models.items():
        for model_id, final in finals.items():
            if differs(final.stated, final.origins):
                spec = printable(f"{provider}:{model_id} ({final.stated['resolves_to']})")
                report.add("odd", "resolves_to", "its own values differ from those that it takes", spec)
        for model_id, sibling in differing({model_id: final.stated for model_id, final in finals.items()}):
            spec = printable(f"{provider}:{model_id} ({sibling})")
            report.add("odd", "cost", "a moving name has another price than its newest sibling", spec)
    for spec, other in of_image_tokens(_with_derived(changes)):
        report.add("odd", "cost", "output is probably the price of image tokens", printable(f"{spec} ({other})"))
    for (provider, model_id), field, (value, median) in farthest_first(outliers(_lines(changes))):
        why = f"{COMPARED[field].times} times or more off the median of the same model at other providers"
        report.add("odd", field, why, printable(f"{provider}:{model_id} ({value:,.10g}, median {median:,.10g})"))
    for provider, alias in changes.touched.shadowed:
        report.add("left out", "aliases", "it is the id of a provider", printable(f"{provider} ({alias})"))
    for fallen in changes.fallen:
        report.add("dropped", fallen.field, fallen.why, printable(f"{fallen.spec} ({fallen.name})"))
    return file, report


def _lines(changes: Changes) -> Iterator[tuple[str, dict[str, Any]]]:
    """All records of a build, each with its provider, as the lines of a snapshot file have them."""
    for provider, finals in changes.models.items():
        for model_id, final in finals.items():
            yield provider, {**final.stated, "id": model_id, "derived": final.derived}


def _with_derived(changes: Changes) -> dict[str, dict[str, Any]]:
    """All records of a build with their canonical name, by model spec."""
    return {
        f"{provider}:{model_id}": {**final.derived, **final.stated}
        for provider, finals in changes.models.items()
        for model_id, final in finals.items()
    }


def merge_application(
    current: InUse, *, overrides: Mapping[str, Any] | None = None, behaviour: Any = None, code: Code = "trusted"
) -> tuple[SnapshotFile, Changes]:
    """The catalogue in use with an application's layers merged onto its base.

    `behaviour` stands in for the module that `llm_models.toml` names. `code` states which named module is run. Raises
    `ConfigError`, also for a base URL that no reader of a snapshot file takes, and `EmptyCatalogError`.
    """
    base = current.base
    layers, module = application_layers(current, overrides, behaviour, code)
    if code == "none" or base.name != paths.PACKAGED_SNAPSHOT:
        _refuse_addresses(layers)
    changes = merge_layers(base, layers, current.remembers)
    try:
        file = write(changes, name=current.file.name, base_kind=current.base_kind, config=current.config, module=module)
    except EmptyCatalogError as error:
        raise emptied(error, current, changes) from None
    _log(changes)
    return file, changes


def _refuse_addresses(layers: Sequence[Layer]) -> None:
    """Raise `ConfigError` for a base URL of a provider that a file must not hold: no later question could read it.

    Merged onto the packaged data in memory, it is only logged: version 0.1.0 loaded such a configuration.
    """
    problems = [
        layer.document.problem((*path, *steps), printable(message), printable(hint))
        for layer in layers
        for path, entry in layer.document.entries("providers")
        for steps in ADDRESSES["providers"]
        if (address := entry.get(steps[0])) is not None and not is_address(address)
        for _, message, hint in [wrong(address) or ("error", "a base URL is written in ASCII", "")]
    ]
    if problems:
        raise ConfigError(listed(problems), problems=tuple(problems))


def emptied(
    error: EmptyCatalogError, current: InUse, changes: Changes | None, given: Mapping[str, Any] | None = None
) -> EmptyCatalogError:
    """`error`, or the one that names the lines of the layers because of which no model is left.

    `changes` are those of the layers, None where they were merged before; `given` are filters in arguments of `load()`.
    """
    from llm_models import checks

    try:
        layers = application_layers(current, None, None, "none")[0] if changes is None else [*changes.layers]
        settings = {name: value for name, value in (given or {}).items() if value is not None}
        if settings:
            from llm_models.behaviour import layer_of_mapping

            label = f"load({', '.join(f'{name}=...' for name in settings)})"
            layers.append(layer_of_mapping(settings, label))
        run = Touched(current.base, layers, current.remembers)
        problems = checks.emptied(run, settings_of(run)[0])
    except ConfigError:  # an argument that can be read only once
        return error
    return EmptyCatalogError(listed(problems)) if problems else error


def application_layers(
    current: InUse, overrides: Mapping[str, Any] | None, behaviour: Any, code: Code
) -> tuple[list[Layer], str | None]:
    """The layers of an application, weakest first, and the behaviour module that its `llm_models.toml` names."""
    layers: list[Layer] = []
    module = document = None
    named = False
    if current.config is not None:
        path = current.folder.config
        assert path is not None
        document = config.parse(current.config, path)
        layers.append(config.layer_of(document, os.path.basename(path)))
        layers[-1].by_program = named = not current.config_is_found
        module = (document.data or {}).get("overrides_module")
    if code == "trusted" and current.found and behaviour is None:
        check_code(current, module, document)
    used = module if behaviour is None else behaviour
    if used is not None and code != "none":
        from llm_models.behaviour import layer_of_behaviour

        layers.append(layer_of_behaviour(used))
        layers[-1].by_program = behaviour is not None or named
    if overrides is not None:
        from llm_models.behaviour import layer_of_mapping

        layers.append(layer_of_mapping(overrides))
        layers[-1].by_program = True
    return layers, module


def _log(changes: Changes) -> None:
    """Log what of the layers has no effect (a refresh may have caused it), and what `validate` calls an error."""
    for layer in changes.layers:
        errors = [remark for remark in layer.document.remarks if remark.severity == "error"]
        if errors:
            rest = f" (and {len(errors) - 1} more; `llm-models validate` lists those of a file)" if errors[1:] else ""
            logs.warn(f"{errors[0]}{rest}")
    was_listed = changes.touched.was_listed
    left_out = [entry for entry in changes.left_out if was_listed(entry)]
    gone = [(f"{one.spec} base {one.base}" if one.base else one.spec, one.layer, one.path) for one in left_out]
    gone += [
        (f"{entry.spec} resolves_to {entry.fields[FIELD]}", entry.layer, (*entry.path, FIELD))
        for entry in changes.moving.void
    ]
    gone += [(setting.name, setting.layer, setting.path) for setting in changes.touched.gone]
    never = [(entry.spec, entry.layer, entry.path) for entry in changes.left_out if not was_listed(entry)]
    unknown = [(entry.spec, entry.layer, entry.path) for entry in changes.touched.unknown]
    for found, why in ((gone, "GONE"), (never, "NEVER"), (unknown, "UNKNOWN")):
        if found:
            from llm_models import past

            _, layer, path = found[0]
            line = layer.document.line_column(path, key=True)[0]
            where = layer.document.name if line is None else f"{layer.document.name}:{line}"
            past.report([name for name, _, _ in found], where, getattr(past, why), in_file=line is not None)
    for text in (*_odd_prices(changes), *limited(changes.fallen, _dropped, "names of models dropped")):
        logs.warn(text)


def _dropped(fallen: Fallen) -> str:
    return f"{fallen.kind} {fallen.name} of {fallen.spec} dropped: {fallen.why}"


def _odd_prices(changes: Changes) -> Iterator[str]:
    """Each line of the layers with a price that is probably wrong, with the first of its models.

    `validate` refuses these. A refresh may bring the price with which they are compared, so a load does not refuse.
    """
    found: dict[tuple[str, str], str] = {}
    for provider, finals in changes.models.items():
        for model_id, final in finals.items():
            for path, origin in final.origins.items():
                price: Any = final.stated if path[0] == "cost" else None
                for step in path:
                    price = price.get(step) if isinstance(price, dict) else None
                if not price or origin.layer == FIELD:
                    continue
                from llm_models.merge import nest
                from llm_models.odd_prices import SOURCE, odd_prices

                cost, source = nest(path[1:], price), final.origins.get(("cost", SOURCE))
                if source is not None and source.layer == origin.layer and SOURCE in final.stated["cost"]:
                    cost[SOURCE] = final.stated["cost"][SOURCE]  # where an entry omits it, it has an origin alone
                for odd in odd_prices(cost, nest(path[1:], origin.replaced)):
                    where, field = origin.location or origin.layer, dotted(("cost", *odd.path))
                    if odd.severity == "error" and (where, field) not in found:
                        found[where, field] = f"{where}: {provider}:{model_id}: {field}: {odd.text()}. {odd.hint}"
    yield from limited([*found.values()], str, "prices are probably wrong")


def curated_layers() -> list[Layer]:
    """The corrections that ship with the package, one layer a file, in order of name."""
    files = paths.packaged_files(paths.resources("overrides"), ".toml")
    return [config.read_layer(path, f"{CURATED}{os.path.basename(path)}", only_patches=True) for path in files]
