"""What the worked examples are about, and why the answers of the peers differ, as tables; `costs.py` uses them.

The reasons were found by running the releases in `peers-costs.txt` and reading their source.
"""

from __future__ import annotations

ABOUT = {
    "anthropic-plain": "input and output",
    "anthropic-cache-write": "a cache is written; its tokens are not in `input_tokens`",
    "anthropic-cache-5m-1h": "a cache is written for 5 minutes and for an hour",
    "anthropic-web-search": "a fee for each web search",
    "anthropic-tier-at-threshold": "as much input as the limit of the long price",
    "anthropic-tier-above": "one token more than the limit",
    "openai-cache-write": "a cache is written; its tokens are in `input_tokens`",
    "openai-long-mixed": "the long price, with a cache that is read and written",
    "openai-reasoning-inclusive": "reasoning that is in the output",
    "openai-dated-before": "a day before the price changed",
    "openai-image-overlap": "text and images, in part cached",
    "google-image-output": "a generated image, text and thoughts",
    "deepseek-peak": "prices by the hour",
    "perplexity-30-searches": "searches alone",
    "perplexity-request-fee": "a fee for each request",
    "bedrock-exclusive": "cached tokens that are not in `inputTokens`",
    "openai-standard": "a cache that is read",
    "openai-flex": "the mode `flex`",
    "openai-mode-mistyped": "a mode that does not exist",
    "xai-reasoning-exclusive": "reasoning that is not in the output",
    "google-thoughts-tools-audio": "thoughts, results of tools, audio, and a cache of text",
    "langchain-split-by-ttl": "a cache by lifetimes, as LangChain counts it",
    "otel-1h-unknowable": "a cache of which the lifetime is not stated",
    "unknown-audio": "audio, and no price of audio",
    "unknown-price": "a model without prices",
    "automatic-caching-assumed": "a cache is written, and no price of that",
    "thinking-mode": "a mode in which all output costs more",
    "parts-exceed": "more cached tokens than input",
    "response-mode-wins": "`priority` was asked for, `default` was served",
    "response-mode-by-request-body": "the mode `fast`, which the response calls `priority`",
    "batch-is-the-callers-word": "a batch, whose responses state `default`",
    "mode-leaves-a-class-out": "a mode without a price of cached tokens",
    "tier-under-a-mode": "the long price, and a mode that has none",
    "sum-over-requests-refused": "a sum of requests that may be in the long price",
    "sum-over-requests-below": "a sum of requests that cannot be in it",
    "reported-cost-stands-beside": "a response that states its own cost",
    "negotiated-base-only": "own prices beside a list price",
}
"""Example -> what it is about."""

REASONS: dict[str, dict[str, tuple[str, ...]]] = {
    "genai-prices": {
        "A mode that no variant has is charged as standard, without a message.": ("openai-mode-mistyped",),
        "It refuses a usage with cached tokens and audio that does not state cached audio, though the details of the "
        "cache add up without it.": ("google-thoughts-tools-audio",),
        "A part of the input without a price is charged as input.": ("unknown-audio",),
        "A model without prices costs 0. (One that it does not list is an error.)": ("unknown-price",),
        "It does not read of how many requests a usage is the sum, so the sum decides whether the long price holds.": (
            "sum-over-requests-refused",
        ),
    },
    "model-prices": {
        "It has no fees.": ("anthropic-web-search", "perplexity-30-searches", "perplexity-request-fee"),
        "It counts input, output and caches, and neither images nor audio.": (
            "openai-image-overlap",
            "google-image-output",
            "google-thoughts-tools-audio",
            "unknown-audio",
        ),
        "It takes the input without the cached part, and a negative number lowers the cost.": ("parts-exceed",),
        "It does not take the number of requests, so the sum decides whether the long price holds.": (
            "sum-over-requests-refused",
        ),
    },
    "litellm": {
        "A model has the prices of one time.": ("openai-dated-before",),
        "It charges the fee of a search for each search that the usage counts, and has no fee for each request: of "
        "Perplexity, it takes the cost that the usage states, else one fee for each counted search.": (
            "perplexity-request-fee",
        ),
        "Its modes are those of a service tier, and batches.": ("thinking-mode",),
        "A mode that it does not know is charged as standard, without a message.": ("openai-mode-mistyped",),
        "A part of the input without a price is charged as input.": ("unknown-audio",),
        "A model without prices costs 0. (One that it does not list is an error.)": ("unknown-price",),
        "It charges all cached tokens, and counts the rest of the input as 0 instead of a negative number.": (
            "parts-exceed",
        ),
        "Where a mode states no long price, it charges that of the standard list. llm_models charges the price of the "
        "mode, and reports that this is assumed.": ("tier-under-a-mode",),
        "It does not read of how many requests a usage is the sum, so the sum decides whether the long price holds.": (
            "sum-over-requests-refused",
        ),
    },
    "tokencost": {
        "It has no price of tokens that are written to a cache.": (
            "anthropic-cache-write",
            "anthropic-cache-5m-1h",
            "openai-cache-write",
            "openai-long-mixed",
            "langchain-split-by-ttl",
            "otel-1h-unknowable",
            "automatic-caching-assumed",
            "negotiated-base-only",
        ),
        "It has no price of long requests.": ("anthropic-tier-above", "sum-over-requests-refused"),
        "It has no fees.": ("anthropic-web-search", "perplexity-30-searches", "perplexity-request-fee"),
        "A model has the prices of one time.": ("openai-dated-before",),
        "It counts input, output and cached input, and neither images nor audio.": (
            "openai-image-overlap",
            "google-image-output",
            "google-thoughts-tools-audio",
            "unknown-audio",
        ),
        "It has no modes.": (
            "openai-flex",
            "openai-mode-mistyped",
            "thinking-mode",
            "response-mode-by-request-body",
            "batch-is-the-callers-word",
            "mode-leaves-a-class-out",
            "tier-under-a-mode",
        ),
        "It takes the input without the cached part, and a negative number lowers the cost.": ("parts-exceed",),
    },
}
"""Peer -> why its answer differs -> the examples."""

REMARKS = {
    "genai-prices": "It computes in decimals. It reads the usage of the providers' APIs. The mode is `price_context`, "
    "which its caller takes from the response.",
    "model-prices": "It computes in floats, and reads no usage objects: it got the counts that are right. `cost` takes "
    "only models of its own list, so the prices of an example were put in place of the list that it downloads.",
    "litellm": "It computes in floats, and reads the usage of the providers' APIs. `completion_cost` was called with "
    "`custom_pricing=True`, as LiteLLM does for own prices; without that, it answers `reported-cost-stands-beside` "
    "with the cost that the response states. It prices at the current time, so an internal function set its clock.",
    "tokencost": "It computes in decimals. Its main purpose is to count the tokens of texts; here it got the counts "
    "that are right. `anthropic-tier-at-threshold` and `deepseek-peak` are right because the base price holds in them.",
}
"""Peer -> how it was asked, and what else a reader has to know."""
