"""Write the reference pages, such as configuration.md, from the schemas: `python docs/reference.py`.

A test compares the pages with what this prints, so they cannot fall behind the schemas.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from llm_models import paths, schema
from llm_models.records import CAPABILITIES
from llm_models.tables import LEFT_OUT, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = os.path.dirname(os.path.abspath(__file__))

CONFIGURATION = """# Reference: llm_models.toml

<!-- Written by docs/reference.py from schemas/. Change the schemas, not this page. -->

{description} `llm-models init` writes a file with an example of each part, and a schema for your editor.
`llm-models validate` checks it.

## An example

What `llm-models init` writes. Every part is commented out there.

```toml
{template}```

## At the top of the file

{settings}

## `[[providers]]`

{providers_description} An id that the catalogue has corrects that provider; any other defines one.

{providers}

## `[[models]]`

{models_description}

{models}
"""

CAPABILITIES_PAGE = """# Reference: capabilities

<!-- Written by docs/reference.py from schemas/. Change the schemas, not this page. -->

{description}

`require` and `forbid`, of `select`, `candidates` and `list_models`, take the names. `model.stated(name)` tells whether
a flag is stated at all; see [data.md](data.md). In `llm_models.toml` a flag is written as the path in the last column.

| name | default | meaning | path |
| --- | --- | --- | --- |
{flags}

Capabilities with details, which are not flags:

{details}
"""

COLUMNS_PAGE = """# Reference: the columns of tables

<!-- Written by docs/reference.py from llm_models/tables.py and schemas/. Change those, not this page. -->

`llm-models export csv`, and the other formats of [tables.md](tables.md), write these columns, in this order. The name
of a column is the path of the field in a record, with `_` for `.`; a capability has its name as in `require`. A column
in bold has a value in every row; elsewhere null is unknown.

## `models`

{models}

No column: {left_out}.

## `providers`

{providers}
"""


def rows(properties: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field below, with its dotted path; a table that holds only fields comes as these."""
    for name, node in properties.items():
        if node.get("properties"):
            yield from rows(node["properties"], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", node


def kind(node: dict[str, Any]) -> str:
    """The type of a field, for people."""
    if "enum" in node:
        return " or ".join(f"`{value}`" for value in node["enum"])
    if "anyOf" in node:
        return " or ".join(kind(branch) for branch in node["anyOf"])
    if "const" in node:
        return f'`"{node["const"]}"`'
    if node.get("type") == "array":
        items = node["items"]
        if items.get("type") == "object":
            return "list of tables"
        return f"list of {kind(items)}" if "enum" in items else f"list of {kind(items)}s"
    if node.get("type") == "object":
        below = node.get("additionalProperties")
        of = "name" if ", by name" in described(node) else "provider"
        return f"table from {of} to {kind(below)}" if isinstance(below, dict) and below else "table"
    if node.get("format") in ("date", "partial-date"):
        return "date, as text"
    return {"string": "text", "boolean": "true or false", "integer": "integer", "number": "number"}[node["type"]]


def table(fields: Iterator[tuple[str, dict[str, Any]]]) -> str:
    """The fields as a table of Markdown; the fields of a list of tables, or of a table of tables, follow it."""
    lines = ["| key | value | meaning |", "| --- | --- | --- |"]
    seen: set[tuple[str, str]] = set()
    for path, node in fields:
        lines += [row(path, node), *below(path, node, seen)]
        seen.add((path.rpartition(".")[2], described(node)))
    return "\n".join(lines)


def row(path: str, node: dict[str, Any]) -> str:
    return f"| `{path}` | {kind(node)} | {described(node)} |"


def below(path: str, node: dict[str, Any], seen: set[tuple[str, str]]) -> Iterator[str]:
    """The rows of the fields of a table in a list or in a table. Those that are described above are only named."""
    for key, mark in (("items", "[]"), ("additionalProperties", ".NAME")):
        inner = node.get(key)
        if isinstance(inner, dict) and inner.get("type") == "object":
            known = []
            for name, one in rows(inner["properties"]):
                if (name, described(one)) in seen:
                    known.append(name)
                else:
                    yield row(f"{path}{mark}.{name}", one)
                    yield from below(f"{path}{mark}.{name}", one, seen)
            if known:
                yield f"| `{path}{mark}` |  | Also {', '.join(known)}: as above. |"


def described(node: dict[str, Any]) -> str:
    return str(node.get("description", "")).replace("|", "\\|").replace("<", "&lt;")


def configuration() -> str:
    """The page about llm_models.toml."""
    whole = schema.inlined("overrides")
    parts = {name: whole["properties"][name]["items"] for name in ("providers", "models")}
    settings = {name: node for name, node in whole["properties"].items() if name not in parts}
    return CONFIGURATION.format(
        description=whole["description"],
        template=template(),
        settings=table(iter(settings.items())),
        **{f"{name}_description": part["description"] for name, part in parts.items()},
        **{name: table(rows(part["properties"])) for name, part in parts.items()},
    )


def template() -> str:
    """The file that `llm-models init` writes."""
    with open(paths.TEMPLATE, encoding="utf-8") as file:
        return file.read()


def capabilities() -> str:
    """The page about the capabilities."""
    whole = schema.inlined("capabilities")
    fields = dict(rows(whole["properties"]))
    paths = {name: ".".join(path) for name, path in CAPABILITIES.items()}
    flags = []
    for name, path in paths.items():
        default = "yes" if fields[path].get("default") else "no"
        flags.append(f"| `{name}` | {default} | {described(fields[path])} | `capabilities.{path}` |")
    rest = ((f"capabilities.{path}", node) for path, node in fields.items() if path not in paths.values())
    return CAPABILITIES_PAGE.format(description=whole["description"], flags="\n".join(flags), details=table(rest))


def columns() -> str:
    """The page about the columns of tables."""
    tables = {}
    for name, listed in TABLES.items():
        lines = ["| column | type | unit | meaning |", "| --- | --- | --- | --- |"]
        for column in listed:
            shown = f"**`{column.name}`**" if column.required else f"`{column.name}`"
            meaning = column.description.replace("|", "\\|").replace("<", "&lt;")
            lines.append(f"| {shown} | {column.kind} | {column.unit or ''} | {meaning} |")
        tables[name] = "\n".join(lines)
    left_out = "; ".join(f"`{'.'.join(path)}` ({why})" for path, why in LEFT_OUT.items())
    return COLUMNS_PAGE.format(left_out=left_out, **tables)


PAGES = {"configuration.md": configuration, "capabilities.md": capabilities, "columns.md": columns}


def main() -> None:
    for name, page in PAGES.items():
        with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
            file.write(page())


if __name__ == "__main__":
    main()
