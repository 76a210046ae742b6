"""The errors that llm_models raises, the problems that it reports, and paths as dotted text; standard library only.

Every error derives from `LLMModelsError` and from the built-in class that fits. It has its subject as attributes, keeps
them when it is pickled, and states in one line what is wrong and what to do. The errors of one question only are with
that question (`counts`, `modes`, `bills`, `selection`, `trust`), because each class takes time when it is made. For the
same reason the modules that a lookup needs import this one only when there is an error.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, Literal

    Severity = Literal["error", "warning", "note"]


def _is_shown(c: str) -> bool:
    """Whether a character is seen as itself: some look like nothing or like a space, though Python can print them."""
    blank = c in "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    return c.isprintable() and not (blank or "\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef")


def text_of(value: object) -> str:
    """`str(value)`; where that is an error, what the value is.

    >>> text_of(5), text_of(10**5000)
    ('5', 'a very long number')
    """
    try:
        return str(value)
    except KeyboardInterrupt:
        raise
    except BaseException:  # an integer with more digits than Python writes; an object of somebody else's class
        return "a very long number" if isinstance(value, int) else f"an object of {class_name(value)}"


def class_name(value: object) -> str:
    """The name of a value's class, even if the class fails when it is asked for its name."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


def printable(text: object) -> str:
    """`text` safe for a terminal: characters that are not printable, or that look blank, are shown as escapes.

    >>> printable("gpt\\x1b[31m"), printable("gpt\\u3164")
    ('gpt\\\\x1b[31m', 'gpt\\\\u3164')
    """
    text = text_of(text)
    if text.isprintable() and text.isascii():
        return text
    return "".join([c if _is_shown(c) else c.encode("unicode_escape").decode("ascii") for c in text])


def quoted(text: object) -> str:
    """`text` in single quotes, safe for a terminal, and cut when it is long.

    >>> quoted("gpt-4o")
    "'gpt-4o'"
    """
    text = text_of(text)
    return f"'{printable(text if len(text) <= 200 else f'{text[:200]}...')}'"


def dotted(path: Iterable[str | int], above: str = "") -> str:
    """A path as text for people, below the text `above`. As in TOML, a part that is not a bare key is in quotes.

    >>> dotted(("extra", "a.b", 0))
    'extra."a.b"[0]'
    """
    text = above
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part and all(c.isascii() and (c.isalnum() or c in "-_") for c in part):
            text += f".{part}"
        else:  # escaped as TOML reads it, which has no escape of two digits
            inner = (f"\\{c}" if c in '"\\' else printable(c).replace("\\x", "\\u00") for c in part)
            text += f'."{"".join(inner)}"'
    return text.removeprefix(".")


def split_dotted(text: str) -> tuple[str, ...]:
    """The path of keys that `dotted` wrote. Other text is one part, which is the name of no field."""
    import re
    import tomllib

    parts = re.findall(r"""\.("(?:[^"\\]|\\.)*"|'[^']*'|[^."'][^.]*)""", f".{text}", re.DOTALL)
    try:
        keys = [tomllib.loads(f"x={part}")["x"] if part[0] in "\"'" else part for part in parts]
    except ValueError:  # an escape that TOML does not have
        keys = []
    return tuple(keys) if keys and ".".join(parts) == text else (text,)


def did_you_mean(word: str, known: Iterable[str], count: int = 3) -> str:
    """The end of a message that suggests the nearest names of `known` (case ignored), or the empty text.

    >>> did_you_mean("opnai", ["openai", "anthropic"])
    " Did you mean 'openai'?"
    """
    near = nearest(word, known, count)
    return f" Did you mean {' or '.join(repr(printable(name)) for name in near)}?" if near else ""


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """At most `count` names of `known` that are most similar to `word`, best first, case ignored."""
    import difflib  # only needed for an error

    folded = {name.lower(): name for name in reversed([*known])}  # the first of equal names wins
    return [folded[hit] for hit in difflib.get_close_matches(word[:200].lower(), folded, n=count, cutoff=0.6)]


class Problem:
    """Something wrong or without effect in a file that people write: where, what, and the likely fix.

    `line` and `column` count from 1 (columns in characters), `path` is the field in the words of the document
    (`models.openai:gpt-5.4-mini.cost.input`), `hint` is a full sentence or empty, and `severity` is ``"error"`` or
    ``"warning"``, and of what `lint` finds also ``"note"``. `excerpt` is, for a file that is not TOML, the line and a
    mark below the column; otherwise it is empty. `more` is 0, except where this stands for so many problems that are
    not listed (`reported`).

    >>> print(Problem("unknown key 'enabeld'", file="llm_models.toml", line=14, column=3, path="tools"))
    llm_models.toml:14:3: tools: unknown key 'enabeld'
    """

    __slots__ = ("column", "excerpt", "file", "hint", "line", "message", "more", "path", "severity")

    def __init__(
        self, message: str, *, file: str | None = None, line: int | None = None, column: int | None = None,
        path: str = "", hint: str = "", severity: Severity = "error", excerpt: str = "", more: int = 0,
    ) -> None:  # fmt: skip
        self.message, self.path, self.hint = _cut(message), _cut(path), _cut(hint)
        self.severity: Severity = severity
        self.file, self.line, self.column, self.excerpt, self.more = file, line, column, excerpt, more

    @property
    def location(self) -> str:
        """`file:line:column`, or the part of it that is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    place = location
    """The name of `location` in 0.1.0."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for programs."""
        data = {name: getattr(self, name) for name in ("severity", "file", "line", "column", "path", "message", "hint")}
        return {**data, "more": self.more} if self.more else data

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.location, self.path, self.message) if part)
        return printable(f"{text}. {self.hint}" if self.hint else text)

    def __repr__(self) -> str:
        return f"Problem({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(str(self))


