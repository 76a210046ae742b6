"""The records of providers and models, and the names of capabilities; standard library only.

A record is typed, deeply immutable, compared by value and picklable. A field that is None or an empty tuple is
unknown: never zero, never "no". `schemas/` has the same fields in JSON Schema; a test compares them.
"""

from __future__ import annotations

from llm_models.costs import Cost
from llm_models.frozen import FrozenDict, ModelKey, Record, defaults, put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, Self

    from llm_models.days import Day
    from llm_models.errors import UnknownCapabilityError

    Billing = Literal["usage", "plan", "trial", "local"]


class Limits(Record):
    """How many tokens a model accepts and returns; None is unknown."""

    context: int | None = None
    """The context window: input and output together, in tokens. At least 1; unknown is left out."""
    input: int | None = None
    """The largest input, where it is smaller than the context window, in tokens. At least 1; unknown is left out."""
    output: int | None = None
    """The largest output, in tokens. At least 1; unknown is left out."""


class Modalities(Record):
    """The kinds of input and output: `text`, `image`, `audio`, `video`, `pdf`, and any that sources add."""

    input: tuple[str, ...] = ()
    """Kinds of input."""
    output: tuple[str, ...] = ()
    """Kinds of output."""


class Reasoning(Record):
    """Whether a model reasons before it answers, and how to control that: on and off, by effort, by a token budget."""

    enabled: bool = False
    """The model reasons. Yes or no."""
    toggle: bool = False
    """Reasoning can be switched on and off. Yes or no."""
    efforts: tuple[str, ...] = ()
    """The efforts that can be asked for, by the provider's names, in the source's order."""
    budget: bool = False
    """A token budget for reasoning can be set. Yes or no."""
    token_budget: int | None = None
    """The largest reasoning budget that can be set, in tokens. 0 means that thinking uses none; unknown is left out."""
    token_budget_min: int | None = None
    """The smallest reasoning budget that can be set, in tokens. At least 0; unknown is left out."""


class Tools(Record):
    """Tool calls: any, streamed, with arguments that must follow their schema, several in one turn."""

    enabled: bool = False
    """The model calls tools. Yes or no."""
    streaming: bool = False
    """Arguments of a tool call arrive piece by piece. Yes or no."""
    strict: bool = False
    """Arguments are guaranteed to follow the tool's schema. Yes or no."""
    parallel: bool = False
    """Several tool calls in one turn. Yes or no."""


class Json(Record):
    """Answers in JSON: any JSON, JSON for a JSON Schema, JSON that is guaranteed to follow it."""

    native: bool = False
    """The API can be told to answer in JSON. Yes or no."""
    schema: bool = False
    """The API takes a JSON Schema for the answer. Yes or no."""
    strict: bool = False
    """The answer is guaranteed to follow the schema. Yes or no."""


class Streaming(Record):
    """What can be streamed: text, tool calls."""

    text: bool = True
    """Text is streamed. Yes or no."""
    tool_calls: bool = False
    """Tool calls are streamed. Yes or no."""


class Capabilities(Record):
    """What a model can do. Every flag is a boolean; `Model.stated` distinguishes stated flags from defaults."""

    chat: bool = True
    """Holds a conversation: text in, text out. Yes or no."""
    embeddings: bool = False
    """Turns input into embedding vectors. Yes or no."""
    attachments: bool = False
    """Takes files with a message. Yes or no."""
    temperature: bool = True
    """Takes a sampling temperature. Yes or no."""
    reasoning: Reasoning = Reasoning()
    """Thinking before answering."""
    tools: Tools = Tools()
    """Calling tools (functions)."""
    json: Json = Json()
    """Answers in JSON."""
    streaming: Streaming = Streaming()
    """What arrives piece by piece."""


