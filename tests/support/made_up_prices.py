"""Made-up records with every feature of prices: for a catalogue over which `cost()` and the SQL must agree.

Some are entries, as an application states them. Some are models of a program, whose prices no check has seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import llm_models
from llm_models import Model
from llm_models.classes import TOKEN_CLASSES
from llm_models.counts import FEES

if TYPE_CHECKING:
    from random import Random

PROVIDER = "made_up"
_PRICES = (0, 0.05, 0.04999999999999999, 1, 1.25, 2.5, 3, 15, 200, 1e-09, 0.123456789, 999999.999999999, 1_000_000)
_SIZES = (1, 1000, 128_000, 200_000, 272_000)
_ALLOWED_HOURS: tuple[tuple[tuple[str, str, list[str]], ...], ...] = (
    (("22:00", "06:00", ["mon", "sun"]),),
    (("16:30", "00:30", []),),
    (("00:00", "12:00", []), ("12:00", "24:00", ["sat", "sun"])),
    (("08:00", "09:00", ["mon"]), ("09:00", "10:00", ["mon"]), ("08:30", "09:30", ["tue"])),
    (("23:59", "00:01", ["fri"]), ("00:01", "00:02", [])),
    (("00:00", "24:00", ["wed"]), ("05:00", "00:00", ["thu"])),
)
_ODD_HOURS: tuple[tuple[tuple[str, str, list[str]], ...], ...] = (
    (("08:00", "12:00", []), ("10:00", "14:00", [])),
    (("10:00", "10:00", ["tue"]),),
    (("00:00", "24:00", []), ("01:00", "02:00", [])),
    (("20:00", "04:00", ["mon"]), ("22:00", "02:00", [])),
)
"""Windows that overlap, and one whose start is its end: no configuration may state them."""
_MODES: tuple[dict[str, Any], ...] = (
    {"batch": {}, "thinking": {}, "batch+thinking": {}},
    {"fast": {"request": {"service_tier": "priority"}}, "batch": {}, "batch+fast": {}},
    {"fast": {"request": {"service_tier": "priority"}}, "priority": {"request": {"service_tier": "fast"}}},
    {"pro": {"request": {"reasoning": {"mode": "pro"}, "service_tier": "default"}}, "us": {}, "pro+us": {}},
    {"flex": {"request": {"service_tier": "shared"}}, "off_peak": {"request": {"service_tier": "shared"}}},
    {"Slow": {}, "a.b:c-d": {}, "Slow+a.b:c-d": {}},
)
_BEGINNINGS = ("2024-02-29", "2025-06-01", "2025-06-01T12:34:56Z", "2026-01-01", "2026-09-30", "2027-01-01")


def entries(rng: Random, count: int) -> list[dict[str, Any]]:
    """So many entries of made-up models with aliases; some start from another one, as copies do."""
    made = []
    for at in range(count):
        entry: dict[str, Any] = {"provider": PROVIDER, "id": f"m{at}", "new": True, "aliases": [f"m{at}-latest"]}
        if at > 10 and rng.random() < 0.1:
            entry["base"] = f"{PROVIDER}:m{rng.randrange(10)}"
            entry["cost"] = _classes(rng, 2)
        else:
            entry["cost"] = _cost(rng, _ALLOWED_HOURS)
        made.append(entry)
    return made


def models(rng: Random, count: int) -> list[Model]:
    """So many models of a program."""
    return [
        Model.from_dict({"provider": PROVIDER, "id": f"program{at}", "cost": _cost(rng, _ODD_HOURS)})
        for at in range(count)
    ]


def own_prices(rng: Random, count: int) -> list[dict[str, Any]]:
    """So many entries that state prices of their own for models of the packaged data, beside its prices."""
    listed = llm_models.load(config=None, publish=False).list_models()
    rich = [one for one in listed if one.cost.modes or one.cost.tiers or one.cost.dated]
    made = []
    for model in rng.sample(rich, min(count, len(rich)) // 2) + rng.sample(listed, count // 2):
        stated = rng.choice(("input", "some", "modes", "whole", "from", "dated"))
        entry: dict[str, Any] = {"provider": model.provider, "id": model.id}
        match stated:
            case "input":
                entry["cost"] = {"input": 1.75}
            case "some":
                entry["cost"] = {**_classes(rng, 3), "fees": _fees(rng)}
            case "modes":
                entry["cost"] = {"input": 2, "modes": _modes(rng, _ALLOWED_HOURS)}
            case "from":
                entry["cost"] = {"input": 2, "output": 8, "valid_from": rng.choice(_BEGINNINGS)}
            case "dated":
                entry["cost"] = {"dated": [{"valid_from": rng.choice(_BEGINNINGS), **_list(rng, _ALLOWED_HOURS)}]}
            case _:
                entry["omit"] = ["cost"]
                entry["cost"] = _cost(rng, _ALLOWED_HOURS)
        made.append(entry)
    return [*{(one["provider"], one["id"]): one for one in made}.values()]


def _cost(rng: Random, hours: Any) -> dict[str, Any]:
    """The prices of a record."""
    kind = rng.random()
    if kind < 0.04:
        return {}
    if kind < 0.08:
        return dict.fromkeys(TOKEN_CLASSES, 0) | {"fees": {"request": 0}}
    begins = rng.sample(_BEGINNINGS, rng.choice((0, 0, 1, 2, 4)))
    made = _list(rng, hours)
    if begins and rng.random() < 0.5:
        made["valid_from"] = begins.pop()
    if begins:
        made["dated"] = [{**_list(rng, hours), "valid_from": begin} for begin in begins]
    return made


def _list(rng: Random, hours: Any) -> dict[str, Any]:
    """A price list."""
    made = _layer(rng, hours)
    if rng.random() < 0.6:
        made["modes"] = _modes(rng, hours)
    if rng.random() < 0.3:
        made["image"] = rng.choice(_PRICES)
    return made


def _modes(rng: Random, hours: Any) -> dict[str, Any]:
    """Modes: lists of their own, differences, and sometimes one without a price."""
    return {
        name: {**stated, **(_layer(rng, hours) if rng.random() < 0.9 else {})}
        for name, stated in rng.choice(_MODES).items()
        if stated or rng.random() < 0.9
    }


def _layer(rng: Random, hours: Any) -> dict[str, Any]:
    """Classes, and perhaps tiers, hours and fees."""
    made = _classes(rng, rng.choice((0, 1, 2, 4, 8, 17, 17)))
    if rng.random() < 0.35:
        made["tiers"] = _tiers(rng)
    if rng.random() < 0.35:
        made["hours"] = [
            {
                "utc": [start, end],
                **({"days": days} if days else {}),
                **_classes(rng, rng.choice((1, 3, 17))),
                **({"tiers": _tiers(rng)} if rng.random() < 0.3 else {}),
            }
            for start, end, days in rng.choice(hours)
        ]
    if rng.random() < 0.4:
        made["fees"] = _fees(rng)
    return made


def _tiers(rng: Random) -> list[dict[str, Any]]:
    sizes = sorted(rng.sample(_SIZES, rng.choice((1, 2))))
    return [{"context_over": size, **_classes(rng, rng.choice((1, 3, 17)))} for size in sizes]


def _classes(rng: Random, most: int) -> dict[str, Any]:
    """Prices of classes; mostly with those that all usages have."""
    names = {"input", "output"} if most > 1 and rng.random() < 0.8 else set()
    names |= {*rng.sample(TOKEN_CLASSES, most)}
    return {name: rng.choice(_PRICES) for name in TOKEN_CLASSES if name in names}


def _fees(rng: Random) -> dict[str, Any]:
    names = ["request", *FEES, "ocr"]
    return {name: rng.choice(_PRICES) for name in rng.sample(names, rng.choice((1, 2, len(names))))}
