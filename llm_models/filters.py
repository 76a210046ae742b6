"""Which models are shown: `allow` and `deny`; standard library only.

Patterns are globs (`*`, `?`, `[...]`, case-sensitive) that must match a whole name. A pattern that matches the id or an
alias matches the model. Deny wins. The patterns of a provider are compiled once, when they are first needed.
"""

from __future__ import annotations

from llm_models.errors import ConfigError, Problem, dotted, printable
from llm_models.modelspec import fold_provider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any

    Allow = str | Mapping[str, str | Sequence[str]] | None
    Deny = Mapping[str, Sequence[str]] | None

MAX_PATTERN = 500
"""The longest pattern that is accepted, in characters."""


def glob_problem(pattern: object) -> str | None:
    """Why `pattern` cannot be a glob, or None when it can."""
    if not isinstance(pattern, str):
        return f"a pattern must be a string (found {type(pattern).__name__})"
    if not pattern.strip():
        return "an empty pattern matches nothing"
    if len(pattern) > MAX_PATTERN:
        return f"the pattern has {len(pattern)} characters (at most {MAX_PATTERN})"
    return None


def is_exact(pattern: str) -> bool:
    """Whether a pattern has no wildcard, so that it is the name of one model."""
    return not any(character in pattern for character in "*?[")


def compile_glob(pattern: str) -> Callable[[str], Any]:
    """A test whether a whole name matches a glob. Its time depends only on their lengths.

    >>> bool(compile_glob("gpt-5*")("gpt-5.4-mini"))
    True
    """
    if is_exact(pattern):
        return pattern.__eq__
    from fnmatch import translate
    from re import compile as compile_re

    return compile_re(translate(pattern)).match


class Filters:
    """`allow` and `deny` with canonical provider ids.

    `allow` is None or `"all"`, or provider -> `"all"` or globs; `deny` is provider -> globs. A provider that is not in
    `known`, or is listed twice, is a `ConfigError`: a mistyped deny must not open a door. A provider that is gone, as
    `was_known` states, is left out and listed in `gone`. An `allow` with no other provider allows nothing.
    """

    __slots__ = ("_compiled", "allow", "deny", "gone")

    def __init__(
        self, allow: Allow, deny: Deny, known: Collection[str], was_known: Callable[[str], bool] | None = None
    ) -> None:
        problems: list[Problem] = []
        self.gone: list[str] = []

        def section(name: str, value: Any) -> dict[str, Any]:
            return _section(name, value, known, was_known, problems, self.gone)

        self.allow = None if allow in (None, "all") or allow == {} else section("allow", allow)
        self.deny = section("deny", {} if deny is None else deny)
        if problems:
            raise ConfigError("; ".join(map(str, problems)), problems=tuple(problems))
        self._compiled: dict[str, tuple[Any, Any]] = {}

    def over(self, allow: Any, deny: Deny) -> Filters:
        """These filters on top of a weaker layer's, whose provider ids are canonical; denies are united."""
        merged = Filters(None, None, ())
        merged.allow = (None if allow == "all" else allow) if self.allow is None else self.allow
        merged.deny = {name: list(globs) for name, globs in (deny or {}).items()}
        for provider, globs in self.deny.items():
            merged.deny.setdefault(provider, []).extend(globs)
        return merged

    def restricts(self, provider: str) -> bool:
        """Whether a model of that provider may be hidden."""
        return bool(self.deny.get(provider)) or (self.allow is not None and self.allow.get(provider) != "all")

    def reason(self, provider: str, names: Sequence[str]) -> tuple[str, str | None] | None:
        """Why a model with these names is hidden, as (section, pattern), or None when it is shown."""
        allowed, denied = self._compiled.get(provider) or self._compiled.setdefault(provider, self._compile(provider))
        for pattern, test in denied:
            if any(map(test, names)):
                return "deny", pattern
        return None if allowed is None or any(any(map(test, names)) for test in allowed) else ("allow", None)

    def _compile(self, provider: str) -> tuple[Any, Any]:
        allowed = None
        if self.allow is not None:
            globs = self.allow.get(provider, [])
            allowed = None if globs == "all" else [*map(compile_glob, globs)]
        return allowed, [(glob, compile_glob(glob)) for glob in self.deny.get(provider, [])]


def _section(
    name: str, section: Any, known: Collection[str], was_known: Callable[[str], bool] | None,
    problems: list[Problem], gone: list[str],
) -> dict[str, Any]:  # fmt: skip
    """One section by canonical provider id; adds what is wrong with it to `problems`, and what is gone to `gone`."""
    or_all = ' or "all"' if name == "allow" else ""
    if not hasattr(section, "items"):
        message = f"{name} must be a table from provider to patterns{or_all} (found {type(section).__name__})"
        problems.append(Problem(message, path=name))
        return {}
    plain: dict[str, Any] = {}
    for spelling, globs in section.items():
        provider = fold_provider(str(spelling))
        messages: list[str] = []
        hint = ""
        if provider in plain:
            messages = [f"duplicate entry for provider '{printable(provider)}'; merge the two"]
        elif provider not in known and was_known is not None and was_known(provider):
            gone.append(f"{name}.{provider}")
            continue
        elif provider not in known:
            messages = [f"unknown provider '{printable(spelling)}'"]
            from llm_models.similarity import provider_hint

            hint = provider_hint(provider, known).strip()
        elif globs == "all" and or_all:
            plain[provider] = "all"
        elif isinstance(globs, str) or not hasattr(globs, "__iter__"):
            messages = [f"expected a list of patterns{or_all} (found {type(globs).__name__})"]
        else:
            plain[provider] = list(globs)  # read once, because it may be a generator
            messages = [problem for problem in map(glob_problem, plain[provider]) if problem]
        problems += [Problem(message, path=dotted((name, str(spelling))), hint=hint) for message in messages]
        plain.setdefault(provider, [])
    return plain