class Provider(Record):
    """A service that offers models. A price of 0 means free only where `billing` is `usage`."""

    id: str
    """The provider's id: lower case, with _ for - and . of other spellings. No unit."""
    name: str | None = None
    """The name for people."""
    aliases: tuple[str, ...] = ()
    """Other names of the provider in other tools, such as gemini."""
    base_url: str | None = None
    """The base of the provider's API, as its clients take it, such as https://llm.example.com/v1; ${NAME} parts are for
    the user to fill and are never expanded."""
    openai_base_url: str | None = None
    """The base URL for clients of OpenAI's API, where it is not base_url."""
    env: tuple[str, ...] = ()
    """The names of the environment variables that hold its key and settings, the key first: letters, digits and _. An
    empty list means that no key is needed."""
    billing: Billing = "usage"
    """How it is paid: usage (by the token), plan (a subscription), trial or local. Outside usage a price of 0 does not
    mean free."""
    doc: str | None = None
    """The address of the provider's documentation on its models."""
    extra: Mapping[str, Any] = FrozenDict()
    """What else the source states, under the source's own names and in its own units."""

    def __str__(self) -> str:
        return self.id


class Model(Record):
    """One model at one provider. Dates are `YYYY-MM-DD`, or `YYYY-MM` when the day is unknown."""

    id: str
    """The model's id at its provider, unchanged: any text without control, format or line characters, also a path such
    as ./models/x.gguf."""
    provider: str
    """The id of the provider that serves it."""
    provider_model_id: str
    """The text that is sent to the provider as its id; the id where none is stated."""
    name: str | None = None
    """The name for people; not unique."""
    canonical: str | None = None
    """The name of the same model at every provider, as maker/model: openai/gpt-oss-120b."""
    description: str | None = None
    """One line about the model, in the words of the source."""
    family: str | None = None
    """The family that it belongs to, an open set (gpt-mini, claude-opus)."""
    kind: str = "chat"
    """What it does, an open set: chat, completion, realtime, embedding, rerank, image, speech, transcription, video,
    music, translation, classifier, moderation, other."""
    apis: tuple[str, ...] = ()
    """The kinds of API that answer for it, where they are known; completions is the legacy endpoint."""
    release_date: str | None = None
    """The day it was released, as YYYY-MM-DD, or YYYY-MM where no day is known (UTC)."""
    last_updated: str | None = None
    """The day the source last looked at it; no sign of change, as YYYY-MM-DD, or YYYY-MM where no day is known
    (UTC)."""
    knowledge: str | None = None
    """The day its knowledge ends, as YYYY-MM-DD, or YYYY-MM where no day is known (UTC)."""
    status: str | None = None
    """Where it stands in its life, an open set: alpha, beta, deprecated; absent is in service."""
    retires: str | None = None
    """The date from which it no longer answers, as YYYY-MM-DD (UTC)."""
    successor: str | None = None
    """The model that replaces it, as provider:id."""
    limits: Limits = Limits()
    """How much it takes and gives, in tokens."""
    dimensions: int | None = None
    """The number of values in each vector of an embedding model. At least 1; unknown is left out."""
    cost: Cost = Cost()
    """What it costs, in USD."""
    modalities: Modalities = Modalities()
    """What goes in and what comes out, an open set: text, image, audio, video, pdf."""
    capabilities: Capabilities = Capabilities()
    """What it can do."""
    open_weights: bool | None = None
    """Whether its weights can be had. Yes or no; unknown is left out."""
    tags: tuple[str, ...] = ()
    """Words of your own to find it by."""
    deprecated: bool = False
    """Whether it should no longer be chosen; follows status where it is not stated. Yes or no."""
    aliases: tuple[str, ...] = ()
    """Other names for it in this catalogue; they are never sent to the provider."""
    served_as: tuple[str, ...] = ()
    """Other ids that the provider's API accepts for it, such as dated ones."""
    resolves_to: str | None = None
    """For a name that moves, such as -latest: the id at the same provider that it means today."""
    extra: Mapping[str, Any] = FrozenDict()
    """What else the source states, under the source's own names and in its own units."""

    if TYPE_CHECKING:  # beside the fields: no values of the record
        _asked: str
        _bits: int

    def __str__(self) -> str:
        return self.spec  # people see it, as the default of an option or in a message

    def _fill(self, data: Mapping[str, Any]) -> None:
        super()._fill(data)
        capabilities = data.get("capabilities")
        if capabilities.__class__ is not Capabilities:
            put(self, "_bits", capability_bits(self.capabilities, capabilities or {}, False))

    @classmethod
    def with_bits(cls, data: Mapping[str, Any], bits: int, asked: str | None = None) -> Self:
        """The record that plain data describes, with the capability set that tells which flags are only defaults."""
        self = cls.from_dict(data)
        put(self, "_bits", bits)
        if asked is not None:
            put(self, "_asked", asked)
        return self

    @property
    def requested(self) -> str:
        """The name that was asked for, where it is another one that the provider's API takes; otherwise the id."""
        return getattr(self, "_asked", self.id)

    def stated(self, capability: str) -> bool | None:
        """Whether the model has a capability, by its name as in `require`; None where nothing but a default tells.

        A flag counts as stated where a source, a curated entry or your configuration states it, or where it follows
        from the kind of the model or from another flag. Every flag of a `Capabilities` record counts as stated.
        Raises `UnknownCapabilityError` for an unknown name.

        >>> model = llm_models.get_model("openai", "gpt-5.4-mini")
        >>> model.stated("tools"), model.stated("embeddings"), model.capabilities.embeddings
        (True, None, False)
        """
        if capability not in CAPABILITIES:
            raise unknown_capability(capability)
        bits = getattr(self, "_bits", -1)
        if not bits >> STATED & BIT[capability]:
            return None
        value: Any = self.capabilities
        for step in CAPABILITIES[capability]:
            value = getattr(value, step)
        return bool(value)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).with_bits, (self.to_dict(), getattr(self, "_bits", -1), getattr(self, "_asked", None))

    @property
    def key(self) -> ModelKey:
        """The pair (provider, id)."""
        return ModelKey(self.provider, self.id)

    @property
    def spec(self) -> str:
        """The canonical model spec, `provider:id`."""
        return f"{self.provider}:{self.id}"

    def is_retired(self, at: Day | None = None) -> bool:
        """Whether the model no longer answers on the day `at` (`YYYY-MM-DD` or a date), by default today (UTC).

        Its date `retires` decides; a model without one is not retired. Raises `InvalidArgumentError` for a text
        that is not a day.
        """
        from llm_models.days import has_come

        return has_come(self.retires, at)


