"""Name rules: the ways to write an id that the catalogue does not list, and what each means; standard library only.

`RULES` is the data, the rest applies it. A rule rewrites a whole name into others, and one of these must be a name of
the same provider. Rules follow each other, at most `MOST` of them: an ARN holds the id of an inference profile, which
holds an id behind a region. These laws hold for all of them:

- A name that the provider has is never rewritten: it has its own price.
- `resolve` applies only rules that are `safe`. They keep what a caller fixed on purpose, a date or a fine-tune.
- A name that an `exclude` removed leads to no other model.
- A date is not dropped where the provider has, or had, records of that id with a date: then dates have prices.
"""

from __future__ import annotations

from llm_models.errors import printable
from llm_models.name_forms import GEMINI_API, GOOGLE, SPELLINGS, VERTEX, VERTEX_API, forms, pattern_of, rewritten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llm_models.name_forms import Rule
    from llm_models.view import ModelRow, View

    Reading = tuple[ModelRow, tuple[Rule, ...], tuple[str, ...]]
    """The row of a model, the rules that led to it, in their order, and the names on the way, the given one first."""

MOST = 4
"""How many rules may follow each other."""
THEN = " + "
"""The text between the names of rules that follow each other."""
LONGEST = 500
"""The longest name that rules are applied to, in characters."""

_BEDROCK = ("amazon_bedrock",)
_REGIONS = "us-gov|us|eu|apac|jp|au|ca|in|global"
_AZURE = ("azure", "azure_cognitive_services")
_DATE = r"(?P<y>20[2-9]\d)(?P<s>-?)(?!02-?3|(?:04|06|09|11)-?31)(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01])"
"""A day of the calendar: `2024-11-20` or `20241120`."""

_REGION = "the price of this region is not stated; the price shown is that of the id without a region"
_ROUTING = "the suffix can change the price"
_TUNED = "a fine-tuned model has its own price; the price shown is that of its base model"
_DEFINE = (
    "It is a fine-tune of '{spec}', with its own price: "
    'define it under [[models]], with base = "{spec}" and its cost.'
)
_CONTEXT = "requests with a longer context can have another price"
_DATED = "the catalogue does not list this version, and a version can have its own price"

_AWS = "https://docs.aws.amazon.com/bedrock/latest/userguide"
_LITELLM = "https://docs.litellm.ai/docs"
_MICROSOFT = "https://learn.microsoft.com/azure/ai-foundry"
_OPENAI = "https://platform.openai.com/docs"
_ROUTER = "https://openrouter.ai/docs/guides/routing/model-variants/overview"

