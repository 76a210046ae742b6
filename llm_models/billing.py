"""Billing: the questions about usage and its price, so that `store` does not load what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models import store

if TYPE_CHECKING:
    from typing import Literal

    from llm_models.bills import Bill, Prices
    from llm_models.counts import Usage
    from llm_models.snapshot import Spec
    from llm_models.validity import Moment

__all__ = ["cost", "prices", "usage", "usages"]


def usage(obj: object, protocol: str | None = None, provider: str | None = None) -> Usage:
    """What was counted of one request, as a `Usage`: inclusive totals and their parts.

    `obj` is a usage object of a client library, a response that holds one, a mapping, or JSON text. It may also be the
    list of the events of one streamed answer. A mapping with the names of our own fields works, too.
    `docs/usage.md` lists the shapes that are read (the protocols) and how. `mode`, `model` and `reported` are taken
    from the response where it states them.

    The protocol is recognised by the class of the object, then by its fields; no library is imported. `protocol` names
    it where that is not enough. `provider` is the provider that answered, under any name: xAI's chat completions look
    like OpenAI's, but leave reasoning out of the output.

    Raises `UsageError` where protocols would read the object differently, where a number is negative or no integer,
    where a part is larger than its whole, and for a sum of requests that lists them (see `usages`). Raises
    `InvalidArgumentError` for an unknown protocol, and `UnknownProviderError`.

    >>> reported = {"prompt_tokens": 100, "prompt_tokens_details": {"cached_tokens": 40}, "completion_tokens": 20}
    >>> llm_models.usage(reported)
    Usage(input=100, output=20, cache_read=40)
    >>> reported = {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 1}
    >>> llm_models.usage(reported, protocol="anthropic").input
    15
    """
    from llm_models import meters

    return meters.read(obj, protocol, None if provider is None else store.parse_provider(provider))


def usages(obj: object, protocol: str | None = None, provider: str | None = None) -> tuple[Usage, ...]:
    """The usages of all requests that an object states.

    `obj` is a response, its usage, or a list of these; `protocol` and `provider` decide how it is read where its fields
    do not, as for `usage`. That is one usage for each request, where an object has a sum and its requests (OpenAI
    Agents), or where a response took several requests whose tokens are not in its totals (Anthropic's compaction). Of a
    list, all items are read. For anything else it is `usage(obj)` alone. Errors as for `usage`.

    >>> [one.input for one in llm_models.usages([{"input": 5}, {"input": 7}])]
    [5, 7]
    """
    from llm_models import meters

    return meters.read_all(obj, protocol, None if provider is None else store.parse_provider(provider))


def cost(
    spec: Spec, usage: object, at: Moment = None, mode: str | None = None, strict: bool | Literal["exact"] = False
) -> Bill:
    """What a request cost, or will cost: exact decimals in USD, line by line, or clearly unknown.

    `spec` is as for `resolve`; a model that a program made has its own prices. `usage` is a `Usage`, or anything that
    `llm_models.usage` reads; the provider of the model decides where protocols differ. `at` is the moment when the
    request was completed: a datetime (without a zone it is UTC), a day (its start in UTC), both also as text; default
    now. `mode` is the way to be served that was asked for, such as `"batch"`; what the response states of it is billed
    instead, where it can state it. `docs/cost.md` has the rules.

    The bill has `total` (None where something has no price), `known` (the sum of the lines), `lines`, `unpriced` and
    `assumed`. With `strict` an `UnpricedError` is raised where the total is None, and with `strict="exact"` also where
    the bill is not `exact`.

    The price list is that of the record at `at`: of its `dated` lists the latest one that has begun. For a moment
    before the catalogue's date that no documented list covers, it is what the source listed on that day, by the
    history; so a model that is gone has the prices of its time, if `at` is stated. Prices that an application states
    hold at any time, and no history replaces them.

    Raises the errors of `resolve`, `UsageError` for a usage that is impossible, that states no number, or that has no
    one price (several requests, of which one may be in a tier), `UnknownModeError` for a mode that the list does not
    price, `InvalidArgumentError` for another wrong argument, and `SnapshotError` where the packaged history is damaged.

    >>> reported = {"prompt_tokens": 10000, "prompt_tokens_details": {"cached_tokens": 4000}, "completion_tokens": 2000}
    >>> bill = llm_models.cost("openai:gpt-5.2", reported)
    >>> bill.total
    Decimal('0.0392')
    >>> [(line.cls, line.quantity, str(line.rate)) for line in bill.lines]
    [('input', 6000, '1.75'), ('cache_read', 4000, '0.175'), ('output', 2000, '14')]
    >>> heard = {"input": 1000, "input_audio": 200, "output": 10}
    >>> bill = llm_models.cost("openai:gpt-5.2", heard)
    >>> bill.total, str(bill.known), bill.unpriced
    (None, '0.00154', (('input_audio', 200),))
    """
    return store.snapshot().cost(spec, usage, at, mode, strict)


def prices(spec: Spec, at: Moment = None, mode: str | None = None) -> Prices:
    """The prices of a model that hold at a moment, in a mode, as decimals in USD.

    `spec` is as for `resolve`; `at`, `mode` and errors as for `cost`.

    `rows` has a row for each class and fee that has a price, and again for each tier. A row names the class whose price
    it takes, where it has none of its own (`taken_from`), why its price is not certain (`why`), and who states it
    (`origin`).

    >>> found = llm_models.prices("openai:gpt-5.2")
    >>> [(row.cls, str(row.rate), row.taken_from) for row in found.rows if row.cls in ("input", "reasoning")]
    [('input', '1.75', None), ('reasoning', '14', 'output')]
    >>> found.rows[0].origin.layer
    'models_dev'
    """
    return store.snapshot().prices(spec, at, mode)
