"""Entries: names of models and providers, words, and patterns, as people and programs write them."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any
from zlib import crc32

from fuzz import world
from fuzz.changes import TEXTS, as_json, changed_text, odd
from fuzz.harness import Entry, holds
from fuzz.records import check_catalogue
from llm_models import (
    AmbiguousModelError,
    InvalidArgumentError,
    InvalidSpecError,
    LLMModelsError,
    ModelNotAllowedError,
    Snapshot,
    UnknownModelError,
    UnknownProviderError,
    UntrustedEndpointError,
    patterns,
    pipeline,
)
from llm_models.errors import ConfigError, EmptyCatalogError
from llm_models.in_use import InUse
from llm_models.modelspec import STYLES
from llm_models.paths import Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

OF_RESOLVE = (
    AmbiguousModelError,
    InvalidArgumentError,
    InvalidSpecError,
    ModelNotAllowedError,
    UnknownModelError,
    UnknownProviderError,
)
"""The errors of `resolve`."""


def _styles(snapshot: Snapshot, text: Any, *_: Any) -> Any:
    """The key of a text, which each style writes so that it is read back."""
    key = snapshot.parse_spec(text)
    for style in STYLES:
        try:
            written = snapshot.format_spec(key, style)
        except InvalidSpecError:
            holds(style == "filename", f"a key that was read has no text ({style})")
            continue
        if style == "filename":
            holds(written.isascii() and "/" not in written and len(written) <= 200, "a file name is unsafe")
        if "~" not in written:  # one that is cut is read back where the model is known
            holds(
                snapshot.parse_spec(written) == key, f"a text is read as another key than it was written for ({style})"
            )
    return key


def _resolved(snapshot: Snapshot, text: Any, *more: Any) -> Any:
    model = snapshot.resolve(text, **({"scope": more[0]} if more else {}))
    holds(snapshot.resolve(model.spec).key == model.key, "the spec of an answer means another model")
    holds(snapshot.allowed(model.spec), "an answer is not allowed")
    return model


def _allowed(snapshot: Snapshot, text: Any, *_: Any) -> Any:
    found = snapshot.allowed(text)
    try:
        snapshot.resolve(text)
    except LLMModelsError:
        holds(not found, "a name is allowed that cannot be resolved")
    else:
        holds(found, "a name that can be resolved is not allowed")
    return found


def _searched(snapshot: Snapshot, text: Any, *_: Any) -> Any:
    found = snapshot.search(text, limit=5)
    json.dumps(found.to_dict())
    holds(len(found.rows) <= min(5, found.total), "a search has more rows than were asked for")
    holds(all(snapshot.allowed(one.model.spec) for one in found.rows), "a search finds what is not shown")
    return found.words, [one.model.spec for one in found.rows]


def _matched(snapshot: Snapshot, *texts: Any) -> Any:
    provider, model, address = [*texts, None, None][:3]
    found = snapshot.match_names(provider, model, address)
    holds(found.model is None or snapshot.allowed(found.model.spec), "a match is not shown")
    holds(found.model is None or found.rule, "a match has no rule")
    return found.model and found.model.spec, found.rule, found.note


ASKS: dict[str, Callable[..., Any]] = {
    "parse": _styles,
    "resolve": _resolved,
    "allowed": _allowed,
    "search": _searched,
    "match": _matched,
    "provider": lambda snapshot, text, *_: snapshot.parse_provider(text),
    "get": lambda snapshot, *texts: snapshot.get_model(*[*texts, "x"][:2]).spec,
    "format": lambda snapshot, *texts: snapshot.format_spec(tuple([*texts, "x"][:2]), [*texts, "", "at"][2]),
    "explain": lambda snapshot, *texts: snapshot.explain(*texts[:2]).to_dict(),
    "history": lambda snapshot, text, *_: snapshot.history(text),
    "provider history": lambda snapshot, text, *_: snapshot.provider_history(text),
    "offers": lambda snapshot, text, *_: snapshot.offers(text),
    "endpoint": lambda snapshot, *texts: snapshot.endpoint(texts[0], **({"base_url": texts[1]} if texts[1:] else {})),
    "wire id": lambda snapshot, text, *_: snapshot.wire_id(text),
    "names": lambda snapshot, text, *_: snapshot.list_models(text),
}
SLOW = ("search", "offers", "history")
"""What takes long of the packaged catalogue."""


def asked(data: bytes) -> tuple[Any, ...]:
    """The answer to a question about names, as it can be compared."""
    given = json.loads(data)
    snapshot = world.shown(given["of"])
    texts = given["texts"] or [""]
    one = ASKS[given["ask"]](snapshot, *texts)
    return (given, repr(one))


def check_same(data: bytes, one: tuple[Any, ...]) -> None:
    """The same question has the same answer."""
    if crc32(data) % 8 == 0:
        given, shown = one
        holds(repr(ASKS[given["ask"]](world.shown(given["of"]), *(given["texts"] or [""]))) == shown, "another answer")


def _name_seeds() -> list[Any]:
    """Names of each kind: of the catalogues, of other tools, and words."""
    small = [one.spec for one in world.shown("base").list_models()] + ["own:mine", "mine-1", "openai:gone", "left:gone"]
    packaged = [one.spec for one in islice(world.packaged().list_models(), 0, None, 40)]
    other = ["gpt-4o@openai", "openai/gpt-4o", "openrouter/openai/gpt-4o", "azure/eu/gpt-4o", "models/gemini-3.5-flash",
             "claude-haiku-4-5@20251001@google-vertex", "us.anthropic.claude-haiku-4-5-20251001-v1:0",
             "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0", "GPT-4o",
             "projects/p/locations/us/publishers/google/models/gemini-3.5-flash", "glm%2Fglm-5%3Afree@wafer_ai",
             "ft:gpt-4o:org::id", "gpt-4o-latest", "openai", "google-vertex", "x" * 198 + "@openai"]  # fmt: skip
    words = [
        "cheap vision",
        "gpt mini",
        "free long context image generation",
        "claude sonet",
        "the model",
        "tools json",
    ]
    urls = [
        "https://api.openai.com/v1",
        "own.example",
        "http://[::1",
        "https://x:y@z/",
        "//",
        "https://a.example:99999",
    ]
    return [small, packaged, other, words, urls]


def _change_name(rng: Random, seeds: Sequence[Any]) -> bytes:
    small, packaged, other, words, urls = seeds
    ask = rng.choice([*ASKS, "parse", "resolve", "resolve", "match"])
    of = "packaged" if rng.random() < (0.02 if ask in SLOW else 0.15) else rng.choice(("base", "filtered"))
    texts: list[Any] = []
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        pool = rng.choice(
            (small, small, packaged if of == "packaged" else small, other, words if ask == "search" else other, urls)
        )
        text = rng.choice(pool)
        if ask in ("get", "format", "match") and rng.random() < 0.5:
            text = text.partition(":")[2 if texts else 0] or text
        texts.append(changed_text(rng, text, [*small, *other]) if rng.random() < 0.85 else text)
    if rng.random() < 0.03:
        texts[rng.randrange(len(texts))] = odd(rng)
    if ask == "format":
        texts = [*texts, "x"][:2] + ([rng.choice((*STYLES, rng.choice(TEXTS)))] if rng.random() < 0.8 else [])
    return as_json({"of": of, "ask": ask, "texts": texts}).encode()


# Patterns


def globbed(data: bytes) -> list[str]:
    """What patterns show of a provider: each model is hidden by `deny`, or shown by `allow` of the same ones."""
    given = json.loads(data)
    globs, provider, names = given["patterns"], given["provider"], given["names"]
    for one in globs:
        problem = patterns.pattern_problem(one)
        holds(problem is None or problem.strip(), "a pattern is refused without a reason")
        if problem is None:
            test = patterns.matcher(one, _no_id, provider)
            for name in names:
                holds(test([name]) in (True, False), "a test gives no answer")
                if "/" not in one and name.strip():
                    holds(
                        patterns.matcher(patterns.literal(name), _no_id, provider)([name]),
                        "a literal does not match its text",
                    )
    file = world.shown("base").file
    where = provider if provider in file.blocks else "openai"
    every = [model.spec for model in world.shown("base").list_models(where)]
    rest = [name for name in file.blocks if name != where]
    denied = Snapshot(file, deny={where: globs})
    shown = {model.spec for model in denied.list_models(where)}
    allowed = Snapshot(file, allow={where: globs, **dict.fromkeys(rest, "all")})
    kept = {model.spec for model in allowed.list_models(where)}
    holds(
        shown | kept == {*every} and not shown & kept, "allow and deny of the same patterns do not complete each other"
    )
    holds(all(denied.allowed(spec) == (spec in shown) for spec in every), "a list and a lookup differ in what is shown")
    listed = world.shown("base").list_models(where, allow={where: globs})
    holds({model.spec for model in listed} == kept, "the argument allow= of a list means something else")
    if crc32(data) % 20 == 0:
        text = {"exclude": {where: globs}, "known": [f"{where}:{one}" for one in globs]}
        merged, _ = pipeline.merge_application(InUse(file, Folder(None, None), None), overrides=text)
        if merged.blocks:
            check_catalogue(merged)
    return sorted(kept)


def _no_id(_name: str) -> None:
    return None


def _change_pattern(rng: Random, seeds: Sequence[Any]) -> bytes:
    globs, names = seeds
    few = []
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        which = rng.random()
        one: Any = rng.choice(globs) if which < 0.9 else rng.choice(TEXTS)
        if which < 0.1:
            one = "".join(
                rng.choice(("*", "?", "[", "]", "!", "-", "a", "gpt", "4", "\\", "/", "^", "o"))
                for _ in range(rng.choice((3, 9, 40)))
            )
        elif which < 0.8:
            one = changed_text(rng, one, names)
        few.append(odd(rng) if rng.random() < 0.02 else one)
    texts = [changed_text(rng, rng.choice(names)) if rng.random() < 0.5 else rng.choice(names) for _ in range(3)]
    provider = rng.choice(("openai", "openai", "google_vertex", "wafer_ai", "azure"))
    return as_json({"patterns": few, "provider": provider, "names": texts}).encode()


def _pattern_seeds() -> list[Any]:
    globs = ["*", "gpt-4o*", "*-mini", "gpt-?o", "gpt-[0-9]o*", "*[!o]", "o3-mini", "GPT-4O", "openai/gpt*", "*/*",
             "glm/*", "*:free", "claude-haiku-4-5@*", "[[]", "[]]", "[a-", "[z-a]", "?" * 40, "*a" * 60]  # fmt: skip
    return [globs, [one.id for one in world.shown("base").list_models()]]


ENTRIES = {
    "names": Entry(
        seeds=_name_seeds,
        change=_change_name,
        call=asked,
        errors=(*OF_RESOLVE, UntrustedEndpointError),
        laws=(check_same,),
        planted="llm_models.snapshot.locate",
    ),
    "globs": Entry(
        seeds=_pattern_seeds,
        change=_change_pattern,
        call=globbed,
        errors=(ConfigError, EmptyCatalogError),
        laws=(),
        planted="llm_models.filters.matcher",
    ),
}