# The order counts: one rule comes before two, and of two rules that lead to a model, the first is used.
RULES: tuple[Rule, ...] = (
    *SPELLINGS,
    {"name": "region-prefix", "pattern": rf"(?:{_REGIONS})\.(?P<id>(?!(?:{_REGIONS})\.)[a-z0-9-]+\..+)",
     "written": tuple(f"{one}.{{id}}" for one in _REGIONS.split("|")),
     "providers": _BEDROCK, "bare": _BEDROCK, "safe": True, "note": _REGION,
     "link": f"{_AWS}/inference-profiles-support.html"},
    {"name": "router-suffix", "pattern": r"(?P<id>.+):(?:online|nitro|floor|exacto|thinking|extended)",
     "written": tuple(f"{{id}}:{one}" for one in ("online", "nitro", "floor", "exacto", "thinking", "extended")),
     "providers": ("openrouter",), "safe": True, "note": _ROUTING, "link": _ROUTER},
    {"name": "vertex-path",
     "pattern": r"(?://aiplatform\.googleapis\.com/)?projects/[^/]+/locations/[^/]+/(?P<id>publishers/.+)",
     "providers": GOOGLE, "bare": ("google_vertex",),
     "link": f"{VERTEX_API}/docs/reference/rest/v1/projects.locations.publishers.models"},
    {"name": "method-suffix",
     "pattern": r"(?P<id>.+):(?:(?:stream)?(?:[gG]enerateContent|[rR]awPredict)|embedContent|countTokens|predict)",
     "providers": GOOGLE, "bare": ("google_vertex",), "link": f"{GEMINI_API}/api/generate-content"},
    {"name": "arn",
     "pattern": r"arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:(?:foundation-model|inference-profile)/(?P<id>[^/]+)",
     "providers": _BEDROCK, "bare": _BEDROCK, "link": f"{_AWS}/inference-profiles-use.html"},
    {"name": "route", "pattern": r"(?:converse|converse_like|invoke)/(?P<id>.+)",
     "providers": _BEDROCK, "link": f"{_LITELLM}/providers/bedrock"},
    {"name": "route", "pattern": r"responses/(?P<id>.+)",
     "providers": (*_AZURE, "openai"), "link": f"{_LITELLM}/response_api"},
    {"name": "region-path", "pattern": r"[a-z]{2}(?:-gov)?-[a-z]+-\d/(?P<id>.+)",
     "providers": _BEDROCK, "note": _REGION, "link": f"{_LITELLM}/providers/bedrock"},
    {"name": "region-path", "pattern": r"(?:us-gov|us|eu|apac|global|global-standard)/(?P<id>.+)",
     "providers": _AZURE, "note": _REGION, "link": f"{_LITELLM}/providers/azure"},
    {"name": "context-suffix", "pattern": r"(?P<id>.+:\d+):(?:\d+k|mm)",
     "providers": _BEDROCK, "note": _CONTEXT, "link": f"{_AWS}/prov-throughput.html"},
    {"name": "context-suffix", "pattern": r"(?P<id>(?:.*[./])?claude-.+)\[1[mM]\]",
     "note": _CONTEXT, "link": "https://code.claude.com/docs/en/model-config"},
    {"name": "provider-suffix",
     "pattern": r"(?P<id>.+):(?:fastest|cheapest|preferred|baseten|cerebras|cohere|deepinfra|featherless-ai"
                r"|fireworks-ai|groq|hf-inference|hyperbolic|nebius|novita|nscale|ovhcloud|publicai|sambanova|scaleway"
                r"|together|zai-org)",
     "providers": ("huggingface",), "note": _ROUTING, "link": "https://huggingface.co/docs/inference-providers"},
    {"name": "fine-tune", "pattern": r"ft:(?P<id>[^:]+)(?::.*)?",
     "providers": ("openai", "mistral"), "bare": ("openai", "mistral"), "note": _TUNED, "advice": _DEFINE,
     "link": f"{_OPENAI}/guides/model-optimization"},
    {"name": "fine-tune", "pattern": r"(?P<id>.+)\.ft-.+",
     "providers": _AZURE, "note": _TUNED, "advice": _DEFINE, "link": f"{_MICROSOFT}/openai/how-to/fine-tuning-deploy"},
    {"name": "spelling", "pattern": r"gpt-35-(?P<id>.+)", "becomes": (r"gpt-3.5-\g<id>",),
     "providers": _AZURE, "link": f"{_MICROSOFT}/openai/how-to/switching-endpoints"},
    {"name": "spelling", "pattern": r"(?=.*[A-Z])(?P<id>.+)", "lower": True,
     "providers": _AZURE, "link": f"{_MICROSOFT}/foundry-models/concepts/models-sold-directly-by-azure"},
    {"name": "spelling",
     "pattern": r"(?P<maker>anthropic/claude-)(?P<version>\d+(?:\.\d+)?)-(?P<line>[a-z]+)(?P<rest>-.+)?",
     "becomes": (r"\g<maker>\g<line>-\g<version>\g<rest>",),
     "providers": ("openrouter",), "link": "https://openrouter.ai/docs/api-reference/list-available-models"},
    {"name": "google-prefix", "pattern": r"google/(?!claude)(?P<id>[^/]+)",
     "providers": VERTEX, "link": f"{VERTEX_API}/generative-ai/docs/migrate/openai/overview"},
    {"name": "anthropic-id", "pattern": r"(?P<id>claude-.+)",
     "becomes": (r"anthropic.\g<id>", r"anthropic.\g<id>-v1:0", r"anthropic.\g<id>-v1"),
     "providers": _BEDROCK, "note": _REGION, "link": f"{_AWS}/model-parameters-anthropic-claude-messages.html"},
    {"name": "default-version", "pattern": r"(?P<id>claude-[^@]+)", "becomes": (r"\g<id>@default",),
     "providers": VERTEX, "link": f"{VERTEX_API}/generative-ai/docs/partner-models/claude"},
    {"name": "date-format", "pattern": rf"(?P<id>.+)[-@]{_DATE}",
     "becomes": (r"\g<id>-\g<y>-\g<m>-\g<d>", r"\g<id>-\g<y>\g<m>\g<d>", r"\g<id>@\g<y>\g<m>\g<d>",
                 r"\g<id>-\g<m>\g<d>", r"\g<id>-\g<m>-\g<d>"),
     "link": "https://docs.claude.com/en/docs/about-claude/models/overview"},
    {"name": "revision", "pattern": r"(?P<id>(?:google/)?gemini-.+)[-@]0\d\d",
     "note": _DATED, "link": f"{GEMINI_API}/gemini-api/docs/models"},
    {"name": "revision", "pattern": r"(?P<id>[a-z0-9-]+\..+?)(?:-v1)?:0",
     "providers": _BEDROCK, "note": _DATED, "link": f"{_AWS}/models-supported.html"},
    {"name": "revision", "pattern": r"(?P<id>text-embedding-ada-002)-v?2",
     "providers": ("openai", *_AZURE), "note": _DATED, "link": f"{_OPENAI}/guides/embeddings"},
    {"name": "date", "pattern": r"z-ai/glm-4\.6-20251208", "becomes": ("z-ai/glm-4.6v",),
     "providers": ("openrouter",), "note": _DATED, "link": "https://openrouter.ai/z-ai/glm-4.6v"},
    {"name": "date", "pattern": rf"(?P<id>.+(?<!-latest))[-@]{_DATE}", "drops_date": True,
     "note": _DATED, "link": f"{_OPENAI}/models"},
)  # fmt: skip
"""The rules, as rows. Rows with one name are one rule for people, in the form that each provider gives it."""

