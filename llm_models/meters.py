"""Meters: a usage object of another library, a response that holds one, a mapping or JSON becomes a `Usage`.

Two laws. Nothing is guessed: where protocols read an object differently, that is an error which names them. No library
is imported: an object is recognised by the module of its class, then by the names of its fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_models.counts import PARTS, Usage, UsageError, count, known_names, refusal
from llm_models.errors import InvalidArgumentError, did_you_mean, printable, quoted, text_of
from llm_models.objects import DEEP, is_list
from llm_models.protocols import MODES
from llm_models.recognition import BY_NAME, OF_PROVIDER, find, fitting, uncounted
from llm_models.streams import answers, events_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from llm_models.protocols import Parts, Path, Protocol
    from llm_models.recognition import Found


_EXAMPLE = '{"input": 3000, "output": 500}'
_BY_HAND = "Give the counts yourself, as a mapping of the fields of Usage"
"""What to do where a usage is not known well enough."""


def read(obj: object, protocol: str | None = None, provider: str | None = None) -> Usage:
    """The usage that an object states; see `llm_models.usage`. `provider` is an id of the catalogue."""
    obj = _decoded(obj)
    if is_list(obj) and len(one := answers(obj)) == 1:
        obj = one[0]
    if isinstance(obj, Usage):
        return obj
    found = find(obj, protocol)
    chosen, usage = _chosen(found, protocol, provider)
    if entries := _entries(chosen, found):
        text = f"{len(entries)} requests, each with a price of its own. Read each of them with usages()"
        raise refusal(chosen.entries, text, f"usage ({chosen.name})", (chosen.name,))
    return usage


def read_all(obj: object, protocol: str | None = None, provider: str | None = None) -> tuple[Usage, ...]:
    """The usages that an object states, one for each request where it has them; see `llm_models.usages`."""
    return tuple(_read_all(_decoded(obj), protocol, provider, 0))


def _read_all(obj: object, protocol: str | None, provider: str | None, depth: int) -> Iterable[Usage]:
    """The usages of an object, which is in `depth` lists."""
    if isinstance(obj, Usage):
        return (obj,)
    if is_list(obj) and not events_of(obj):
        if depth == DEEP:
            raise refusal("", f"more than {DEEP} lists in each other. Give one list of usages")
        return [one for item in answers(obj) for one in _read_all(_decoded(item), protocol, provider, depth + 1)]
    found = find(obj, protocol)
    chosen, usage = _chosen(found, protocol, provider)
    entries = _entries(chosen, found)
    parts = [_build(chosen, found.entry(entry)) for entry in entries]
    if entries:
        _check_sum(chosen, usage, entries, parts)
    if entries and chosen.inside:  # what the whole alone states: uses of tools
        parts[0] = Usage(**{**parts[0].to_dict(), "web_search": usage.web_search, "web_fetch": usage.web_fetch})
    return [Usage(**{**part.to_dict(), "mode": part.mode or usage.mode}) for part in parts] or (usage,)


def _decoded(obj: object) -> object:
    """The object, or what a JSON text states. A number with a point is a decimal, so that no digit changes."""
    if not isinstance(obj, (str, bytes, bytearray)):
        return obj
    import json
    from decimal import Decimal

    try:
        return json.loads(obj, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        problem = str(error)[:80]
    raise refusal("", f"the text is not JSON ({problem}). Give a mapping, such as {_EXAMPLE}, an object or JSON")


def _chosen(found: Found, protocol: str | None, provider: str | None) -> tuple[Protocol, Usage]:
    """The protocol of a usage, and what it states there."""
    if protocol is not None:
        if text_of(protocol) not in BY_NAME:
            text = f"protocol: unknown protocol {quoted(protocol)}.{did_you_mean(text_of(protocol), BY_NAME)}"
            raise InvalidArgumentError(f"{text} Known are {', '.join(BY_NAME)}.")
        return BY_NAME[protocol], _build(BY_NAME[protocol], found)
    others = OF_PROVIDER.get(provider or "", {})
    fits = fitting(found)
    results: list[tuple[Protocol, Usage]] = []
    errors: list[UsageError] = []
    for one in [BY_NAME[others[one.name]] for one in fits if one.name in others] or fits:
        try:
            results.append((one, _build(one, found)))
        except UsageError as error:
            errors.append(error)
    if results and all(usage == results[0][1] for _, usage in results):
        return results[0]
    if results:
        raise _several(results)
    if errors:
        raise errors[0]
    fields = f"the fields {', '.join(map(printable, sorted(found.data)[:8]))}" if found.data else "no field"
    text = f"no known shape (found {fields}). Name it with protocol=, one of {', '.join(BY_NAME)}"
    raise refusal("", f"{text}. Or give the counts yourself, as a mapping of the fields of Usage")


def _several(results: list[tuple[Protocol, Usage]]) -> UsageError:
    """The error about an object that several protocols read differently: it names the first field that differs."""
    names = tuple([protocol.name for protocol, _ in results])
    field = next(name for name in Usage._fields if len({getattr(usage, name) for _, usage in results}) > 1)
    meant: dict[Any, list[str]] = {}
    for protocol, usage in results:
        meant.setdefault(getattr(usage, field), []).append(protocol.name)
    readings = ", ".join([f"{value} as {' or '.join(who)}" for value, who in meant.items()])
    return refusal(field, f"several protocols fit ({readings}). Name it with protocol=", "usage", names)


def _build(protocol: Protocol, found: Found) -> Usage:
    """What a usage states, read as a protocol. Raises `UsageError` in the words of the protocol."""
    labels: dict[str, str] = {}
    values: dict[str, Any] = {}
    within = found.fields.get
    try:
        if protocol.exact:
            known_names(found.data, protocol.reads)
        _check_sides(protocol, within)
        for name in uncounted(found, protocol):
            raise refusal(name, f"a count of tokens that is not known. {_BY_HAND}, with it or without it")
        for get, table in ((within, protocol.reads), (found.anywhere, protocol.around)):
            for name, text in table.items():
                if name not in values and (value := _value(protocol, get, text)) is not None:
                    values[name], labels[name] = value, text
        if protocol.lists:
            for name, number in _listed(protocol, found.data, labels).items():
                values[name] = (values.get(name) or 0) + number
        if protocol.zeros == "default":
            kept = ("input", "output", "requests")
            values = {name: value for name, value in values.items() if value or name in kept}
        _check_rest(protocol, within, values)
        if "tier_input" in values and values["tier_input"] in _whole(protocol, within, values):
            del values["tier_input"]
        if protocol.modes:
            values["mode"] = _mode(protocol, found)
        usage = Usage.from_dict(values)
        _check_input(protocol, usage)
        _check_total(protocol, within, usage)
        return usage
    except UsageError as error:
        problem = error.problem
        field = _label(protocol, within, labels.get(error.field, "")) or error.field
    raise refusal(field, problem, f"usage ({protocol.name})", (protocol.name,))


def _whole(protocol: Protocol, get: Callable[[Path], Any], values: dict[str, Any]) -> tuple[Any, Any]:
    """What `tier_input` is where it states nothing: the input of an answer that was not continued."""
    return values.get("input"), _value(protocol, get, protocol.not_continued)


def _value(protocol: Protocol, get: Callable[[Path], Any], text: str) -> Any:
    """The value of an expression."""
    for terms in protocol.expression(text):
        first = get(terms[0])
        if len(terms) == 1:
            if first is not None:
                return first
        elif first is not None or protocol.zeros == "omitted":
            stated = [(path, value) for path in terms if (value := get(path)) is not None]
            if stated:
                return sum([count(".".join(path), value) for path, value in stated])
    return None


def _label(protocol: Protocol, get: Callable[[Path], Any], text: str) -> str:
    """The fields of an expression that are stated, for a message."""
    for terms in protocol.expression(text):
        if stated := [".".join(path) for path in terms if get(path) is not None]:
            return " + ".join(stated)
    return text


def _listed(protocol: Protocol, data: Mapping[str, Any], labels: dict[str, str]) -> dict[str, int]:
    """What the lists of kinds state: our field -> count. Lists that add up state 0 for kinds that they leave out."""
    counts: dict[str, int] = {}
    named: set[str] = set()
    unsure: set[str] = set()
    for part in protocol.lists:
        whole, items = data.get(part.whole), data.get(part.path)
        fields = {name for name in part.kinds.values() if name is not None}
        pairs = [*_items(part, items)] if items is not None else []
        named |= fields if items is not None else set()
        total, most = sum([number for _, number in pairs]), count(part.whole, whole or 0)
        if part.closed and total > most:
            raise refusal(part.path, f"more than {part.whole} (found {total}, expected at most {most})")
        unsure |= fields if total != most else set()
        for name, number in pairs:
            if name is not None:
                counts[name] = counts.get(name, 0) + number
                labels[name] = part.path
    counts = {**dict.fromkeys(named - unsure, 0), **counts}
    return {name: number - counts.get(f"-{name}", 0) for name, number in counts.items() if name[0] != "-"}


def _items(part: Parts, items: Any) -> Iterator[tuple[str | None, int]]:
    """Our field, or None, and the count of each item of a list."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise refusal(part.path, f"not a list of items with {part.kind} and {part.number}")
    for item in items:
        kind, number = item.get(part.kind), count(f"{part.path}.{part.number}", item.get(part.number) or 0)
        is_known = isinstance(kind, str) and kind in part.kinds  # JSON may have a list there
        if number and not is_known:
            raise refusal(f"{part.path}.{part.kind}", f"unknown kind {quoted(kind)}. {_BY_HAND}")
        yield part.kinds[kind] if is_known else None, number


