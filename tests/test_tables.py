"""Tables of models and providers: what a row states, and that every format gives it back as it was."""

from __future__ import annotations

import csv
import doctest
import errno
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import ROOT
from support.command import fine, here, python, refused, started
from support.docs import run_console
from support.table_readers import read, read_csv, read_json, read_sqlite

import llm_models
from llm_models import database_files, replacement, table_formats, tables
from llm_models.cli import output
from llm_models.errors import printable
from llm_models.origins import leaves
from llm_models.rates import gone_models
from llm_models.records import CAPABILITIES
from llm_models.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from llm_models.tables import Row, TableName

RENAMED = {
    ("id",): "model",
    ("limits", "context"): "context",
    ("limits", "input"): "input_limit",
    ("limits", "output"): "output_limit",
}
META = {"date": "2026-01-01", "digest": "00"}
TEXTS = ("csv", "json", "jsonl")
FORMATS = (*TEXTS, "sqlite", "parquet", "duckdb")
DATABASES = ("sqlite", "duckdb")
FORMULA = "=HYPERLINK(1)"
OWN = f"""
[[providers]]
id = "acme"
name = '{FORMULA}'
env = []
[[models]]
provider = "acme"
id = "m"
name = '##vso[x]"a", b'
description = "two\\nlines \\u001b[31m"
cost = {{ input = 0.30000000000000004, output = 1e-7, image = 0, tiers = [{{ context_over = 9, input = 1.0 }}] }}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Every(dict[Any, Any]):
    """All rows of the tables of the packaged data; those of prices take long, so each table is made when asked for."""

    def __missing__(self, name: TableName) -> list[Row]:
        self[name] = [*tables.rows(llm_models.load(config=None, publish=False), name)]
        return self[name]


@pytest.fixture(scope="module")
def every() -> dict[TableName, list[Row]]:
    return Every()


class TestRows:
    def test_a_row_has_what_the_record_has(
        self, packaged: llm_models.Snapshot, every: dict[TableName, list[Row]]
    ) -> None:
        """Every value of every model and provider: in a column, or in a part that is left out and named."""
        flags = {".".join(("capabilities", *path)): name for name, path in CAPABILITIES.items()}
        models = packaged.list_models()
        assert [row["spec"] for row in every["models"]] == [model.spec for model in models]
        for model, row in zip(models, every["models"], strict=True):
            expected: dict[str, object] = {"spec": model.spec}
            more = set()
            for path, value in leaves(model.to_dict()):
                if path[0] == "cost" and path[1] in ("fees", "tiers", "hours", "modes", "dated"):
                    more.add(path[1])
                elif path[0] != "extra" and ".".join(path) not in flags:
                    name = RENAMED.get(path) or "_".join(path)
                    expected[name] = round(Decimal(repr(value)), 9) if isinstance(value, float) else value
            expected |= {f"capabilities_{name}": model.stated(name) for name in CAPABILITIES}
            named = [part for part in ("fees", "tiers", "hours", "modes", "dated") if part in more]
            expected |= {"cost_more": named or None}
            assert row == dict.fromkeys(row) | expected, model.spec
        assert [row["provider"] for row in every["providers"]] == packaged.list_providers()
        for row in every["providers"]:
            record = packaged.get_provider(str(row["provider"])).to_dict()
            record.pop("extra", None)
            record["provider"] = record.pop("id")
            assert row == dict.fromkeys(row) | record

    @pytest.mark.whole
    def test_a_row_has_every_column(self, every: dict[TableName, list[Row]]) -> None:
        types = {
            "text": str,
            "integer": int,
            "decimal": Decimal,
            "boolean": bool,
            "date": str,
            "moment": datetime,
            "list": list,
        }
        for name, columns in TABLES.items():
            assert len({column.name for column in columns}) == len(columns)
            for column in columns:
                found = {type(row[column.name]) for row in every[name]}
                assert found <= {types[column.kind], *[type(None)] * (not column.required)}, (name, column)

    def test_a_column_is_described(self) -> None:
        for columns in TABLES.values():
            for column in columns:
                assert re.fullmatch("[a-z][a-z0-9_]*", column.name)
                assert len(column.description) > 10, column
                assert "left out" not in column.description
                if column.kind in ("integer", "decimal"):
                    assert column.unit

    def test_unknown_is_not_no_and_not_zero(self) -> None:
        snapshot = llm_models.load(
            config=None,
            publish=False,
            overrides={
                "providers": [{"id": "a", "env": []}, {"id": "b", "base_url": "http://localhost:1/v1"}],
                "models": [
                    {
                        "provider": "a",
                        "id": "m",
                        "limits": {"context": 1},
                        "capabilities": {"tools": {"enabled": False}},
                    },
                    {"provider": "b", "id": "m", "limits": {"context": 1}, "cost": {"input": 0}},
                ],
            },
        )
        models = [snapshot.resolve(spec) for spec in ("b:m", "a:m", "b:m")]
        one, other = tables.rows(snapshot, models=models)
        assert (one["spec"], other["spec"]) == ("b:m", "a:m")
        assert (one["cost_input"], one["cost_output"], one["capabilities_tools"]) == (Decimal(0), None, None)
        assert (other["cost_input"], other["capabilities_tools"], other["capabilities_chat"]) == (None, False, None)
        assert (one["open_weights"], one["deprecated"]) == (None, False)
        assert [row["env"] for row in tables.rows(snapshot, "providers", models)] == [None, []]


CELL = st.text(st.characters(codec="utf-8"), min_size=1) | st.sampled_from(
    (
        '"',
        "a\rb",
        "a\r\nb",
        "\n",
        " a ",
        "\0",
        ",",
        "=1",
        "@x",
        "\ufeff",
        "null",
        "true",
        "1e5",
        "'); DROP TABLE models",
    )
)


class TestFormats:
    @pytest.mark.whole
    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize("target", FORMATS)
    def test_the_command_writes_every_row(
        self,
        target: str,
        table: TableName,
        folder: Path,
        every: dict[TableName, list[Row]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Which rows it writes is shown with CSV. Making those of prices takes longest, so others get those at hand."""
        pytest.importorskip({"parquet": "pyarrow", "duckdb": "duckdb"}.get(target, "json"))
        if target != "csv" or table == "rates":
            monkeypatch.setattr(tables, "rows", lambda _snapshot, name, _models: iter(every[name]))
        done = fine("export", target, "--tables", table, "--out", "file")
        assert f"{table}: {len(every[table]):,}" in done.err
        assert done.out == ""
        assert read(target, folder / "file", table) == every[table]

    @pytest.mark.parametrize("target", FORMATS)
    def test_all_tables_at_once(self, target: str, folder: Path) -> None:
        """In a file, or in a folder with a file for each; the same bytes each time, but for DuckDB's own marks."""
        pytest.importorskip({"parquet": "pyarrow", "duckdb": "duckdb"}.get(target, "json"))
        out = "file.db" if target in DATABASES else "wanted/tables"
        chosen = ("--scope", "deepseek", "--scope", "ovhcloud")
        done = fine("export", target, *chosen, "--out", out)
        snapshot = llm_models.load(config=None, publish=False)
        models = snapshot.list_models("deepseek") + snapshot.list_models("ovhcloud")
        gone = [*gone_models(snapshot.view, ["deepseek", "ovhcloud"])]
        assert gone
        written = {}
        for name in TABLES:
            path = folder / out / f"{name}.{target}" if out != "file.db" else folder / out
            expected = [*tables.rows(snapshot, name, models + gone if name in tables.OF_PRICES else models)]
            assert f"{name}: {len(expected):,}" in done.err
            assert read(target, path, name) == expected, name
            written[path] = path.read_bytes()
        fine("export", target, *chosen, "--out", out)
        if target != "duckdb":
            assert written == {path: path.read_bytes() for path in written}

    @settings(max_examples=60)
    @given(text=CELL, items=st.lists(CELL, max_size=3), price=st.decimals(0, 1_000_000, places=9))
    @example(text="=1", items=["\r"], price=Decimal("0.000000001"))
    def test_every_text_comes_back(self, text: str, items: list[str], price: Decimal) -> None:
        columns = TABLES["models"]
        row: Row = dict.fromkeys((column.name for column in columns), None)
        row |= {"spec": "a:b", "name": text, "tags": items, "cost_input": price, "deprecated": False, "dimensions": 0}
        shown = "".join(table_formats.csv_rows(columns, [row, row]))
        assert read_csv(shown, columns) == [row, row]
        lines = "".join(table_formats.jsonl_rows(columns, [row, row]))
        assert read_json(map(json.loads, lines.splitlines()), columns) == [row, row]
        assert read_json(json.loads("".join(table_formats.json_rows(columns, [row, row]))), columns) == [row, row]
        assert b"".join(table_formats.encoded([shown, lines])).decode() == shown + lines

    @settings(max_examples=20)
    @given(text=CELL, items=st.lists(CELL, max_size=3), price=st.decimals(0, 1_000_000, places=8))
    def test_every_text_comes_back_from_sqlite(
        self, text: str, items: list[str], price: Decimal, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        columns = TABLES["providers"]
        rows: list[Row] = [
            {**dict.fromkeys((column.name for column in columns), None), "provider": text, "billing": "usage"}
        ]
        rows[0]["env"] = items  # type: ignore[assignment]
        path = tmp_path_factory.mktemp("sqlite") / "file"
        path.write_bytes(b"".join(database_files.sqlite_file({"providers": (columns, rows)}, META)))
        assert read_sqlite(path, "providers", columns) == rows
        models = TABLES["models"]
        row: Row = dict.fromkeys((column.name for column in models), "x")
        row |= {"cost_input": price, **{column.name: False for column in models if column.kind == "boolean"}}
        path.write_bytes(b"".join(database_files.sqlite_file({"models": (models, [row])}, META)))
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("SELECT cost_input FROM models").fetchone()
        assert round(Decimal(repr(found)), 8) == price

    @pytest.mark.parametrize(
        ("target", "stated", "found"),
        [
            ("sqlite", {"cost_input": Decimal(10**9)}, "1000000000, expected less than 1,000,000,000"),
            ("parquet", {"cost_input": Decimal("1e300")}, "1e+300, expected less than 1,000,000,000"),
            ("duckdb", {"cost_input": Decimal(10**9)}, "1000000000, expected less than 1,000,000,000"),
            ("parquet", {"retires": "2026-02-30"}, "'2026-02-30', expected a day, YYYY-MM-DD"),
            ("duckdb", {"retires": "soon"}, "'soon', expected a day, YYYY-MM-DD"),
        ],
    )
    def test_what_no_typed_column_holds_is_an_error_that_names_it(self, target: str, stated: Row, found: str) -> None:
        """A forged file can state it; sources and configurations cannot."""
        pytest.importorskip({"parquet": "pyarrow", "duckdb": "duckdb"}.get(target, "json"))
        columns = TABLES["models"]
        row: Row = dict.fromkeys((column.name for column in columns), None)
        row |= {"spec": "acme:m", "provider": "acme", "model": "m", "name": "M", "provider_model_id": "m"} | stated
        row |= {column.name: False for column in columns if column.kind == "boolean"}
        (name,) = stated
        of = {"models": (columns, [row])}
        write: dict[str, Callable[[], object]] = {
            "parquet": lambda: table_formats.parquet_file(columns, [row], META),
            "sqlite": lambda: b"".join(database_files.sqlite_file(of, META)),
            "duckdb": lambda: b"".join(database_files.duckdb_file(of, META, "")),
        }
        with pytest.raises(table_formats.UnfitError) as caught:
            write[target]()
        assert str(caught.value) == f"acme:m: {name}: {target} does not hold this value (found {found})"
        assert caught.value.column == name

    def test_a_table_without_rows(self) -> None:
        columns = TABLES["providers"]
        assert json.loads("".join(table_formats.json_rows(columns, []))) == []
        assert read_csv("".join(table_formats.csv_rows(columns, [])), columns) == []

    def test_a_spreadsheet_gets_no_formula(self, folder: Path) -> None:
        """Programs get each text unchanged; a spreadsheet, which would run it, gets it as text, and a mark of UTF-8."""
        (folder / "llm_models.toml").write_text(OWN, encoding="utf-8")
        options = ("--tables", "providers", "--scope", "acme")
        assert f"acme,{FORMULA},," in fine("export", "csv", *options).out
        shown = fine("export", "csv", *options, "--spreadsheet").out
        assert shown.startswith("\ufeffprovider,name,")
        assert f"acme,'{FORMULA},," in shown
        text = fine("export", "csv", "--scope", "cloudflare_workers_ai", "--spreadsheet").out
        cells = [cell for row in csv.reader(io.StringIO(text[1:])) for cell in row]
        assert any(cell.startswith("'@cf/") for cell in cells)
        assert not any(cell.startswith(table_formats.FORMULAS) for cell in cells)

    def test_sqlite_compares_prices_as_numbers(self, folder: Path) -> None:
        fine("export", "sqlite", "--scope", "openai", "--scope", "anthropic", "--out", "m.sqlite")
        with closing(sqlite3.connect(folder / "m.sqlite")) as connection:
            ask = connection.execute
            known = "cost_input IS NOT NULL ORDER BY cost_input"
            prices = [Decimal(repr(n)) for (n,) in ask(f"SELECT cost_input FROM models WHERE {known}")]
            assert prices == sorted(prices)
            assert len({*prices}) > 10
            assert ask("SELECT count(*) FROM models WHERE cost_input < 9").fetchone()[0] == sum(n < 9 for n in prices)
            assert ask("SELECT provider FROM providers ORDER BY provider").fetchall() == [("anthropic",), ("openai",)]
            meta = dict(ask("SELECT name, value FROM meta").fetchall())
            assert meta["digest"] == llm_models.load(config=None, publish=False).digest
            assert {*meta} == {"date", "digest", "version"}
            with pytest.raises(sqlite3.IntegrityError):
                ask("INSERT INTO models SELECT * FROM models LIMIT 1")
            info = {name: (kind, needed, key) for _, name, kind, needed, _, key in ask("PRAGMA table_info(models)")}
        assert info["spec"] == ("TEXT", 1, 1)
        assert info["context"] == ("INTEGER", 0, 0)
        assert info["cost_input"] == ("DECIMAL(18,9)", 0, 0)

    def test_parquet_has_types_units_and_the_catalogue(self, folder: Path) -> None:
        parquet = pytest.importorskip("pyarrow.parquet")
        fine("export", "parquet", "--scope", "openai", "--out", "m.parquet")
        schema = parquet.read_schema(folder / "m.parquet")
        types = {field.name: str(field.type) for field in schema}
        assert types["cost_input"] == "decimal128(18, 9)"
        assert types["retires"] == "date32[day]"
        assert types["modalities_input"].startswith("list<")
        assert (types["context"], types["capabilities_tools"], types["spec"]) == ("int64", "bool", "string")
        assert not schema.field("spec").nullable
        assert schema.field("cost_input").metadata[b"unit"] == b"USD per million tokens"
        assert schema.metadata[b"llm_models.date"].decode() == llm_models.load(config=None, publish=False).date


class TestCommand:
    @pytest.mark.parametrize("target", TEXTS)
    def test_a_pipe_gets_what_a_file_gets(self, target: str, folder: Path) -> None:
        """Also a text that a terminal would obey, or a runner. JSON can escape it, so that its readers undo that."""
        commanding = target != "csv"
        own = OWN if commanding else OWN.replace("##vso", "vso")
        (folder / "llm_models.toml").write_text(own, encoding="utf-8")
        done = fine("export", target, "acme:m")
        fine("export", target, "acme:m", "--out", "file.csv")
        assert done.out.replace("\\u0023", "#") == (folder / "file.csv").read_text(encoding="utf-8")
        assert "##vso[" not in done.out
        (row,) = read(target, folder / "file.csv", "models")
        (folder / "file.csv").write_bytes(done.out.encode())
        assert read(target, folder / "file.csv", "models") == [row]
        name = '##vso[x]"a", b' if commanding else 'vso[x]"a", b'
        assert (row["name"], row["description"]) == (name, "two\nlines \x1b[31m")
        assert (row["cost_input"], row["cost_output"]) == (Decimal("0.3"), Decimal("0.0000001"))
        assert (row["cost_image"], row["cost_cache_read"], row["cost_more"]) == (Decimal(0), None, ["tiers"])

    @pytest.mark.parametrize("text", ["##vso[x]", "a\\n::error::x", "a\\r ::error::x"])
    def test_csv_prints_no_command_to_a_runner(self, text: str, folder: Path) -> None:
        """It has no escapes, and a pipe may be the log of a runner. A file has every text, also as stdout."""
        overrides = OWN.replace("name = '##vso[x]\"a\", b'", f'name = "{text}"')
        (folder / "llm_models.toml").write_text(overrides, encoding="utf-8")
        done = refused(here("export", "csv", "openai:gpt-5.2", "acme:m"))
        assert "cannot print the row 'acme:m,acme,m,m," in done
        assert "Write the table to a file with --out" in done
        fine("export", "csv", "acme:m", "--out", "file.csv")
        with open("stdout", "wb") as file:
            assert started("export", "csv", "acme:m", cwd=folder, stdout=file, stderr=subprocess.DEVNULL).wait(60) == 0
        assert (folder / "stdout").read_bytes() == (folder / "file.csv").read_bytes()
        (row,) = read("csv", folder / "file.csv", "models")
        assert row["name"] == text.encode().decode("unicode_escape")

    def test_a_terminal_obeys_no_text(self) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        columns = TABLES["providers"]
        name = "\x1b[2J\n::error::x\n##[error]\u202e"
        row: Row = {**dict.fromkeys((column.name for column in columns), None), "id": "a", "name": name}
        for rows, is_json in ((table_formats.csv_rows, False), (table_formats.jsonl_rows, True)):
            with redirect_stdout(Terminal()) as shown, redirect_stderr(io.StringIO()) as noted:
                output.print_rows(rows(columns, [row]), is_json=is_json)
            assert "--out FILE writes it; 'llm-models list' prints one for people" in noted.getvalue()
            text = shown.getvalue()
            assert len(text.splitlines()) == 2 - is_json
            assert all(printable(line) == line for line in text.split("\n"))
            assert "##[" not in text

    def test_the_bytes_of_stdout_are_utf_8_everywhere(self) -> None:
        """On a system with another encoding and other line ends, too."""
        code = (
            "import io, sys\nfrom llm_models.cli.output import print_rows\n"
            "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='ascii', newline='\\r\\n')\n"
            "print_rows(['a,\\u00e9\\n', 'b,\\u20ac\\n'], is_json=False)\nsys.stdout.flush()\n"
        )
        assert python(code, PYTHONIOENCODING="utf-8").out == "a,\u00e9\nb,\u20ac\n"

    def test_it_has_the_models_of_list(self) -> None:
        options = ("--scope", "groq", "--require", "tools", "--order-by", "price")
        listed = [row["id"] for row in json.loads(fine("list", *options, "--json").out)]
        assert [row["model"] for row in json.loads(fine("export", "json", *options).out)] == listed
        named = fine("export", "jsonl", "openai:gpt-5.2", "gpt-5.2@openai", "openai:gpt-5.2-2025-12-11")
        assert [json.loads(line)["spec"] for line in named.out.splitlines()] == ["openai:gpt-5.2"]
        assert "models: 1" in named.err

    def test_no_model_fits(self, folder: Path) -> None:
        """A program gets a table without rows, and no file is replaced by one."""
        none = ("--scope", "groq", "--min-context", "900M")
        done = here("export", "json", *none)
        assert (done.code, json.loads(done.out), done.err) == (1, [], "no model fits the conditions\n")
        assert here("export", "csv", *none).out.count("\n") == 1
        (folder / "file.csv").write_text("old")
        done = here("export", "csv", *none, "--out", "file.csv")
        assert "no model fits the conditions; file.csv is not written" in refused(done)
        assert (folder / "file.csv").read_text() == "old"

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["cvs"], "unknown target 'cvs'. Did you mean 'csv'?"),
            (["XLSX"], "unknown target 'XLSX'. For a spreadsheet: llm-models export csv --spreadsheet --out"),
            (["parquet"], "parquet is a binary format. State the file to write with --out FILE"),
            (["sqlite"], "sqlite is a binary format"),
            (["csv", "--tables", "modls"], "--tables: unknown table 'modls'. Did you mean 'models'?"),
            (["csv", "--tables", "rates,prices"], "--tables: stdout is for one table. Name a folder with --out FOLDER"),
            (["json", "--tables", "rates,prices", "--out", "x.json"], "--out: x.json is a file, for one table"),
            (["sql"], "sql: state the engine with --dialect duckdb or --dialect spark"),
            (["sql", "--dialect", "spark", "--scope", "openai"], "the query of sql names no models"),
            (["sql", "--dialect", "spark", "--tables", "rates"], "--tables: sql is not a table"),
            (["csv", "--dialect", "spark"], "--dialect is for sql, not for csv"),
            (
                ["sql", "--dialect", "spark", "--counts", "inputs"],
                "--counts: unknown count 'inputs'. Did you mean 'input' or 'tier_input'?",
            ),
            (
                ["sql", "--dialect", "spark", "--counts", ","],
                "--counts: no count is named (found ','). State one or more",
            ),
            (["csv", "--tables", ""], "--tables: no table is named (found '')"),
            (
                ["sqlite", "--out", "x/"],
                "--out: x/ is a folder, and sqlite is one file. Name it, as in x/prices.sqlite",
            ),
            (["csv", "--onto", "x"], "--onto: csv is a table"),
            (["json", "--spreadsheet"], "--spreadsheet is for csv, not for json"),
            (["litellm", "--tables", "models"], "--tables: litellm is not a table"),
            (["litellm", "--spreadsheet"], "--spreadsheet: litellm is not a table"),
            (["csv", "openai:gpt-5.2", "--scope", "openai"], "SPEC and conditions exclude each other"),
            (["sqlite", "--out", ""], "the path is empty"),
        ],
    )
    def test_a_wrong_command_line(self, args: list[str], message: str, folder: Path) -> None:
        assert message in refused(here("export", *args), 2)
        assert [*folder.iterdir()] == []

    def test_a_file_that_cannot_be_written(self, folder: Path) -> None:
        (folder / "folder").mkdir()
        for out, message in (("no/file", "No such file or directory"), ("folder", "is a directory, not a file")):
            assert f"--out: {out}: {message}" in refused(here("export", "sqlite", "openai:gpt-5.2", "--out", out))
        assert [*folder.rglob("*")] == [folder / "folder"]

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no device that is full")
    @pytest.mark.parametrize("target", TEXTS)
    def test_an_output_that_is_full(self, target: str, folder: Path) -> None:
        with open("/dev/full", "wb") as full:
            done = started("export", target, "--scope", "openai", cwd=folder, stdout=full, stderr=subprocess.PIPE)
            _, told = done.communicate(timeout=60)
        assert done.returncode == 1
        assert told.decode() == "llm-models: cannot write the output: no space left on device\n"

    def test_a_reader_that_stops(self, folder: Path) -> None:
        done = started("export", "csv", cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.stdout is not None
        assert done.stdout.readline().startswith(b"spec,provider,model,")
        done.stdout.close()
        assert done.stderr is not None
        assert b"Error" not in done.stderr.read()
        done.stderr.close()
        assert done.wait(timeout=60) == 1

    def test_parquet_names_what_to_install(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        done = refused(here("export", "parquet", "--out", "file.csv"), 2)
        assert "parquet: pyarrow is not installed: pip install 'llm-models-catalog[parquet]'" in done
        assert not (folder / "file.csv").exists()

    def test_only_what_a_format_needs_is_imported(self) -> None:
        for target in ("csv", "json"):
            code = (
                "import sys\nfrom llm_models.cli import main\n"
                f"sys.argv = ['llm-models', 'export', {target!r}, 'openai:gpt-5.2']\n"
                "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code, done.code\n"
                "assert not {'pyarrow', 'sqlite3', 'rich', 'httpx'} & {*sys.modules}, 'imported'\n"
            )
            python(code)

    def test_a_link_is_followed(self, folder: Path) -> None:
        (folder / "real").write_text("old")
        (folder / "link").symlink_to("real")
        fine("export", "csv", "openai:gpt-5.2", "--out", "link")
        assert (folder / "link").is_symlink()
        assert read("csv", folder / "real", "models")[0]["spec"] == "openai:gpt-5.2"


class TestFailures:
    """A failure leaves the old file, and nothing beside it."""

    @pytest.fixture
    def file(self, folder: Path) -> Path:
        (folder / "file.csv").write_text("old")
        return folder / "file.csv"

    def unchanged(self, file: Path) -> None:
        assert [*file.parent.iterdir()] == [file]
        assert file.read_text() == "old"

    @pytest.mark.parametrize(("target", "fitting"), [("csv", 1), ("sqlite", 0)])
    def test_a_full_disk(self, target: str, fitting: int, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write, written = os.write, []

        def full(fd: int, data: bytes) -> int:
            written.append(len(data))
            if len(written) > fitting:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(fd, data)

        monkeypatch.setattr(os, "write", full)
        done = here("export", target, "--scope", "openrouter", "--out", "file.csv")
        monkeypatch.undo()
        assert "--out: file.csv: No space left on device" in refused(done, 1)
        self.unchanged(file)

    def test_an_interrupt(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def stopped(*_: object) -> Iterable[Row]:
            yield from [row] * 1000
            raise KeyboardInterrupt

        row = next(tables.rows(llm_models.load(config=None, publish=False)))
        monkeypatch.setattr(tables, "rows", stopped)
        for target in ("csv", "json"):
            assert here("export", target, "--scope", "groq", "--out", "file.csv").code == 130
            self.unchanged(file)

    def test_a_temporary_folder_that_is_full(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def connect(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(sqlite3, "connect", connect)
        assert "--out: file.csv: SQLite: database or disk is full" in refused(
            here("export", "sqlite", "--out", "file.csv"), 1
        )
        self.unchanged(file)

    def test_parts_are_one_file(self, file: Path) -> None:
        replacement.write_atomically(str(file), (part for part in (b"a", b"", b"b" * 100_000)))
        assert file.read_bytes() == b"a" + b"b" * 100_000


def test_the_figures_of_the_page_are_those_of_the_packaged_data(packaged: llm_models.Snapshot) -> None:
    text = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    rows = [*tables.rows(packaged)]
    assert f"{sum(str(row['model']).startswith('@') for row in rows)} ids begin with `@`" in text
    dates = [row[name] for name in ("release_date", "last_updated", "knowledge") for row in rows]
    months = sum(len(str(day)) == len("YYYY-MM") for day in dates)
    assert f"some {round(months, -2):,} of these values" in text.replace("\n  ", " ")


@pytest.mark.parametrize("page", ["tables.md", "warehouse.md"])
def test_the_examples_of_a_page_give_what_it_says(page: str, folder: Path) -> None:
    """In their order, in one folder; those of Parquet and DuckDB where their library is installed."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    ran = set()
    for language, need, block in re.findall(
        r"^```(python|console)(?: (\w+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    ):
        if need and find_spec({"parquet": "pyarrow", "duckdb": "duckdb"}[need]) is None:
            continue
        ran.add(language)
        if language == "console":
            run_console(block, folder)
        else:
            test = doctest.DocTestParser().get_doctest(block, names, page, page, 0)
            runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
            assert runner.run(test, clear_globs=False).failed == 0
            names = test.globs
    assert ran == {"python", "console"} or page == "warehouse.md"
