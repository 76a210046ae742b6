"""Which models are shown: `allow` and `deny`; standard library only.

`patterns` decides which models a pattern means. Deny wins. The patterns of a provider are compiled once, when they are
first needed.
"""

from __future__ import annotations

from llm_models.errors import ConfigError, Problem, dotted, printable
from llm_models.modelspec import fold_provider
from llm_models.patterns import EVERY, matcher, pattern_problem, spread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any

    from llm_models.patterns import Test

    Allow = str | Mapping[str, str | Sequence[str]] | None
    Deny = Mapping[str, Sequence[str]] | None
    IdOf = Callable[[str, str], str | None]
    """The id of the model of a provider that has a name; None where no model has it."""


class Filters:
    """`allow` and `deny` with canonical provider ids.

    `allow` is None or `"all"`, or provider -> `"all"` or patterns; `deny` is provider -> patterns. A provider that
    `provider_id` does not find, or that is listed twice, is a `ConfigError`: a mistyped deny must not open a door.
    (`known` are the providers, for a hint.) A provider that is gone, as `was_known` states, is left out and listed in
    `gone`. An `allow` with no other provider allows nothing.
    """

    __slots__ = ("_compiled", "allow", "deny", "gone")

    def __init__(
        self,
        allow: Allow,
        deny: Deny,
        provider_id: Callable[[str], str | None] = fold_provider,
        known: Collection[str] = (),
        was_known: Callable[[str], bool] | None = None,
    ) -> None:
        problems: list[Problem] = []
        self.gone: list[str] = []

        def section(name: str, value: Any) -> dict[str, Any]:
            return _section(name, value, provider_id, known, was_known, problems, self.gone)

        self.allow = None if allow in (None, "all") or allow == {} else section("allow", allow)
        self.deny = section("deny", {} if deny is None else deny)
        if problems:
            raise ConfigError("; ".join(map(str, problems)), problems=tuple(problems))
        self._compiled: dict[str, tuple[Any, Any]] = {}

    def over(self, allow: Any, deny: Deny) -> Filters:
        """These filters on top of a weaker layer's, whose provider ids are canonical; denies are united."""
        merged = Filters(None, None)
        merged.allow = (None if allow == "all" else allow) if self.allow is None else self.allow
        merged.deny = {name: list(globs) for name, globs in (deny or {}).items()}
        for provider, globs in self.deny.items():
            merged.deny.setdefault(provider, []).extend(globs)
        return merged

    def restricts(self, provider: str) -> bool:
        """Whether a model of that provider may be hidden."""
        return bool(self.deny.get(provider)) or (self.allow is not None and self.allow.get(provider) != "all")

    def reason(self, provider: str, names: Sequence[str], id_of: IdOf) -> tuple[str, str | None] | None:
        """Why a model with these names, its id first, is hidden, as (section, pattern), or None when it is shown.

        `id_of` is that of the catalogue which the filters are about, the same in every call.
        """
        compiled = self._compiled.get(provider)
        if compiled is None:
            compiled = self._compiled.setdefault(provider, self._compile(provider, id_of))
        allowed, denied = compiled
        for pattern, test in denied:
            if test(names):
                return "deny", pattern
        return None if allowed is None or any(test(names) for test in allowed) else ("allow", None)

    def _compile(self, provider: str, id_of: IdOf) -> tuple[list[Test] | None, list[tuple[str, Test]]]:
        def compiled(pattern: str) -> Test:
            return matcher(pattern, lambda name: id_of(provider, name), provider)

        allowed = None
        if self.allow is not None:
            patterns = self.allow.get(provider, [])
            allowed = None if patterns == "all" else [*map(compiled, patterns)]
        return allowed, [(pattern, compiled(pattern)) for pattern in self.deny.get(provider, [])]


def _section(
    name: str, section: Any, provider_id: Callable[[str], str | None], known: Collection[str],
    was_known: Callable[[str], bool] | None, problems: list[Problem], gone: list[str],
) -> dict[str, Any]:  # fmt: skip
    """One section by canonical provider id; adds what is wrong with it to `problems`, and what is gone to `gone`.

    What it states for all providers stands at each of those that are `known`.
    """
    if hasattr(section, "items") and EVERY in section:
        before = len(problems)
        rest = {spelling: globs for spelling, globs in section.items() if spelling != EVERY}
        every = _section(name, {"all providers": section[EVERY]}, lambda _: EVERY, (), None, problems, gone)
        if len(problems) > before:
            return {}
        return spread(_section(name, rest, provider_id, known, was_known, problems, gone) | every, known)
    or_all = ' or "all"' if name == "allow" else ""
    whole = '"all"' if or_all else '["*"]'
    if not hasattr(section, "items"):
        message = f"{name} must be a table from provider to patterns{or_all} (found {type(section).__name__})"
        problems.append(Problem(message, path=name, hint=f'For a whole provider, write {{"openai": {whole}}}.'))
        return {}
    plain: dict[str, Any] = {}
    for spelling, globs in section.items():
        found = provider_id(str(spelling))
        provider = found or fold_provider(str(spelling))
        messages: list[str] = []
        hint = ""
        if provider in plain:
            messages = [f"duplicate entry for provider '{printable(provider)}'; merge the two"]
        elif found is None and was_known is not None and was_known(provider):
            gone.append(f"{name}.{provider}")
            continue
        elif found is None:
            messages = [f"unknown provider '{printable(spelling)}'"]
            from llm_models.similarity import provider_hint

            hint = provider_hint(provider, known).strip()
        elif globs == "all" and or_all:
            plain[provider] = "all"
        elif isinstance(globs, str) or not hasattr(globs, "__iter__"):
            messages = [f"expected a list of patterns{or_all} (found {type(globs).__name__})"]
            hint = f"For the whole provider, write {whole}."
        else:
            plain[provider] = list(globs)  # read once, because it may be a generator
            messages = [problem for problem in map(pattern_problem, plain[provider]) if problem]
        problems += [Problem(message, path=dotted((name, str(spelling))), hint=hint) for message in messages]
        plain.setdefault(provider, [])
    return plain
