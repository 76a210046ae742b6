"""Conditions: what a chosen model must be, as a table; standard library only.

A condition tests values of `columns`. What no source states satisfies no condition, and is counted
separately, so that a model that does not fit is not confused with one of which a fact is not stated. `unknown` changes
this for the flags of `require` that are off by default.
"""

from __future__ import annotations

from llm_models.columns import MAX_NUMBER, word
from llm_models.errors import InvalidArgumentError, did_you_mean, quoted, text_of, wrong_argument
from llm_models.records import BIT, DEPRECATED, STATED, Capabilities, capability_bits, unknown_capability

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Literal, TypedDict

    from llm_models.days import Day

    Names = Iterable[str] | Mapping[str, bool] | None
    """Names of capabilities, or a mapping from name to yes or no."""
    Texts = str | Iterable[str] | None
    """One text, or several of which one must fit (for `input`, `output` and `tags`: all)."""
    Unknown = Literal["no", "likely", "yes"]
    State = Literal["ga", "preview", "deprecated", "retired", "current"]
    Billing = Literal["usage", "plan", "trial", "local"]

    class Conditions(TypedDict, total=False):
        """What a model must be. All conditions must hold; one that is None or left out holds for every model."""

        require: Names
        forbid: Names
        unknown: Unknown
        scope: Texts
        kind: Texts
        input: Texts
        output: Texts
        min_context: int | None
        min_output: int | None
        max_price_input: float | None
        max_price_output: float | None
        released_after: Day | None
        open_weights: bool | None
        family: Texts
        match: Texts
        tags: Texts
        lifecycle: State | Iterable[State] | None
        free: bool | None
        billing: Billing | Iterable[Billing] | None
        at: Day | None

    Test = Callable[..., bool | None]
    """From the values of some columns to: fits, does not fit, or None where that is not stated."""
    Asked = tuple[str, Any]
    """The name of a condition and its checked value, so that equal questions are equal."""

LIKELY_UNKNOWN = ("no", "likely", "yes")
CURRENT = ("ga", "preview", "deprecated")
STATES = (*CURRENT, "retired")
BILLINGS = ("usage", "plan", "trial", "local")
_DEFAULTS = capability_bits(Capabilities(), {}, False)


class Condition:
    """A condition: the columns whose values it tests, how its argument is read, and what a message says of it.

    `read` checks an argument and gives a value that can be hashed; `test` makes a `Test` from that value; `says` is
    what is true of the models that it leaves out, with the value as `{}`.
    """

    __slots__ = ("columns", "read", "says", "test")

    def __init__(self, columns: str, read: Callable[[str, Any], Any], test: Callable[[Any], Test], says: str) -> None:
        self.columns = tuple(columns.split())
        self.read = read
        self.test = test
        self.says = says


def texts_of(name: str, value: Any) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else tuple(value) if hasattr(value, "__iter__") else ()
    wrong = [text for text in texts if not isinstance(text, str) or not text.strip()]
    if not texts or wrong:
        found = quoted(wrong[0] if wrong else value)
        raise wrong_argument(name, f"expected text, or several texts (found {found})")
    return tuple(dict.fromkeys(text.strip().lower() for text in texts))


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong_argument(name, f"expected a number of at least 0 (found {quoted(value)})")
    if not 0 <= value < MAX_NUMBER:
        raise wrong_argument(name, f"expected a number from 0 to {MAX_NUMBER - 1:,} (found {quoted(value)})")
    return value


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise wrong_argument(name, f"expected True or False (found {quoted(value)})")
    return value


def day_of(name: str, value: Any) -> str:
    """A day as text. Raises `InvalidArgumentError` that names the condition."""
    from llm_models import days

    try:
        return days.day_of(value)
    except InvalidArgumentError as error:
        raise wrong_argument(name, str(error)) from None


