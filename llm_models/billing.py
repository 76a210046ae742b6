"""Billing: the questions about usage, so that `store` does not load what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_models import meters, store

if TYPE_CHECKING:
    from llm_models.counts import Usage

__all__ = ["usage", "usages"]


def usage(obj: object, protocol: str | None = None, provider: str | None = None) -> Usage:
    """What was counted of one request, as a `Usage`: inclusive totals and their parts.

    `obj` is a usage object of a client library, a response that holds one, a mapping, or JSON text. It may also be the
    list of the events of one answer that Anthropic streamed. A mapping with the names of our own fields works, too.
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
    return meters.read(obj, protocol, None if provider is None else store.parse_provider(provider))


def usages(obj: object, protocol: str | None = None, provider: str | None = None) -> tuple[Usage, ...]:
    """The usages of all requests that an object states; arguments and errors as for `usage`.

    That is one for each request, where an object has a sum and its requests (OpenAI Agents), or where a response took
    several requests whose tokens are not in its totals (Anthropic's compaction). Of a list, all items are read. For
    anything else it is `usage(obj)` alone.

    >>> [one.input for one in llm_models.usages([{"input": 5}, {"input": 7}])]
    [5, 7]
    """
    return meters.read_all(obj, protocol, None if provider is None else store.parse_provider(provider))