def _capability_names() -> dict[str, tuple[str, ...]]:
    """Name -> path below `capabilities` of each flag: a group alone means `.enabled`, else `group_field`."""
    names: dict[str, tuple[str, ...]] = {}
    for field, default in defaults(Capabilities).items():
        if isinstance(default, bool):
            names[field] = (field,)
            continue
        for flag, value in defaults(type(default)).items():
            if isinstance(value, bool):
                names[field if flag == "enabled" else f"{field}_{flag}"] = (field, flag)
    return names


CAPABILITIES: dict[str, tuple[str, ...]] = _capability_names()
"""Every capability's name (as `require` and `forbid` take it) and its path in `Capabilities`."""
BIT = {name: 1 << number for number, name in enumerate(CAPABILITIES)}
STATED = len(CAPABILITIES)
"""The distance from the bit of a flag to the bit that is set when the flag is stated or derived."""
DEPRECATED = 1 << (2 * STATED)


def unknown_capability(word: object) -> UnknownCapabilityError:
    """The error for a name that no capability has, with the nearest names."""
    from llm_models.errors import UnknownCapabilityError, did_you_mean, quoted, text_of
    from llm_models.wishes import MEANT

    name = text_of(word)
    meant = MEANT.get(name)
    if meant is not None:
        state = f"{meant[0]}={list(meant[1]) or True}"
        return UnknownCapabilityError(f"unknown capability {quoted(name)}. State {state}.", name=name, meant=meant)
    flags = [flag for flag in CAPABILITIES if flag.startswith(f"{name}_")]  # a group that has no flag of its own
    hint = did_you_mean(flags[0], flags) if flags else did_you_mean(name, CAPABILITIES)
    known = "" if hint else f" The capabilities are {', '.join(CAPABILITIES)}."
    return UnknownCapabilityError(f"unknown capability {quoted(name)}.{hint}{known}", name=name)


def capability_bits(capabilities: Capabilities, stated: Mapping[str, Any], deprecated: bool) -> int:
    """The capability set of a model, as one integer: a bit for each flag that is true, a bit for each flag in `stated`
    (plain data; the others are defaults), and `DEPRECATED`.
    """
    bits = DEPRECATED if deprecated else 0
    for name, path in CAPABILITIES.items():
        value: Any = capabilities
        source: Any = stated
        for step in path:
            value = getattr(value, step)
            source = source.get(step) if isinstance(source, dict) else None
        if value:
            bits |= BIT[name]
        if source is not None:
            bits |= BIT[name] << STATED
    return bits