def _some_of(name: str, value: Any, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    """One or several texts, each of which is known."""
    texts = texts_of(name, value)
    for text in texts:
        if text not in known:
            hint = did_you_mean(text, known)
            raise wrong_argument(name, f"unknown {what} {quoted(text)} (expected {', '.join(known)}).{hint}")
    return texts


def _billings_of(name: str, value: Any) -> tuple[str, ...]:
    return _some_of(name, value, BILLINGS, "billing")


def states_of(name: str, value: Any) -> tuple[str, ...]:
    texts = _some_of(name, value, (*STATES, "current"), "state")
    return tuple(state for state in STATES if state in texts or ("current" in texts and state in CURRENT))


def _any_of(wanted: tuple[str, ...]) -> Test:
    return lambda value: None if value is None else str(value).lower() in wanted


def _all_of(wanted: tuple[str, ...]) -> Test:
    words = {*map(word, wanted)}
    return lambda value: None if value is None else words <= {*str(value).lower().split(" ")}


def _tagged(wanted: tuple[str, ...]) -> Test:
    words = {*map(word, wanted)}
    return lambda value: words <= {*str(value or "").lower().split(" ")}


def _free(wanted: bool) -> Test:
    def test(given: Any, made: Any, billing: Any, kind: Any) -> bool | None:
        prices = [given] if kind == "embedding" and made is None else [given, made]
        if billing != "usage" or any(prices):
            return not wanted
        return None if None in prices else wanted

    return test


def _after(day: str) -> Test:
    # As text, a month stands before each of its days: it is after a day if all of its days are.
    return lambda value: None if value is None else value > day


CONDITIONS: dict[str, Condition] = {
    "kind": Condition(
        "kind", texts_of, lambda wanted: lambda value: (value or "chat") in wanted, "of another kind than {}"
    ),
    "input": Condition("takes", texts_of, _all_of, "without input of {}"),
    "output": Condition("gives", texts_of, _all_of, "without output of {}"),
    "min_context": Condition(
        "context", _number, lambda least: lambda value: None if value is None else value >= least,
        "with a smaller context than {:,}",
    ),
    "min_output": Condition(
        "max_output", _number, lambda least: lambda value: None if value is None else value >= least,
        "with a smaller output than {:,}",
    ),
    "max_price_input": Condition(
        "input_price", _number, lambda most: lambda value: None if value is None else value <= most,
        "with a higher price of input than {}",
    ),
    "max_price_output": Condition(
        "output_price", _number, lambda most: lambda value: None if value is None else value <= most,
        "with a higher price of output than {}",
    ),
    "released_after": Condition(
        "released", day_of, _after, "not released after {}",
    ),
    "open_weights": Condition(
        "open_weights", _flag, lambda wanted: lambda value: None if value is None else value is wanted,
        "of which open_weights is not {}",
    ),
    "family": Condition("family", texts_of, _any_of, "of another family than {}"),
    "tags": Condition(
        "tags", texts_of, _tagged, "without the tag {}",
    ),
    "free": Condition("input_price output_price billing kind", _flag, _free, "of which free is not {}"),
    "billing": Condition("billing", _billings_of, _any_of, "of another billing than {}"),
}  # fmt: skip
"""The conditions on values. `require`, `forbid`, `scope`, `match` and `lifecycle` need more than a value."""

OTHERS = ("require", "forbid", "unknown", "scope", "match", "lifecycle", "at")


def asked_of(given: Mapping[str, Any]) -> list[Asked]:
    """The conditions of `CONDITIONS` in the arguments of a question, checked."""
    return [(name, one.read(name, given[name])) for name, one in CONDITIONS.items() if given.get(name) is not None]


def sentence(name: str, value: Any) -> str:
    """What a message says of the models that a condition leaves out."""
    return CONDITIONS[name].says.format(" or ".join(value) if isinstance(value, tuple) else value)


def capability_masks(require: Names, forbid: Names) -> tuple[int, int]:
    """The bits that must be set, and the bits that must not. Raises `UnknownCapabilityError` with the nearest name."""
    must = must_not = 0
    for names, wanted in ((require, True), (forbid, False)):
        if names is None:
            continue
        for name, value in _pairs(names):
            try:
                bit = BIT[name]
            except (KeyError, TypeError):
                raise unknown_capability(name) from None
            if bool(value) is wanted:
                must |= bit
            else:
                must_not |= bit
    return must, must_not


def _pairs(names: Any) -> Iterable[tuple[Any, bool]]:
    """The names in a `require` or `forbid`, each with yes or no."""
    if isinstance(names, str) or not hasattr(names, "__iter__"):
        return ((names, True),)
    return names.items() if hasattr(names, "items") else [(name, True) for name in names]


def check_unknown(unknown: object) -> None:
    """Raise `InvalidArgumentError` unless `unknown` states what to do with flags that no source states."""
    if unknown not in LIKELY_UNKNOWN:
        hint = did_you_mean(text_of(unknown), LIKELY_UNKNOWN)
        raise wrong_argument("unknown", f"expected {', '.join(LIKELY_UNKNOWN)} (found {quoted(unknown)}).{hint}")


def flag_test(name: str, wanted: bool, unknown: str) -> Test:
    """The test of a flag, on the columns `bits` and `likely`. An unstated flag counts as its default."""
    bit, default = BIT[name], bool(_DEFAULTS & BIT[name])
    lenient = wanted and not default and unknown != "no"

    def test(bits: int, likely: str | None = None) -> bool | None:
        if bool(bits & bit) is wanted:
            return True
        if bits & (bit << STATED):
            return False
        if lenient and (unknown == "yes" or name in (likely or "").split(" ")):
            return True
        return None

    return test


def state_of(bits: int, retires: str | None, preview: bool | None, at: str) -> str:
    """The state of a model on a day: retired, else deprecated, else preview, else generally available (`ga`)."""
    if retires is not None and retires <= at:
        return "retired"
    return "deprecated" if bits & DEPRECATED else "preview" if preview else "ga"
