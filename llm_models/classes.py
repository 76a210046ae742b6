"""Classes: the kinds of tokens and counts that have a price of their own, as a table; it imports no other module.

Every class of tokens is a field of `Cost`, in USD per million tokens, and a field of a usage, in tokens.
"""

from __future__ import annotations

from typing import NamedTuple

MILLION = 1_000_000


class PriceClass(NamedTuple):
    """A class: its name, the classes that contain it (in a usage, each of them counts it, too), and what it counts.

    The `label` is its name in plain words, for people.

    Without a price of its own it is priced `as_class`: silently, or `assumed`, which a bill reports. Where `as_class`
    is None it has no price then, and a total that needs one is unknown. A price is USD for `per` of what the field
    `counts` of a usage states.
    """

    name: str
    part_of: tuple[str, ...]
    as_class: str | None
    assumed: bool
    label: str
    meaning: str
    counts: str = ""
    per: int = MILLION


CLASSES = (
    PriceClass("input", (), None, False, "input", "input that has no class of its own"),
    PriceClass("output", (), None, False, "output",
               "output that has no class of its own: text, where images or sound are made"),
    PriceClass("cache_read", ("input",), "input", True, "cached input", "input read from a cache"),
    PriceClass("cache_write", ("input",), "input", True, "stored in a cache",
               "input written to a cache for its default lifetime"),
    PriceClass("cache_write_30m", ("cache_write",), None, False, "stored for 30 minutes",
               "input written to a cache for 30 minutes"),
    PriceClass("cache_write_1h", ("cache_write",), None, False, "stored for an hour",
               "input written to a cache for an hour"),
    PriceClass("cache_write_12h", ("cache_write",), None, False, "stored for 12 hours",
               "input written to a cache for 12 hours"),
    PriceClass("reasoning", ("output",), "output", False, "reasoning", "reasoning output"),
    PriceClass("input_audio", ("input",), None, False, "audio input", "audio input"),
    PriceClass("output_audio", ("output",), None, False, "audio output", "audio output"),
    PriceClass("input_image", ("input",), "input", False, "image input", "image input"),
    PriceClass("input_video", ("input",), "input", False, "video input", "video input"),
    PriceClass("output_image", ("output",), None, False, "image output", "generated images"),
    PriceClass("output_video", ("output",), None, False, "video output", "generated video"),
    PriceClass("cache_read_audio", ("cache_read", "input_audio"), None, False, "cached audio input",
               "audio input read from a cache"),
    PriceClass("cache_read_image", ("cache_read", "input_image"), "cache_read", True, "cached image input",
               "image input read from a cache"),
    PriceClass("output_citation", ("output",), "output", False, "citations", "tokens of citations"),
)  # fmt: skip
"""The classes of tokens; a class stands after those that contain it. Their price is USD per million tokens."""

COUNTED = (
    PriceClass("image", (), None, False, "number of images",
               "a generated image, where no image tokens are counted", "images", 1),
    PriceClass("audio", (), None, False, "seconds of audio",
               "audio that is billed by length, per minute", "audio_seconds", 60),
)  # fmt: skip
"""The classes that count something else than tokens. Fees, an open set of names, are USD per `FEE_PER` uses."""

FEE_PER = 1000
TOKEN_CLASSES = tuple(one.name for one in CLASSES)
"""The names of the classes of tokens, in the order of `Cost`."""


def parts_of(name: str) -> tuple[str, ...]:
    """The classes of tokens that are inside a class, at any depth.

    >>> parts_of("cache_write")
    ('cache_write_30m', 'cache_write_1h', 'cache_write_12h')
    """
    inside = {name}
    for one in CLASSES:
        if inside & {*one.part_of}:
            inside.add(one.name)
    return tuple(one.name for one in CLASSES if one.name in inside - {name})


STANDARD = ("", "standard", "default", "auto", "on_demand")
"""The names of modes, in lower case, that mean the price list itself. No mode of a list has one of them."""
MODES = {
    "standard": "the usual way: an answer at once, at the usual price",
    "batch": "many requests at once, of which the answers come later; cheaper",
    "flex": "answers may be slow, or refused when the provider is busy; cheaper",
    "priority": "faster and steadier answers; dearer",
    "fast": "faster answers; dearer",
    "ultrafast": "the fastest answers; the dearest",
    "pro": "the model works longer on an answer; dearer",
    "thinking": "the model reasons before it answers; output has another price",
    "us": "computed in the United States only",
}
"""What the modes mean that price lists have. Names are an open set, and two at once are joined by `+`."""
NAME = r"[A-Za-z0-9_.:+-]{1,64}"
"""The names of modes and fees, as a pattern."""


def mode_fault(name: str) -> str | None:
    """What is wrong with the name of a mode of a price list; None where nothing is.

    >>> mode_fault("thinking+batch")
    "two modes at once are named in alphabetical order: 'batch+thinking'"
    """
    import re

    if re.fullmatch(NAME, name) is None:
        return "a name has letters, digits, '_', '.', ':', '-' and '+'"
    if name.lower() in STANDARD:
        return "this name means the price list itself"
    parts = name.split("+")
    if "" in parts or len({*parts}) < len(parts):
        return "names are joined by one '+', and none is stated twice"
    return (
        None
        if parts == sorted(parts)
        else (f"two modes at once are named in alphabetical order: '{'+'.join(sorted(parts))}'")
    )