_held: dict[tuple[str | None, bool], list[Rule]] = {}


def safe(view: View, provider: str | None, name: object) -> Reading | None:
    """What safe rules make of a name that leads to no model; without a provider, those of rules that name one.

    The row may be hidden: see `hidden`. What was asked for stays the id that is sent.
    """
    return read(view, provider, name, only_safe=True)


def near(view: View, provider: str | None, name: object) -> Reading | None:
    """What any rule makes of a name, for the hint of an error: every date may be dropped. None for a hidden model."""
    found = read(view, provider, name, strict=False)
    return None if found is None or hidden(view, found) is not None else found


def near_match(view: View, provider: str | None, name: object) -> str | None:
    """The spec of the model that `near` finds."""
    found = near(view, provider, name)
    if found is None:
        return None
    home, row = found[0]
    return f"{home}:{view.file.block(home).ids[row]}"


def advice_of(rules: Iterable[Rule], spec: str) -> str:
    """What an error states of a name that rules read as the model `spec`, if that is more than "Did you mean"."""
    advised = [rule["advice"] for rule in rules if "advice" in rule]
    return advised[0].format(spec=printable(spec)) if advised else ""


def read(
    view: View, provider: str | None, name: object, *, only_safe: bool = False, strict: bool = True
) -> Reading | None:
    """What rules make of a name; that of the fewest rules, or None. Without `strict`, every date may be dropped."""
    if not isinstance(name, str) or len(name) > LONGEST:
        return None
    if provider is None:  # each provider that a rule names for names that come alone
        forms = [rule for rule in _rules(None, only_safe) if pattern_of(rule).fullmatch(name)]
        homes = [
            home
            for home in dict.fromkeys(home for rule in forms for home in rule.get("bare", ()))
            if home in view.known
        ]
    else:
        homes = [provider]
    found = (_read(view, home, name, _rules(home, only_safe), strict) for home in homes)
    return next(filter(None, found), None)


def meanings(provider: str | None, name: str) -> Iterator[tuple[str, str]]:
    """What one safe rule makes of a name: a provider, and the name of a model that need not exist."""
    for rule, text in rewritten(name, _rules(provider, only_safe=True)):
        for home in rule.get("bare", ()) if provider is None else (provider,):
            yield home, text


def is_safe_form(provider: str, name: str) -> bool:
    """Whether a name has a form that a safe rule of a provider reads; the model need not exist."""
    return any(pattern_of(rule).fullmatch(name) for rule in _rules(provider, only_safe=True))


_safe: dict[tuple[str, str], list[str]] = {}