def _check_sides(protocol: Protocol, get: Callable[[Path], Any]) -> None:
    """Refuse a stated total that only another protocol explains, and two fields that state one thing."""
    total = _value(protocol, get, protocol.total)
    beside = _value(protocol, get, protocol.beside)
    if total is not None and beside and total == _value(protocol, get, protocol.not_total):
        shown = protocol.not_total.replace(" + ", " and ")
        text = (
            f"the sum of {shown} (found {total}), as in {protocol.instead}. Name it with protocol={protocol.instead!r}"
        )
        raise refusal(protocol.total, text)
    for name in protocol.unplaced:
        if _value(protocol, get, name):
            text = "it is not known whether the totals include them"
            raise refusal(name, f"{text}. {_BY_HAND}")
    for one, other in protocol.clash:
        if all(_value(protocol, get, name) for name in (one, other)):
            raise refusal(one, f"{other} states the same tokens. One of them must be 0")


def _check_rest(protocol: Protocol, get: Callable[[Path], Any], values: dict[str, Any]) -> None:
    """Refuse a part without a field here that is more than its whole leaves, as the part would be lost."""
    for whole, name in protocol.rest:
        stated = _value(protocol, get, name)
        if stated and count(name, stated) > (left := _left(values, whole)):
            text = f"a part of {whole}, of which the other parts leave {left} (found {stated}). {_BY_HAND}"
            raise refusal(name, text)


