"""Write the reference pages, such as configuration.md, from schemas and commands: `python docs/reference.py`.

A test compares the pages with what this prints, so they cannot fall behind.
"""

from __future__ import annotations

import os
import runpy
from typing import TYPE_CHECKING, Any

import click

from llm_models import answers, paths, schema
from llm_models.cli import EXIT_CODES, FAMILIES, cli
from llm_models.cli.conditions import OPTIONS
from llm_models.record_tables import LEFT_OUT
from llm_models.records import CAPABILITIES
from llm_models.tables import TABLES

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

{models_description} What no line and no source states is unknown, which is not 0 and not "no":
[three-values.md](three-values.md). [capabilities.md](capabilities.md) has the default of each capability.

{models}
"""

CAPABILITIES_PAGE = """# Reference: capabilities

<!-- Written by docs/reference.py from schemas/. Change the schemas, not this page. -->

{description}

Pictures, sound, video and PDF are not capabilities: ask with `input="image"` (`--input image`), or `output` for models
that make them. `attachments` states only that files can be sent.

`require` and `forbid`, of `select`, `candidates` and `list_models`, take the names. `model.stated(name)` tells whether
a flag is stated at all; see [data.md](data.md). In `llm_models.toml` a flag is written as the path in the last column.

| name | default | meaning | path |
| --- | --- | --- | --- |
{flags}

Capabilities with details, which are not flags:

{details}
"""

COLUMNS_PAGE = """# Reference: the columns of tables

<!-- Written by docs/reference.py from the modules of tables and schemas/. Change those, not this page. -->

`llm-models export csv`, and the other formats of [tables.md](tables.md), write these columns, in this order. A column
in bold has a value in every row; elsewhere null is unknown. `provider` and `model` are the key of a model everywhere.

## `models`

The name of a column is the path of the field in a record, with `_` for `.`, except `model`, `context`, `input_limit`
and `output_limit`; a capability has its name as in `require`.

{models}

No column: {left_out}.

## `providers`

{providers}

## `prices`

Prices as they are stated. The rows of a model overlap: a mode, a tier or some hours stand above its list.

{prices}

## `rates`

Prices as `cost` bills them: a request matches at most one row. The ends of times, minutes and inputs are half-open:
`valid_from <= at < valid_until`, `minute_from <= minute < minute_until`, `input_over < input <= input_upto`.

{rates}

## `aliases`

{aliases}
"""

COMMANDS_PAGE = """# Reference: commands

<!-- Written by docs/reference.py from the commands. Change their help, not this page. -->

`llm-models COMMAND --help` shows the same. [output.md](output.md) has examples of the exit codes and describes JSON,
`--fields` and `--limit`; [json.md](json.md) has every key of the JSON of each command.

| command | what it does |
| --- | --- |
{summaries}

## Exit codes

| code | meaning |
| --- | --- |
{codes}

## Options of several commands

Every command has `--help`, and `--no-pager`, which prints long output at once. These choose a catalogue:

{catalogue}

These are the conditions of `list`, `select` and `export`:

{conditions}

{commands}
"""

JSON_PAGE = """# Reference: JSON

<!-- Written by docs/reference.py from schemas/commands/. Change the schemas, not this page. -->

What each command prints with `--json`, key by key; `llm-models schema --command NAME` prints the same as JSON Schema. A
key in bold is always there. `[]` marks the items of a list, and NAME any key. For `--null`, see [output.md](output.md).

{answers}
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
        settings=table(rows(settings)),
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


def commands() -> str:
    """The page about the commands."""
    names = {name: summary for family in FAMILIES.values() for name, summary in family.items()}
    conditions = {text.partition(" ")[0].partition("/")[0] for text in OPTIONS}
    listed = cli.commands["list"]
    named = {one.opts[0]: one for one in listed.params if isinstance(one, click.Option)}
    return COMMANDS_PAGE.format(
        summaries="\n".join(f"| [`{name}`](#{name}) | {cell(summary)} |" for name, summary in names.items()),
        codes="\n".join(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()),
        catalogue=options([named[name] for name in CATALOGUE]),
        conditions=options([one for name, one in named.items() if name in conditions]),
        commands="\n\n".join(one_command(name, {*conditions}) for name in names),
    )


CATALOGUE = ("--config", "--snapshot", "--behaviour")


def one_command(name: str, conditions: set[str]) -> str:
    """The section about a command: its usage, its help, and the options that are its own."""
    command = cli.commands[name]
    ctx = click.Context(command, info_name=name)
    command.format_help_text(ctx, ctx.make_formatter())  # states the lists of other modules
    arguments = [one.make_metavar(ctx) for one in command.params if not is_option(one)]
    taken = {one.opts[0]: one for one in command.params if isinstance(one, click.Option)}
    shared = "--no-pager", *(CATALOGUE if {*CATALOGUE} <= {*taken} else ())
    also = ["a catalogue"] * ({*CATALOGUE} <= {*taken})
    if conditions <= {*taken}:
        shared, also = (*shared, *conditions), [*also, "conditions"]
    own = [one for option, one in taken.items() if option not in shared]
    usage = " ".join(["llm-models", name, "[OPTIONS]", *arguments])
    parts = [f"## {name}", f"```text\n{usage}\n```", *prose(command.help or "")]
    parts += [options(own)] * bool(own)
    if also:
        parts.append(f"Also the [options](#options-of-several-commands) of {' and of '.join(also)}.")
    return "\n\n".join(parts)