def _safe_forms(provider: str, name: str) -> list[str]:
    """The forms of a name that safe rules of a provider read; kept, because each pattern is compared with them."""
    found = _safe.get((provider, name))  # once: another thread may clear them
    if found is None:
        if len(_safe) >= 20_000:
            _safe.clear()
        found = _safe[provider, name] = [*forms(name, _rules(provider, only_safe=True))]
    return found


_every: dict[tuple[str, tuple[str, ...]], list[str]] = {}


def _every_form(provider: str, names: tuple[str, ...]) -> list[str]:
    """The forms of all these names; kept, because a file may have many patterns of one provider."""
    found = _every.get((provider, names))
    if found is None:
        if len(_every) >= 64:
            _every.clear()
        found = _every[provider, names] = [form for name in names for form in _safe_forms(provider, name)]
    return found


def safe_form(provider: str, names: Sequence[str], pattern: str) -> str | None:
    """A form of one of a provider's names that a pattern means and that safe rules read; None where there is none."""
    from llm_models.patterns import matcher

    rules = _rules(provider, only_safe=True)
    test = matcher(pattern, lambda _: None)
    every = _every_form(provider, tuple(names))
    form = next((form for form in every if test([form])), None) if test(every) else None
    texts = [] if form is not None else [pattern]
    for _ in range(MOST):  # rules that follow each other
        texts = [new for text in texts for _, new in rewritten(text, rules)]
        if any(matcher(text, lambda _: None)(names) for text in texts):
            return pattern
    return form


def hidden(view: View, found: Reading) -> tuple[str, str | None] | None:
    """Why a model that rules found is hidden, as (section, pattern): a `deny` counts for each name on the way, too."""
    (provider, row), _, names = found
    reason = view.hidden(provider, row)
    if reason is None and view.filters is not None:
        denied = view.filters.reason(provider, names, view.id_of)
        reason = denied if denied is not None and denied[0] == "deny" else None
    return reason


def names_of(rules: Iterable[Rule]) -> str:
    """The names of rules, in the order in which they were used: `arn + region-prefix`."""
    return THEN.join(rule["name"] for rule in rules)


def note_of(rules: Iterable[Rule]) -> str:
    """What people must know about the price of a model that rules found, or the empty text."""
    return "; ".join(dict.fromkeys(rule["note"] for rule in rules if "note" in rule))


def _rules(provider: str | None, only_safe: bool) -> list[Rule]:
    """The rules that hold for a provider; for None, those that name providers for names that come alone."""
    if (provider, only_safe) not in _held:
        rules = [rule for rule in RULES if rule.get("safe") or not only_safe]
        _held[provider, only_safe] = [
            rule
            for rule in rules
            if ("bare" in rule if provider is None else provider in rule.get("providers", (provider,)))
        ]
    return _held[provider, only_safe]


def _read(view: View, provider: str, name: str, rules: list[Rule], strict: bool) -> Reading | None:
    """The model of a provider to which the fewest rules lead."""
    if not rules:
        return None
    block = view.file.block(provider)
    tried = {name}
    paths: list[tuple[tuple[Rule, ...], tuple[str, ...]]] = [((), (name,))]
    for _ in range(MOST):
        longer = []
        for used, names in paths:
            for rule, text in rewritten(names[-1], rules):
                if text in tried:
                    continue
                tried.add(text)
                path = (*used, rule)
                model_id = block.id_of(text)
                if model_id is None:
                    longer.append((path, (*names, text)))
                elif any(view.removed(provider, one) is not None for one in names):
                    return None
                elif not strict or not any(_has_dates(view, provider, *step) for step in zip(path, names, strict=True)):
                    return (provider, block.rows[model_id]), path, names
        paths = longer
    return None


def _has_dates(view: View, provider: str, rule: Rule, name: str) -> bool:
    """Whether a rule drops the date of a name, and dates of that id have, or had, records of their own."""
    if not rule.get("drops_date"):
        return False
    fits = pattern_of(rule).fullmatch
    (base,) = [match["id"] for match in [fits(name)] if match]
    block = view.file.block(provider)
    others = [fits(name) for name in (*block.ids, *block.served) if name.startswith(base)]
    return any(other["id"] == base for other in others if other) or view.past.is_gone(provider, name)