def _left(values: dict[str, Any], whole: str) -> int:
    """What the stated parts of a field leave of it, at least 0."""
    parts = [count(part, values[part]) for part in PARTS[whole] if part in values]
    return max(0, count(whole, values.get(whole, 0)) - sum(parts))


def _check_input(protocol: Protocol, usage: Usage) -> None:
    """Refuse an output without its input, which would cost nothing: an event of a stream states only what is new."""
    if usage.output is not None and usage.input is None and not protocol.exact and protocol.zeros == "stated":
        text = "not stated, but the output is. Of an answer that was streamed, give all events, as a list"
        raise refusal(protocol.reads["input"].partition(" ")[0], text)


def _check_total(protocol: Protocol, get: Callable[[Path], Any], usage: Usage) -> None:
    """Refuse a stated total above the input and the output: tokens of reasoning or of tools are not in them."""
    total, beyond = _value(protocol, get, protocol.total), _value(protocol, get, protocol.beyond)
    known = (usage.input or 0) + (usage.output or 0) + (count(protocol.beyond, beyond) if beyond else 0)
    if isinstance(total, int) and total > known:
        text = f"more than the input and the output (found {total}, expected at most {known}). {_BY_HAND}"
        raise refusal(protocol.total, text)


def _mode(protocol: Protocol, found: Found) -> str | None:
    """The mode that a usage or its response states; several are joined in the order of the alphabet."""
    names: set[str | None] = set()
    for mode in protocol.modes:
        value = _value(protocol, found.anywhere, mode.path)
        value = mode.path.rpartition(".")[2] if mode.flag and value is not None else value
        if isinstance(value, str) and (mode.only is None or value.lower() in mode.only):
            names.add(MODES.get(value.lower(), value.lower()))
    special = sorted(name for name in names if name not in (None, "standard"))
    return "+".join(special) or ("standard" if "standard" in names else None)


def _entries(protocol: Protocol, found: Found) -> list[dict[str, Any]]:
    """The single requests of a sum of several: none where the totals have everything, and it is one request."""
    entries = (found.data.get(protocol.entries) if protocol.entries else None) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise refusal(protocol.entries, f"not a list of requests. {_BY_HAND}", f"usage ({protocol.name})")
    if not protocol.inside:
        return entries if len(entries) > 1 else []
    for entry in entries:
        if not isinstance(entry.get("type"), str) or entry["type"] not in protocol.inside:
            text = f"a request of an unknown type (found {printable(str(entry.get('type'))[:80])}). {_BY_HAND}"
            raise refusal(protocol.entries, text, f"usage ({protocol.name})")
    return entries if any(not protocol.inside[entry["type"]] for entry in entries) else []


def _check_sum(protocol: Protocol, usage: Usage, entries: Sequence[Mapping[str, Any]], parts: Sequence[Usage]) -> None:
    """Refuse requests that are not all of which the total consists: the rest would have no price."""
    inside = [protocol.inside[entry["type"]] if protocol.inside else True for entry in entries]
    for name in ("input", "output"):
        least, most = (
            sum([getattr(part, name) or 0 for part, known in zip(parts, inside, strict=True) if known in which])
            for which in ((True,), (True, None))
        )
        if not least <= (total := getattr(usage, name) or 0) <= most:
            text = f"the requests have {most} tokens of {name}, but the total has {total}"
            text = f"{text}. Requests are {'missing' if total > most else 'not in it'}"
            raise refusal(protocol.entries, text, f"usage ({protocol.name})", (protocol.name,))
