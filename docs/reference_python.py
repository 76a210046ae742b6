"""Write the page about Python from the docstrings and annotations of the package; `docs/reference.py` calls this.

It reads the source by its syntax tree and imports nothing, so it also covers modules that need a client library.
"""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "llm_models")
GROUPS = {
    "The catalogue": ("load", "reload", "snapshot", "epoch", "diff"),
    "Look up": (
        *("list_providers", "get_provider", "list_models", "get_model", "resolve", "capabilities", "allowed"),
        *("endpoint", "offers", "search", "explain"),
    ),
    "Choose": ("select", "candidates"),
    "Names": ("parse_provider", "parse_spec", "format_spec", "wire_id", "match_names"),
    "Usage and cost": ("usage", "usages", "cost", "prices", "usd"),
    "History": ("history", "provider_history"),
}
"""The functions in the order in which a reader needs them."""
RECORDS = (
    *("Provider", "Model", "Limits", "Modalities", "Capabilities", "Reasoning", "Tools", "Json", "Streaming"),
    *("Cost", "PriceList", "CostTier", "CostHours", "CostMode", "Usage", "ModelKey"),
)
ANSWERS = (
    *("Snapshot", "Endpoint", "Offer", "SearchResult", "Hit", "NameMatch", "Explanation", "FieldOrigin"),
    *(
        "Bill",
        "Line",
        "Prices",
        "PriceRow",
        "ModelHistory",
        "ProviderHistory",
        "Diff",
        "Change",
        "Problem",
        "Overrides",
    ),
)
PARTS = {
    **dict.fromkeys(("Interval", "DatedPrice", "Answer", "Successor"), "listing_parts"),
    **{"Rename": "spellings", "Renamed": "differences", "Source": "bills", "Basis": "bills", "Outlier": "outliers"},
}
"""Classes of fields of these answers, and their modules: programs meet them, and import them from nowhere."""
INTEGRATIONS = (
    *("openai_sdk", "openai_agents", "langchain", "litellm", "pydantic_ai", "genai_prices", "otel", "pydantic"),
    "click",
)
VALUES = {"CAPABILITIES": "records", "__version__": "__init__"}
"""Public names that are values, and their modules."""

PAGE = """# Reference: Python

<!-- Written by docs/reference_python.py from the docstrings. Change these, not this page. -->

All names of `llm_models`, with their arguments, answers and errors. `help(llm_models.select)` shows the same text of a
function. Of a class, such as `Bill`, `help` and editors show what it is; what its fields mean stands here and, for
editors, in the source. [asking.md](asking.md) explains the usual questions.

A function asks the catalogue that was published last. `Snapshot` has the same questions as methods. An unknown value
is None. Prices are USD per million tokens, limits are tokens, and dates are `YYYY-MM-DD` in UTC, unless a field states
something else. A `Spec` is a model spec as text, a pair of provider and id, or a `Model`. A `Moment` is a datetime, a
date, a text of one of these, or None for now.

| function | answer |
| --- | --- |
{summary}

{functions}

## Records

A record is typed, cannot be changed, is compared by value and can be pickled. `to_dict()` gives plain data without
unknown values, and the class method `from_dict(data)` makes a record of plain data. The fields and their descriptions
are those of the schemas, as in the [configuration](configuration.md).

{records}

## Answers

What functions return, and what people pass to `load()`.

{answers}

## Parts of answers

Classes of fields of these answers. They are no names of `llm_models`: a program reads their fields, and need not import
them.

{parts}

## Errors

Every error about a file, a name or a value is an `LLMModelsError`, and also an error of the built-in class that fits.
So `except LookupError` finds a model that does not exist. The error has its subject as attributes.

| error | is also | exit code of commands |
| --- | --- | --- |
{hierarchy}

{errors}

## Values

{values}

## Integrations

Each module needs its client library, which the extra of the same name installs. [integrations.md](integrations.md) has
an example of each.

{integrations}
"""


class Field(NamedTuple):
    """A field of a class: its name, its type for people, and its description."""

    name: str
    type: str
    meaning: str


@cache
def tree(module: str) -> ast.Module:
    """The syntax tree of a module of the package, by its name without that of the package."""
    path = os.path.join(PACKAGE, *module.split(".")) + ".py"
    if not os.path.exists(path):
        path = os.path.join(PACKAGE, *module.split("."), "__init__.py")
    with open(path, encoding="utf-8") as file:
        return ast.parse(file.read())


@cache
def origins(module: str) -> dict[str, str]:
    """Imported name -> the module of the package from which it comes."""
    found = {}
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("llm_models."):
            found |= {alias.asname or alias.name: str(node.module).partition(".")[2] for alias in node.names}
    return found


