"""Patterns: which models of one provider a text in a filter means; standard library only.

A text that equals a name of a model means that model alone: its id, a served id or an alias, read as lookups read
names. Any other text is a glob (`*`, `?`, `[...]`, case-sensitive) that must match a whole name. Only this module
decides which of the two a text is, and compiles it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    IdOf = Callable[[str], str | None]
    """The id of the model of one provider that has a name; None where no model has it."""
    Test = Callable[[Sequence[str]], bool]
    """Whether a pattern means a model, given all of its names, the id first."""

EVERY = "*"
"""As the provider of a setting or of a `match`: all providers."""

MAX_PATTERN = 500
"""The longest pattern that is accepted, in characters."""
UNSEEN = ("Cc", "Cf", "Co", "Zl", "Zp")
"""The categories of control, format, private and line characters, which no name has."""


def pattern_problem(pattern: object) -> str | None:
    """Why `pattern` cannot be a pattern, or None when it can."""
    if not isinstance(pattern, str):
        return f"a pattern must be a string (found {type(pattern).__name__})"
    if not pattern.strip():
        return "an empty pattern matches nothing"
    if len(pattern) > MAX_PATTERN:
        return f"the pattern has {len(pattern)} characters (at most {MAX_PATTERN})"
    if not pattern.isprintable():
        from unicodedata import category

        for letter in pattern:
            if category(letter) in UNSEEN:
                return f"a pattern has no control, format or line characters (found U+{ord(letter):04X})"
    return None


def is_plain(pattern: str) -> bool:
    """Whether a pattern has no wildcard, so that it can only be a name."""
    return not any(character in pattern for character in "*?[")


def is_nameable(pattern: str) -> bool:
    """Whether a pattern may be the name of a model that the catalogue does not have: names have no `*`."""
    return "*" not in pattern


def meant(pattern: str, id_of: IdOf, provider: str = "") -> str | None:
    """The id of the model of a provider whose name, or a spelling of it, a pattern is; None where it is a glob.

    `*` alone always means all models: a model of that name must not open what it closes.
    """
    if "/" not in pattern:
        return id_of(pattern) if pattern.strip("*") else None
    from llm_models.name_forms import read_as

    return read_as(pattern, id_of, provider)


def matcher(pattern: str, id_of: IdOf, provider: str = "") -> Test:
    """The test whether a pattern means a model of a provider. Its time depends only on their lengths and the names'.

    >>> ids = ["gpt-4o[eu]", "gpt-4oe", "gpt-4o[us]"]
    >>> [name for name in ids if matcher("gpt-4o[eu]", lambda text: text if text in ids else None)([name])]
    ['gpt-4o[eu]']
    >>> [name for name in ids if matcher("gpt-4o[eu]", lambda text: None)([name])]
    ['gpt-4oe']
    """
    target = meant(pattern, id_of, provider)
    if target is not None:
        return lambda names: names[0] == target
    if "/" not in pattern:
        return _test(pattern)
    from llm_models.name_forms import begins_as_one, plain, spelled

    if is_plain(pattern):
        texts = [pattern, *plain(provider, pattern)]
        return lambda names: any(text in names for text in texts)
    test = _test(pattern)
    if not begins_as_one(provider, pattern):
        return test
    return lambda names: test([*names, *[text for name in names for text in spelled(provider, name)]])


def spread(table: Mapping[str, Any], providers: Iterable[str]) -> dict[str, Any]:
    """A table by provider in which the patterns of `EVERY` stand at each of these providers, after its own.

    >>> spread({"a": ["x"], "*": ["y"]}, ["a", "b"])
    {'a': ['x', 'y'], 'b': ['y']}
    """
    rest = {name: globs for name, globs in table.items() if name != EVERY}
    if EVERY in table:
        for name in providers:
            both = (rest.get(name, ()), table[EVERY])
            rest[name] = "all" if "all" in both else list(dict.fromkeys([*both[0], *both[1]]))
    return rest


def literal(text: str) -> str:
    """The pattern that means a text and nothing else, whether or not a model has that name.

    >>> literal("*[1m]")
    '[*][[]1m]'
    """
    return "".join(f"[{one}]" if one in "*?[" else one for one in text)


def _test(pattern: str) -> Test:
    """The test whether a pattern that is no name is one of the names of a model, or as a glob matches one."""
    if is_plain(pattern):
        return lambda names: pattern in names
    glob = _glob(pattern)
    return lambda names: any(map(glob, names))


_KEPT = 4_096
_globs: dict[str, Callable[[str], object]] = {}


def _glob(pattern: str) -> Callable[[str], object]:
    """The compiled glob. It is kept, because several checks ask for each, and to compile it takes longest."""
    glob = _globs.get(pattern)
    if glob is None:
        from fnmatch import translate
        from re import compile as compile_re

        glob = compile_re(translate(pattern)).match
        if len(_globs) >= _KEPT:
            _globs.clear()
        _globs[pattern] = glob
    return glob
