"""Name forms: what a rule about the form of a name is, and the forms that are only spellings; standard library only.

A spelling means the model of an id, at its price. So a name in an entry or in a filter that is a spelling means that
model: one that is denied stays denied under each of them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from re import Pattern
    from typing import Required, TypedDict

    class Rule(TypedDict, total=False):
        """One way to write an id.

        `pattern` must match a whole name; `becomes` is what to write in its place, in this order (default: the group
        `id`), with `lower` in lower case. It holds for `providers` (default: all), and for a name without a provider
        at those of `bare`. `written`, of a rule that is safe: how it writes an `{id}`, of which `{maker}` and `{rest}`
        are the parts before and after the first `/`. `drops_date`: a date is lost. `note`: what is then not known of
        the price. `advice`: what an error states of such a name, in place of "Did you mean". `link`: where this way to
        write an id is documented.
        """

        name: Required[str]
        pattern: Required[str]
        becomes: tuple[str, ...]
        providers: tuple[str, ...]
        bare: tuple[str, ...]
        safe: bool
        written: tuple[str, ...]
        lower: bool
        drops_date: bool
        note: str
        advice: str
        link: Required[str]


VERTEX = ("google_vertex", "google_vertex_anthropic")
GOOGLE = ("google", *VERTEX)
GEMINI_API = "https://ai.google.dev"
VERTEX_API = "https://cloud.google.com/vertex-ai"
_PUBLISHERS = f"{VERTEX_API}/docs/reference/rest/v1/publishers.models"

SPELLINGS: tuple[Rule, ...] = (
    {"name": "models-prefix", "pattern": r"models/(?P<id>.+)", "written": ("models/{id}",),
     "providers": GOOGLE, "bare": ("google",), "safe": True, "link": f"{GEMINI_API}/api/models"},
    {"name": "publisher-prefix",
     "pattern": r"publishers/(?:google/models/(?!claude)|anthropic/models/(?=claude))(?P<id>[^/]+)",
     "written": ("publishers/google/models/{id}", "publishers/anthropic/models/{id}"),
     "providers": GOOGLE, "bare": ("google_vertex",), "safe": True, "link": _PUBLISHERS},
    {"name": "publisher-prefix", "pattern": r"publishers/(?!google/|anthropic/)(?P<maker>[^/]+)/models/(?P<id>[^/]+)",
     "becomes": (r"\g<maker>/\g<id>",), "written": ("publishers/{maker}/models/{rest}",),
     "providers": GOOGLE, "bare": ("google_vertex",), "safe": True, "link": _PUBLISHERS},
)  # fmt: skip
"""The rules for spellings, as rows. They are the first of `name_rules.RULES`."""

_DEPTH = 2
"""How many spellings may follow each other: `models/publishers/google/models/...`."""

_patterns: dict[str, Pattern[str]] = {}


def read_as(name: str, id_of: Callable[[str], str | None], provider: str) -> str | None:
    """The id of the model of a provider that has a name, or of which it is a spelling; None where there is none."""
    found = id_of(name)
    if found is not None or "/" not in name:
        return found
    return next((one for text in plain(provider, name) if (one := id_of(text)) is not None), None)


def plain(provider: str, name: str) -> list[str]:
    """The names of which a name is a spelling at a provider; those models need not exist."""
    rules = _of(provider)
    texts = [name]
    for _ in range(_DEPTH if rules else 0):
        texts += [text for one in texts for _, text in rewritten(one, rules) if text not in texts]
    return texts[1:]


def begins_as_one(provider: str, pattern: str) -> bool:
    """Whether a glob begins as spellings at a provider do: `models/*`, but not `*/*`."""
    heads = [template.partition("/")[0] for rule in _of(provider) for template in rule.get("written", ())]
    return any(pattern.startswith(f"{head}/") for head in heads)


def spelled(provider: str, name: str) -> list[str]:
    """The other spellings of a name at a provider."""
    return [*forms(name, _of(provider))]


def forms(name: str, rules: Iterable[Rule]) -> Iterator[str]:
    """The ways in which rules write a name: each is a text that its rule reads as that name."""
    maker, _, rest = name.partition("/")
    for rule in rules:
        for template in rule.get("written", ()):
            text = template.format(id=name, maker=maker, rest=rest)
            if any(one == name for _, one in rewritten(text, [rule])):
                yield text


def rewritten(text: str, rules: Iterable[Rule]) -> Iterator[tuple[Rule, str]]:
    """What each of the rules makes of a text that it fits."""
    for rule in rules:
        match = pattern_of(rule).fullmatch(text)
        if match is not None:
            for template in rule.get("becomes", (r"\g<id>",)):
                new = match.expand(template)
                yield rule, new.lower() if rule.get("lower") else new


def pattern_of(rule: Rule) -> Pattern[str]:
    """The pattern of a rule, compiled once."""
    text = rule["pattern"]
    if text not in _patterns:
        from re import compile as compile_re

        _patterns[text] = compile_re(text)
    return _patterns[text]


def _of(provider: str) -> list[Rule]:
    return [rule for rule in SPELLINGS if provider in rule.get("providers", (provider,))]