def listed(module: str) -> list[str]:
    """`__all__` of a module."""
    for node in tree(module).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def find(name: str, module: str = "__init__") -> tuple[str, ast.stmt]:
    """The module that defines a name which is public in `module`, and the statement there."""
    for node in [*tree(module).body, *conditional(tree(module))]:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return module, node
    return find(name, origins(module)[name])


def conditional(module: ast.Module) -> Iterator[ast.stmt]:
    """The statements that only a type checker reads."""
    for node in module.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from node.body


def value_text(name: str, module: str) -> str:
    """The text below the assignment of a name, in the module that assigns it."""
    texts = following(tree(module).body)
    if name not in texts and name in origins(module):
        return value_text(name, origins(module)[name])
    return texts.get(name, "")


def following(body: list[ast.stmt]) -> dict[str, str]:
    """Assigned name -> the text that stands below it."""
    found = {}
    for node, after in pairwise(body):
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else None
        )
        if target is not None and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[ast.unparse(target)] = " ".join(str(after.value.value).split())
    return found


def fields(name: str, module: str = "__init__") -> list[Field]:
    """The public fields of a class, those of its bases first, unless it puts its own first."""
    where, node = find(name, module)
    assert isinstance(node, ast.ClassDef)
    texts = following(node.body)
    own = [
        Field(ast.unparse(item.target), type_of(item.annotation, where), texts.get(ast.unparse(item.target), ""))
        for item in node.body
        if isinstance(item, ast.AnnAssign) and not ast.unparse(item.target).startswith("_")
    ]
    above = [field for base in node.bases for field in of_base(ast.unparse(base), where)]
    first = any(isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == "_own_first" for item in node.body)
    kept = [field for field in above if field.name not in {one.name for one in own}]
    return own + kept if first else kept + own


def of_base(base: str, module: str) -> list[Field]:
    """The fields of a base class, if it is one of the package."""
    try:
        return fields(base, module)
    except (KeyError, FileNotFoundError):
        return []


def type_of(annotation: ast.expr, module: str) -> str:
    """A type for people; a name for a few words, or for several types, is replaced with these."""
    text = ast.unparse(annotation)
    for name in re.findall(r"\b[A-Z]\w+", text):
        text = re.sub(rf"\b{name}\b", lambda found: meant(found[0], module), text)
    return text.replace(" | ", " or ")


def meant(name: str, module: str) -> str:
    """What a name stands for that a module, or the one from which it imports the name, assigns; a class is itself."""
    for node in conditional(tree(module)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            if isinstance(node.value, ast.Subscript) and ast.unparse(node.value.value) == "Literal":
                return " | ".join(f'"{word}"' for word in ast.literal_eval(node.value.slice))
            return ast.unparse(node.value)
    there = origins(module).get(name)
    return name if there is None or there == module else meant(name, there)


def members(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The public methods and properties of a class that have a docstring, as they are called."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and (
            not item.name.startswith("_") or item.name in ("__len__", "__bool__")
        ):
            text = ast.get_docstring(item)
            decorators = {ast.unparse(one) for one in item.decorator_list}
            if not text or decorators & {"overload"}:
                continue
            shown = item.name if decorators & {"property", "cached_property"} else signature(item, item.name)
            yield shown if "\n" not in shown else f"{item.name}(...)", text


def signature(node: ast.FunctionDef, name: str) -> str:
    """How a function is called: one line, or one argument a line."""
    parts = [*arguments(node.args)]
    if parts and parts[0] in ("self", "cls"):
        parts = parts[1:]
    answer = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    one = f"{name}({', '.join(parts)}){answer}"
    if len(one) <= 100:
        return one
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){answer}"


def arguments(args: ast.arguments) -> Iterator[str]:
    """Each argument of a signature as it is written."""
    plain = [*args.posonlyargs, *args.args]
    missing = len(plain) - len(args.defaults)
    for at, one in enumerate(plain):
        yield argument(one, args.defaults[at - missing] if at >= missing else None)
    if args.vararg:
        yield f"*{ast.unparse(args.vararg)}"
    elif args.kwonlyargs:
        yield "*"
    for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield argument(one, default)
    if args.kwarg:
        yield f"**{ast.unparse(args.kwarg)}"


