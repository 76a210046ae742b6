"""Settings: those of all layers, merged onto the base's, and where each pattern is stated."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from llm_models.bans import lost
from llm_models.layers import BY_PROVIDER, SETTINGS_RULES
from llm_models.merge import Layered, merge
from llm_models.origins import stored
from llm_models.patterns import EVERY, is_nameable, spread
from llm_models.touched import Gone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_models.layers import Layer
    from llm_models.origins import Stored
    from llm_models.touched import Touched

    Locations = dict[str, dict[str, dict[str, Stored]]]
    """Section (`exclude`, `deny`, `allow`) -> provider -> pattern -> the layer that states it, and where."""


def settings_of(run: Touched) -> tuple[dict[str, Any], Locations]:
    """The settings of all layers, merged onto the base's, and the location of each pattern of the layers.

    What is gone is added to `run.gone`, and a provider that was never known to `run.problems`.
    """
    stated = [Layered(_settings(run, layer), layer.name) for layer in run.layers]
    values = merge([Layered(run.base.header["filters"]), *stated], SETTINGS_RULES).values
    locations: Locations = {}
    for layer in run.layers:
        for path, _ in chain(*map(layer.document.entries, BY_PROVIDER)):
            provider = layer.provider_of(path[1])
            if layer.only_patches or run.knows(provider) or provider == EVERY:
                continue
            if run.past.knows(provider):
                run.gone.append(Gone(layer, path, provider))
            else:
                run.unknown_provider(provider, layer, path[:1], str(path[1]))
        for path, provider, pattern in layer.patterns(*BY_PROVIDER):
            if provider == EVERY:
                of_section, origin = (
                    locations.setdefault(str(path[0]), {}),
                    stored(layer.name, layer.location(path[:2])),
                )
                for one in run.all_providers():
                    of_section.setdefault(one, {}).setdefault(pattern, origin)
            elif layer.only_patches or run.knows(provider):
                section, origin = str(path[0]), stored(layer.name, layer.location(path[:2]))
                locations.setdefault(section, {}).setdefault(provider, {}).setdefault(pattern, origin)
                if _is_gone(run, provider, pattern) and not run.waits(provider, pattern):
                    run.gone.append(Gone(layer, path, provider, pattern))
        for index, provider in enumerate(layer.settings.get("prefer", ())):
            if not run.knows(provider):
                if run.past.knows(provider):
                    run.gone.append(Gone(layer, ("prefer", index), provider))
                else:
                    run.unknown_provider(provider, layer, ("prefer", index))
    for entry in (one for one in run.unmatched if one.provider != EVERY):
        test = run.test(entry.provider, str(entry.match))
        waits = run.waits(entry.provider, str(entry.match))
        if not waits and any(test([one]) for one in run.past.ids(entry.provider)):
            run.gone.append(Gone(entry.layer, (*entry.path, "match"), entry.provider, entry.match))
    _keep_bans(run, values, locations)
    return values, locations


def _keep_bans(run: Touched, settings: dict[str, Any], locations: Locations) -> None:
    """Add what bans of the program hide in the base: a weaker layer, which nobody named, could take over a name."""
    for index, layer in enumerate(run.layers):
        found = [weak for weak in run.layers[:index] if not weak.by_program and not weak.only_patches]
        for section in ("deny", "exclude") if found and layer.by_program else ():
            stated = {str(path[1]): patterns for path, patterns in layer.document.entries(section)}
            table = spread(stated, run.base.blocks)
            merged = settings.get(section, {})
            hidden = {provider: run.excluded(provider, patterns) for provider, patterns in merged.items()}
            for spelling, provider, pattern in lost(run.base, table, hidden, run.names):
                merged = settings[section] = {**merged, provider: [*merged.get(provider, ()), pattern]}
                place = layer.location((section, spelling)) or layer.location((section, EVERY))
                origin = stored(layer.name, place)
                locations.setdefault(section, {}).setdefault(provider, {}).setdefault(pattern, origin)


def _is_gone(run: Touched, provider: str, pattern: str) -> bool:
    """Whether a pattern is the id of a model that is gone, and no name of a model that is there."""
    if not is_nameable(pattern) or run.names.id_of(provider, pattern) is not None:
        return False
    return run.past.knows(provider, pattern)


def _settings(run: Touched, layer: Layer) -> Mapping[str, Any]:
    """The settings of a layer without those for providers that no layer holds.

    `allow` keeps them where the layer does not only patch: one without any provider would allow every model.
    """
    return {
        name: {one: globs for one, globs in value.items() if run.knows(one)}
        if isinstance(value, dict) and (name != "allow" or layer.only_patches)
        else value
        for name, value in layer.settings.items()
    }