def is_option(param: click.Parameter) -> bool:
    return isinstance(param, click.Option)


def prose(text: str) -> Iterator[str]:
    """The paragraphs of a help text, those that keep their lines as code."""
    for part in text.split("\n\n"):
        if part.startswith("\b\n"):
            title, *lines = part.removeprefix("\b\n").split("\n")
            code = "\n".join(line.removeprefix("  ") for line in lines)
            yield f"{title}\n\n```text\n{code}\n```"
        else:
            yield part.replace("<", "&lt;")


def options(listed: list[click.Option]) -> str:
    """Options as a table of Markdown."""
    lines = ["| option | meaning |", "| --- | --- |"]
    for one in listed:
        names = ", ".join(f"`{name}`" for name in (*one.opts, *one.secondary_opts))
        words = getattr(one.type, "choices", None)
        value = "" if one.is_flag else f" {one.metavar}" if one.metavar else " NAME"
        shown = names if not value else names[:-1] + f"{value}`"
        known = f" One of: {', '.join(words)}." if words and not one.is_flag else ""
        default = f" Default: {one.default:g}." if one.show_default and isinstance(one.default, float) else ""
        default = default or (f" Default: {one.default}." if one.show_default else "")
        lines.append(f"| {cell(shown)} | {cell(str(one.help or ''))}{known}{default} |")
    return "\n".join(lines)


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def json_page() -> str:
    """The page about the JSON of commands. A key that an earlier command has, too, is only named, with a link there."""
    seen: dict[tuple[str, str], str] = {}
    return JSON_PAGE.format(answers="\n\n".join(one_answer(name, seen) for name in answers.ANSWERS))


def one_answer(name: str, seen: dict[tuple[str, str], str]) -> str:
    """The section of a command; `seen` is in which section each key, with its meaning, is described."""
    whole = answers.published(name)
    parts = [f"## {name}", whole["description"]]
    for one in whole.get("anyOf", [whole]):
        is_list = one.get("type") == "array"
        record = one["items"] if is_list else one
        if one is not whole or is_list:
            what = described(record) or described(one)
            parts.append(f"{'A list; each item' if is_list else 'An object'}: {what}")
        lines = [*keys(record, "", name, seen)]
        parts += ["\n".join(["| key | value | meaning |", "| --- | --- | --- |", *lines])] * bool(lines)
    return "\n\n".join(parts)


def keys(node: dict[str, Any], above: str, section: str, seen: dict[tuple[str, str], str]) -> Iterator[str]:
    """The rows of all keys of an object and of what is in it. Those that are described above are only named."""
    branches = node.get("anyOf", [node])
    known: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for branch in branches for name in branch.get("properties", ())):
        inner = next(branch["properties"][name] for branch in branches if name in branch.get("properties", ()))
        path, bold = f"{above}.{name}".removeprefix("."), "**"
        if (name, described(inner)) in seen:
            known.setdefault(seen[name, described(inner)], []).append(f"`{name}`")
            continue
        seen[name, described(inner)] = section
        if not all(name in branch.get("required", ()) for branch in branches):
            bold = ""
        yield f"| {bold}`{path}`{bold} | {form(inner)} | {described(inner)} |"
        yield from keys(inner, path, section, seen)
    for other, names in known.items():
        place = f"`{above}`" if above else "also"
        where = "as above" if other == section else f"as in [{other}](#{other})"
        yield f"| {place} | | {', '.join(names)}: {where}. |"
    for branch in branches:
        for key, mark in (("items", "[]"), ("additionalProperties", ".NAME")):
            if isinstance(branch.get(key), dict):
                yield from keys(branch[key], f"{above}{mark}", section, seen)


def form(node: dict[str, Any]) -> str:
    """The type of a value of JSON, for people."""
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(form(one) for one in node["anyOf"]))
    if "enum" in node:
        return " or ".join("null" if one is None else f"`{one}`" for one in node["enum"])
    if "const" in node:
        return str(node["const"]).lower()
    names = {"string": "text", "boolean": "true or false", "array": "list"}
    kinds = node.get("type", "any")
    return " or ".join(names.get(one, one) for one in ([kinds] if isinstance(kinds, str) else kinds))


def python() -> str:
    """The page about Python, which a script of its own makes of docstrings."""
    script = runpy.run_path(os.path.join(HERE, "reference_python.py"))
    return str(script["page"]())


PAGES = {
    "configuration.md": configuration,
    "capabilities.md": capabilities,
    "columns.md": columns,
    "commands.md": commands,
    "json.md": json_page,
    "python.md": python,
}


def main() -> None:
    for name, page in PAGES.items():
        with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
            file.write(page())


if __name__ == "__main__":
    main()