def _cut(text: str) -> str:
    """The beginning of a part of a message, at most 500 characters as they are printed, and a sign that it is cut."""
    if len(text) <= 500 and (text.isprintable() or len(printable(text)) <= 500):
        return text
    return f"{text[: 500 if text.isprintable() else 50]}..."


def reported(problems: Sequence[Problem]) -> Sequence[Problem]:
    """The problems of a file that are reported: all, or the first ones and how many more there are.

    Errors are reported before warnings then. The order stays.
    """
    from llm_models.budgets import BUDGETS

    most = BUDGETS["problems"].most
    if len(problems) <= most:
        return problems
    first = sorted(sorted(range(len(problems)), key=lambda at: problems[at].severity != "error")[:most])
    more = len(problems) - most
    errors = sum(one.severity == "error" for one in problems) - sum(problems[at].severity == "error" for at in first)
    parts = [f"{count} {noun}s" for count, noun in ((errors, "error"), (more - errors, "warning")) if count]
    text = f"and {more:,} more ({', '.join(parts)})"
    rest = Problem(text, file=problems[0].file, severity="error" if errors else "warning", more=more)
    return [*(problems[at] for at in first), rest]


def limited(found: Sequence[Any], sentence: Callable[..., str], rest: str) -> Iterator[str]:
    """The sentence of each item, or those of the first ones and how many more there are; `rest` follows that number.

    >>> [*limited(["a", "b"], str.upper, "letters")]
    ['A', 'B']
    """
    from llm_models.budgets import BUDGETS

    most = BUDGETS["problems"].most
    yield from map(sentence, found[:most])
    if len(found) > most:
        yield f"and {len(found) - most:,} more {rest}"


def listed(problems: Iterable[Problem]) -> str:
    """The problems that are reported, for people, each on a line, and below it the lines of its excerpt."""
    return "\n".join([f"{problem}\n{problem.excerpt}".rstrip() for problem in reported([*problems])])


class LLMModelsError(Exception):
    """The base of every error of this package.

    `exit_code` is that of the command line: 1 where the answer is no, 2 for a text that no catalogue could accept. A
    class states it; an error whose class is about both states its own.
    """

    exit_code: int = 1

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.__dict__.update(fields)


class UnknownProviderError(LLMModelsError, LookupError):
    """There is no such provider. `provider` is the text as given.

    Of a provider that a source listed once, `last_listed` is the last such day (`YYYY-MM-DD`), and `gone_by` the next
    day on which the source was seen, without it; both are None for a name that was never listed.
    """

    exit_code = 2
    provider: str
    last_listed: str | None = None
    gone_by: str | None = None


class UnknownModelError(LLMModelsError, LookupError):
    """There is no such model, or an `exclude` removed it. `spec` is the text as given."""

    spec: str


class RetiredModelError(UnknownModelError):
    """A source listed the model once, and no longer does. `spec` is its model spec.

    `last_listed` is the last day on which it was listed (`YYYY-MM-DD`), and `gone_by` the next day on which the source
    was seen, without it (None where that is not known). Neither is the day on which the model stopped answering.
    `rename` is the model spec under which the same provider lists it now, `successor` that of the model that follows it
    as somebody stated; both are None where there is none. `elsewhere` are the specs of shown models of other providers
    with the same id: a hint, not successors.
    """

    last_listed: str
    gone_by: str | None
    rename: str | None
    successor: str | None
    elsewhere: tuple[str, ...]


class AmbiguousModelError(LLMModelsError, LookupError):
    """Several providers serve a model with the bare id `spec`. `specs` are the model specs that it may mean.

    The first are those of the models' makers. `problem` is the message without the advice for programmers.
    """

    spec: str
    specs: tuple[str, ...]
    problem: str


class ModelNotAllowedError(LLMModelsError, LookupError):
    """`allow` or `deny` hides the model `spec`. `pattern` is the pattern of `deny`, or None when `allow` hides it."""

    spec: str
    pattern: str | None


class InvalidSpecError(LLMModelsError, ValueError):
    """The text is not a model spec, or the style is unknown."""

    exit_code = 2


class InvalidArgumentError(LLMModelsError, ValueError):
    """An argument has a value that is not one of those that it can have: an unknown order, a text that is not a day.

    Of a question about models, `argument` is its name, and `problem` the message without it; otherwise both are empty.
    """

    exit_code = 2
    argument: str = ""
    problem: str = ""


def wrong_argument(name: str, problem: str) -> InvalidArgumentError:
    """The error about an argument of a question about models."""
    return InvalidArgumentError(f"{name}: {problem}", argument=name, problem=problem)


class UnknownCapabilityError(LLMModelsError, ValueError):
    """There is no such capability. `name` is the text as given.

    `meant` is the condition that it means, where it is a word for one: the name of an argument, and its values.
    """

    exit_code = 2
    name: str
    meant: tuple[str, tuple[str, ...]] | None = None


class ConfigError(LLMModelsError, ValueError):
    """A configuration cannot be used. `problems` has everything that is wrong with it, not just the first problem."""

    problems: tuple[Problem, ...] = ()


class SnapshotError(LLMModelsError):
    """The snapshot file `path` is missing, truncated, altered, or has a format that this version does not read."""

    path: str


class SourceError(LLMModelsError):
    """An upstream file could not be fetched, or is not a catalogue."""


class EmptyCatalogError(LLMModelsError):
    """No model is left: filters or excludes hide or remove all of them."""
