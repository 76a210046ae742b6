"""Vocabularies: the words that each parameter of a command may have, as a table; for shell completion.

Each word comes from where it is defined, and is imported when somebody asks for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from llm_models.cli.options import completing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Words = Iterable[tuple[str, str | None]]
    """Words and, where they have one, the line that explains them."""


class Vocabulary(NamedTuple):
    """What a parameter may be: the words, as a function of the context and the typed text, and kinds of files.

    `files` is "file" where it may be any file or folder, "dir" where it may be a folder, and empty where it is neither.
    """

    words: Callable[[click.Context, str], Words] = lambda _ctx, _typed: ()
    files: str = ""


def _plain(words: Iterable[str]) -> Words:
    return [(word, None) for word in words]


def _list(module: str, name: str) -> Callable[[click.Context, str], Words]:
    """The words of a list or a table of a module, which is imported when somebody asks."""
    return lambda _ctx, _typed: _plain(getattr(import_module(f"llm_models.{module}"), name))


def _providers(_ctx: click.Context, typed: str) -> Words:
    """The ids of the providers; their other names where no id begins with what is typed."""
    snapshot = completing()
    shown = [(name, snapshot.get_provider(name).name) for name in snapshot.list_providers() if name.startswith(typed)]
    return shown or [(name, owner) for name, owner in snapshot.file.aliases.items() if name.startswith(typed)]


def _kinds(_ctx: click.Context, _typed: str) -> Words:
    from llm_models.kinds import KINDS

    return _plain(dict.fromkeys((*KINDS, *_in_catalogue("kind"))))


def _column(name: str) -> Callable[[click.Context, str], Words]:
    """The words that the models of the catalogue have in a column."""
    return lambda _ctx, _typed: _plain(_in_catalogue(name))


def _in_catalogue(column: str) -> list[str]:
    values = completing().file.columns().values(column)
    return sorted({word for value in values if isinstance(value, str) for word in value.split()})


def _states(_ctx: click.Context, _typed: str) -> Words:
    from llm_models.conditions import STATES

    return [*_plain(STATES), ("current", "all but retired")]


def _sources(_ctx: click.Context, _typed: str) -> Words:
    from llm_models.transforms import SOURCES

    return [(name, source.title) for name, source in SOURCES.items()]


def _targets(_ctx: click.Context, _typed: str) -> Words:
    from llm_models.cli.export import TARGETS

    return [*TARGETS.items()]


def _several(known: Callable[[click.Context, str], Words]) -> Callable[[click.Context, str], Words]:
    """The next word of a list with commas."""

    def next_words(ctx: click.Context, typed: str) -> Words:
        before, comma, last = typed.rpartition(",")
        given = before.split(",")
        return [(f"{before}{comma}{name}", told) for name, told in known(ctx, last) if name not in given]

    return next_words


def _supplements(_ctx: click.Context, typed: str) -> Words:
    from llm_models.transforms import SOURCES

    return () if "=" in typed else [(f"{name}=", source.title) for name, source in SOURCES.items()]


def _counts(_ctx: click.Context, typed: str) -> Words:
    """The next count of a workload, such as `input=8k,output=`."""
    from llm_models.counts import Usage
    from llm_models.frozen import defaults
    from llm_models.workloads import TIMES

    before, comma, _ = typed.rpartition(",")
    given = {part.partition("=")[0] for part in before.split(",")}
    names = [name for name in (*defaults(Usage), TIMES) if name not in given]
    return _plain([f"{before}{comma}{name}=" for name in names])


def _fees(_ctx: click.Context, _typed: str) -> Words:
    from llm_models.counts import FEES

    return _plain([f"{name}=" for name in FEES])


def _modes(ctx: click.Context, _typed: str) -> Words:
    """The modes of the model that is named before; else those that a response can state."""
    from llm_models.modes import SERVED

    spec = ctx.params.get("spec")
    modes = completing().resolve(spec).to_dict().get("cost", {}).get("modes", {}) if spec else SERVED
    return _plain(sorted(modes))


def _models_of(ctx: click.Context, typed: str) -> Words:
    """The ids of the provider that is named before."""
    found = completing().list_models(ctx.params["provider"]) if ctx.params.get("provider") else ()
    return [(model.id, model.name) for model in found if model.id.startswith(typed)]


def _specs(ctx: click.Context, typed: str) -> Words:
    from llm_models.cli.options import model_spec

    return [(item.value, item.help) for item in model_spec.shell_complete(ctx, click.Argument(["spec"]), typed)]


def _fields(_ctx: click.Context, typed: str) -> Words:
    """The fields of a model, first those without a dot; of a table whose name is typed, those below."""
    return [(path, node.get("description")) for path, node in _schema_fields(typed)]


def _printed(ctx: click.Context, typed: str) -> Words:
    """The next field of the records that the command prints, after a comma too; for `unset`, those of a model."""
    from llm_models.answers import RECORDS, names, record_schema

    if ctx.command.name not in RECORDS:
        return _fields(ctx, typed)
    before, comma, last = typed.rpartition(",")
    found = names(record_schema(ctx.command.name))
    shown = [name for name in found if "." not in name or name.startswith(f"{last.rpartition('.')[0]}.")]
    return _plain([f"{before}{comma}{name}" for name in shown])


def _assignments(_ctx: click.Context, typed: str) -> Words:
    """The fields of a model as `FIELD=`; after the sign, the values that the schema names."""
    field, sign, _ = typed.partition("=")
    if not sign:
        fields = [(path, node) for path, node in _schema_fields(typed) if path != typed]
        return [(path + ("." if "properties" in node else "="), node.get("description")) for path, node in fields]
    name = field.removesuffix("+")
    node = dict(_schema_fields(name)).get(name, {})
    part, path = node.get("items", node), tuple(name.split("."))
    values = ("true", "false") if part.get("type") == "boolean" else part.get("enum", ())
    if not values:
        from llm_models.words import OPEN, words_of

        values = words_of(path) if path in OPEN else ()
    return _plain([f"{field}={value}" for value in values])


def _schema_fields(typed: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields that an entry may state, with their schemas: those of each table whose name is typed whole, too."""
    from llm_models import schema
    from llm_models.layers import IDENTITY

    def walk(node: dict[str, Any], above: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, part in node.get("properties", {}).items():
            path = f"{above}{name}"
            if above or name not in IDENTITY["models"]:
                yield path, part
                if typed == path or typed.startswith(f"{path}."):
                    yield from walk(part, f"{path}.")

    return walk(schema.inlined("overrides")["properties"]["models"]["items"], "")


_FILE = Vocabulary(files="file")
NOTHING = Vocabulary()
"""A parameter whose value nobody can guess, such as a day or a checksum."""
_PROVIDER, _CAPABILITY = Vocabulary(_providers), Vocabulary(_list("records", "CAPABILITIES"))

VOCABULARIES = {
    "accepted": _FILE,
    "against": _FILE,
    "at": NOTHING,
    "billing": Vocabulary(_list("conditions", "BILLINGS")),
    "changes": Vocabulary(_assignments),
    "config": Vocabulary(lambda _ctx, _typed: [("none", "the packaged data, and nothing of any folder")], "file"),
    "counts": Vocabulary(_several(_list("usage_sql", "COUNTS"))),
    "day": NOTHING,
    "exclude": _FILE,
    "family": Vocabulary(_column("family")),
    "fee": Vocabulary(_fees),
    "field": Vocabulary(_fields),
    "fields": Vocabulary(_printed),
    "files": _FILE,
    "folder": Vocabulary(files="dir"),
    "forbid": _CAPABILITY,
    "ignore": Vocabulary(_specs),
    "input": Vocabulary(_column("takes")),
    "kind": Vocabulary(_kinds),
    "lifecycle": Vocabulary(_states),
    "match": Vocabulary(_specs),
    "mode": Vocabulary(_modes),
    "name": Vocabulary(_list("schema", "SCHEMAS")),
    "named": Vocabulary(_several(_list("tables", "TABLES"))),
    "new": Vocabulary(_list("differences", "NAMES"), "file"),
    "of": Vocabulary(_list("answers", "ANSWERS")),
    "old": Vocabulary(_list("differences", "NAMES"), "file"),
    "onto": _FILE,
    "out": _FILE,
    "output": Vocabulary(_column("gives")),
    "path": _FILE,
    "pattern": Vocabulary(_models_of),
    "prefer": _PROVIDER,
    "protocol": Vocabulary(_list("recognition", "BY_NAME")),
    "provider": _PROVIDER,
    "providers": _PROVIDER,
    "quoted": NOTHING,
    "released_after": NOTHING,
    "require": _CAPABILITY,
    "response": _FILE,
    "scope": _PROVIDER,
    "sha256": NOTHING,
    "snapshot": _FILE,
    "source": Vocabulary(_sources),
    "style": Vocabulary(_list("modelspec", "STYLES")),
    "supplement": Vocabulary(_supplements, "file"),
    "tags": Vocabulary(_column("tags")),
    "target": Vocabulary(_targets),
    "url": _FILE,
    "used": _FILE,
    "words": NOTHING,
    "workload": Vocabulary(_counts, "file"),
}
"""Name of a parameter -> what it may be, for those whose type does not tell it: numbers, choices, models."""
OWN_TYPES = ("choice", "model", "number", "integer range", "float")
"""The types, by their names, that tell themselves what a value may be; a number has no words."""


def words(ctx: click.Context, param: click.Parameter, typed: str) -> tuple[Words, str]:
    """The words of a parameter that begin with what is typed, and the kind of files that it may be."""
    if param.type.name in OWN_TYPES or param.name not in VOCABULARIES:
        return [(item.value, item.help) for item in param.shell_complete(ctx, typed)], ""
    vocabulary = VOCABULARIES[param.name]
    with ctx.scope(cleanup=False):
        found = [(word, told) for word, told in vocabulary.words(ctx, typed) if word.startswith(typed)]
    return found, vocabulary.files
