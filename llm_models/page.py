"""Page: a catalogue as one HTML document that needs no network, no key and no other file.

The document has the libraries, styles and scripts of `data/page/`, unchanged, and the catalogue as data. Two things
keep the data from being run: it is base64, so it has no character that ends its element, and a policy in the document
lets the browser run exactly the scripts that are named there by their digests. Equal catalogues give equal bytes.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from llm_models.bills import place
from llm_models.classes import CLASSES, COUNTED, FEE_PER, MODES
from llm_models.errors import printable
from llm_models.page_models import models_of
from llm_models.paths import PAGE

if TYPE_CHECKING:
    from llm_models.snapshot import Snapshot
    from llm_models.tariff import Why

MARK = b'<meta name="generator" content="llm-models browse">'
"""What stands in the first part of every such document."""
WHY: dict[Why, str] = {
    "as_input": "has no price of its own, so that of input is assumed",
    "as_cache_read": "has no price of its own, so that of cached input is assumed",
    "list_price": "a list price beside a price of your own",
    "lower_price": "the mode or the hours do not state it, so the price of the list is assumed",
    "base_of_tier": "the tier does not state it, so the price of small inputs is assumed",
    "not_split": "may contain tokens with another price, which are not stated",
}
"""Why the calculator assumes a price, in the words of the page."""
MARKS: dict[str, str] = {
    "?": 'not known: no source states it. It is never 0, and never "no"',
    "free": "costs nothing: a price of 0 at a provider that charges by use",
    "plan": "part of a plan (a subscription), so a price of 0 does not mean free",
    "trial": "at no charge for some time, or up to some amount, to try the model",
    "local": "runs on a computer of your own, so no provider charges for it",
    "preview": "not final: the provider may still change it or remove it",
    "deprecated": "the provider advises against it; it still answers",
    "retired": "it no longer answers",
    "vision": "it can read images",
}
"""The marks in the table, and what they mean."""
TERMS: dict[str, str] = {
    "token": "a piece of text, often a part of a word. Prices are in USD for a million tokens",
    "request": "one question to a model with everything that is sent with it, and its answer",
    "context": "how many tokens a model can handle in one request",
    "cache": "a place where the provider keeps what was sent, so that sending it again is cheaper",
    "reasoning": "the model thinks before it answers; its thoughts are output",
    "class": "a kind of tokens or of other things that are counted, which can have a price of its own",
    "all input": "every token that is sent, also those that are cached, audio or images; state these parts as well",
    "all output": "every token of the answer, also those of reasoning, audio or images; state these parts as well",
    "mode": "a way to be served at another price",
    "offer": "the same model at one provider, with the price there",
}
"""Words of the page that are neither marks, classes nor modes."""
_STYLES = ("tabulator.min.css", "page.css")
_SCRIPTS = (
    "decimal.js", "tabulator.min.js", "chart.umd.min.js",
    "calculator.js", "data.js", "dom.js", "words.js", "filters.js", "table.js", "plot.js", "bill.js", "card.js",
    "page.js",
)  # fmt: skip
"""The files of `data/page/`, in the order in which a browser reads them."""


def document(snapshot: Snapshot, version: str) -> bytes:
    """The page of all models that a snapshot shows, in UTF-8. `version` is that of this package."""
    table, cards = models_of(snapshot)
    styles, scripts = [_read(name) for name in _STYLES], [_read(name) for name in _SCRIPTS]
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(map(_digest, scripts)),
        "style-src": " ".join(map(_digest, styles)),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    parts = {
        "policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "styles": "\n".join(f"<style>{text}</style>" for text in styles),
        "data": "\n".join(
            (
                _block("about", _escaped(_about(snapshot, version))),
                _block("table", _packed(table)),
                _block("cards", _packed(cards)),
            )
        ),
        "scripts": "\n".join(f"<script>{text}</script>" for text in scripts),
    }
    page = _read("page.html")
    for name, text in parts.items():  # in the order of the template, so the first mark is the template's
        before, mark, after = page.partition(f"{{{name}}}")
        if not mark:
            raise ValueError(f"page.html: no mark {{{name}}}")
        page = f"{before}{text}{after}"
    return page.encode()


def _about(snapshot: Snapshot, version: str) -> dict[str, Any]:
    """What the page states of itself, and the rules of the calculator."""
    names = [one.name for one in (*CLASSES, *COUNTED)]
    sources = [one["name"] for one in (*snapshot.file.header["sources"], *snapshot.file.header.get("supplements", ()))]
    return {
        "version": version,
        "date": snapshot.date,
        "digest": snapshot.digest,
        "models": len(snapshot),
        "providers": len(snapshot.list_providers()),
        "sources": [printable(name) for name in sources],
        "words": {"terms": TERMS, "marks": MARKS, "modes": MODES},
        "rules": {
            "classes": [one._asdict() for one in CLASSES],
            "counted": [one._asdict() for one in COUNTED],
            "fee_per": FEE_PER,
            "why": WHY,
            "order": sorted(names, key=place),
        },
        "licences": [
            [f"{one['name']} {one['version']} ({one['licence']})", _read(name)]
            for one in libraries()
            for name in one["files"].values()
            if name.startswith("LICENSE")
        ],
    }


def libraries() -> list[dict[str, Any]]:
    """The libraries in the page: name and version at npm, licence, and the files taken from there: theirs -> ours."""
    found: list[dict[str, Any]] = json.loads(_read("libraries.json"))
    return found


def _read(name: str) -> str:
    """A text, with the line ends that a browser reads: one of the libraries has others, which change its digest."""
    with open(os.path.join(PAGE, name), encoding="utf-8") as file:
        return file.read()


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def _block(name: str, text: str) -> str:
    """Data in an element of a type that no browser runs."""
    return f'<script type="application/json" id="{name}">{text}</script>'


def _escaped(value: Any) -> str:
    """JSON without a character that HTML reads."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _packed(value: Any) -> str:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()