def argument(one: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(one) + (f" = {ast.unparse(default)}" if default is not None else "")


def prose(text: str) -> str:
    """A docstring as Markdown, with its examples as code."""
    parts = []
    for part in text.split("\n\n"):
        if part.startswith(">>> "):
            if parts and parts[-1].endswith("```") and parts[-1].startswith("```pycon"):
                parts[-1] = f"{parts[-1][:-3]}\n{part}\n```"
            else:
                parts.append(f"```pycon\n{part}\n```")
        else:
            linked = re.sub(r"`docs/([\w-]+\.md)`", r"[\1](\1)", part)
            parts.append(linked.replace("<", "&lt;"))
    return "\n\n".join(parts)


def first(text: str) -> str:
    """The first sentence of a docstring, for a table."""
    return cell(re.split(r"(?<=\.)\s", text, maxsplit=1)[0])


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def function(name: str, module: str = "__init__", shown: str = "") -> str:
    """The section about a function."""
    _, node = find(name, module)
    assert isinstance(node, ast.FunctionDef)
    return f"### {shown or name}\n\n```text\n{signature(node, name)}\n```\n\n{prose(ast.get_docstring(node) or '')}"


def a_class(name: str, module: str = "__init__", shown: str = "") -> str:
    """The section about a class: what it is, its fields, and what can be asked of it."""
    _, node = find(name, module)
    assert isinstance(node, ast.ClassDef)
    parts = [f"### {shown or name}", prose(ast.get_docstring(node) or "")]
    held = [one for one in fields(name, module) if one.name != "exit_code" or name == "LLMModelsError"]
    if any(one.meaning for one in held):
        rows = "\n".join(f"| `{one.name}` | `{one.type}` | {cell(one.meaning)} |" for one in held)
        parts.append(f"| field | type | meaning |\n| --- | --- | --- |\n{rows}")
    elif held:  # the text above describes them
        rows = "\n".join(f"| `{one.name}` | `{one.type}` |" for one in held)
        parts.append(f"| field | type |\n| --- | --- |\n{rows}")
    asked = [*members(node)]
    if asked:
        rows = "\n".join(f"| `{cell(shown)}` | {first_lines(text)} |" for shown, text in asked)
        parts.append(f"| also | meaning |\n| --- | --- |\n{rows}")
    return "\n\n".join(parts)


def first_lines(text: str) -> str:
    """The text of a method without its examples, in one line."""
    return cell(" ".join(part for part in text.split("\n\n") if not part.startswith(">>> ")))


def errors() -> list[str]:
    """The public error classes, the base first."""
    names = [name for name in listed("__init__") if name.endswith("Error")]
    return sorted(names, key=lambda name: (name != "LLMModelsError", name))


def hierarchy(name: str) -> str:
    """The row of an error: its other bases, and its exit code."""
    _, node = find(name)
    assert isinstance(node, ast.ClassDef)
    bases = ", ".join(f"`{ast.unparse(base)}`" for base in node.bases)
    return f"| [`{name}`](#{name.lower()}) | {bases} | {exit_code(name)} |"


def exit_code(name: str, module: str = "__init__") -> str:
    where, node = find(name, module)
    assert isinstance(node, ast.ClassDef)
    for item in node.body:
        if isinstance(item, ast.Assign | ast.AnnAssign) and "exit_code" in ast.unparse(item).partition("=")[0]:
            assert item.value is not None
            return ast.unparse(item.value)
    return exit_code(ast.unparse(node.bases[0]), where)


def integration(name: str) -> str:
    """The section about a module of an integration: what its docstring states, and its public names."""
    module = f"integrations.{name}"
    parts = [f"### llm_models.integrations.{name}", prose(ast.get_docstring(tree(module)) or "")]
    for public in listed(module):
        shown = f"{name}.{public}"
        try:
            _, node = find(public, module)
        except KeyError:
            parts.append(f"#### {shown}\n\n{value_text(public, module)}")
            continue
        section = function if isinstance(node, ast.FunctionDef) else a_class
        parts.append("#" + section(public, module, shown))
    return "\n\n".join(parts)


def page() -> str:
    """The whole page."""
    functions = [f"## {title}\n\n" + "\n\n".join(map(function, names)) for title, names in GROUPS.items()]
    summary = [
        f"| [`{name}`](#{name}) | {first(ast.get_docstring(find(name)[1]) or '')} |"  # type: ignore[arg-type]
        for names in GROUPS.values()
        for name in names
    ]
    values = [f"### {name}\n\n{value_text(name, module)}" for name, module in VALUES.items() if module != "__init__"]
    return PAGE.format(
        summary="\n".join(summary),
        functions="\n\n".join(functions),
        records="\n\n".join(map(a_class, RECORDS)),
        answers="\n\n".join(map(a_class, ANSWERS)),
        parts="\n\n".join(a_class(name, module) for name, module in PARTS.items()),
        hierarchy="\n".join(map(hierarchy, errors())),
        errors="\n\n".join(map(a_class, errors())),
        values="\n\n".join([*values, "### \\_\\_version\\_\\_\n\nThe version of the package, as text."]),
        integrations="\n\n".join(map(integration, INTEGRATIONS)),
    )
