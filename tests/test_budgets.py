"""How much a configuration may hold and cause: each limit refuses what is over it, with both figures and the line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import catalogues
from support.command import here

from llm_models import budgets, config, credentials, validation
from llm_models.behaviour import layer_of_mapping
from llm_models.budgets import BUDGETS, CODE
from llm_models.changes import merge_layers
from llm_models.checks import check_text
from llm_models.errors import ConfigError, EmptyCatalogError, Problem, listed, reported
from llm_models.patterns import MAX_PATTERN
from llm_models.tokens import deepest, long_keys

if TYPE_CHECKING:
    from llm_models.layers import Layer
    from llm_models.snapshot_file import SnapshotFile

BASE = catalogues.of_source(catalogues.numbered(40))[0]
"""One provider, `acme`, with 40 models."""


def problems(text: str, base: SnapshotFile = BASE) -> list[str]:
    return [str(one) for one in check_text(text.encode(), "llm_models.toml", base)]


def refusal(text: str, base: SnapshotFile = BASE) -> str:
    """The error of a load, which is also the only problem of `validate`."""
    with pytest.raises(ConfigError) as caught:
        merge_layers(base, [config.layer_of(config.parse(text.encode(), "llm_models.toml"), "llm_models.toml")])
    assert str(caught.value).split("\n") == problems(text, base)
    return str(caught.value)


def entries(count: int, more: str = "") -> str:
    return "".join(f'[[models]]\nprovider = "acme"\nid = "own-{n}"\nnew = true\n{more}\n' for n in range(count))


def matches(count: int, more: str = "") -> str:
    return "".join(
        f'[[models]]\nprovider = "acme"\nmatch = "*"\n{more or f"limits.context = {n + 1}"}\n' for n in range(count)
    )


def texts(count: int, form: str = "t{}") -> str:
    return json.dumps([form.format(n) for n in range(count)])


def extras(count: int, size: int) -> str:
    return "".join(f'extra.x{n} = "{"x" * size}"\n' for n in range(count))


def each(count: int, key: str, target: str) -> str:
    """So many models that take values from one."""
    more = "" if key == "base" else "new = true\n"
    return "".join(
        f'[[models]]\nprovider = "acme"\nid = "c{n}"\n{more}{key} = "{target.format(n - 1)}"\n'
        for n in range(1, count + 1)
    )


def line(number: int, column: int) -> str:
    return f"llm_models.toml:{number}:{column}: "


WEIGHT = "too much added to the catalogue, in bytes (found "
CHAIN = "too many models that take values from one another, in one chain (found "

OVER = {
    "parts": (
        "[deny]\nx = []\n" + '"/"' + '."/"' * 20_000 + " = 1",
        line(3, 1) + "too many parts in one key (found 20,001, expected at most 100)",
    ),
    "parts in single quotes": ("a" + " . 'b.c'" * 100 + " = 1", line(1, 1) + "too many parts in one key (found 101, "),
    "parts of a table": ("[a" + ".b" * 100 + "]", "too many parts in one key (found 101, expected at most 100)"),
    "values": (
        "\n[[models]]\nextra.x = [" + "1," * 200_001 + "]",
        line(3, 1) + "too many values, counted by their commas (found 200,001, expected at most 200,000)",
    ),
    "levels": (
        "\nx = " + "[" * 5_000,
        line(2, 1) + "tables and arrays nested too deeply, in levels (found 5,000, expected at most 50)",
    ),
    "entries": (
        entries(5_001),
        "models.acme:own-5000: too many entries under [[models]] and [[providers]] (found 5,001, expected ",
    ),
    "patterns": (
        "[exclude]\n" + "".join(f"p{n} = {texts(700, 'x{}*')}\n" for n in range(3)),
        "exclude.p2[600]: too many patterns in all, 'match' included (found 2,100, expected at most 2,000)",
    ),
    "items": (
        f"[exclude]\nacme = {texts(1_001)}",
        line(2, 8) + "exclude.acme: too many items in one list or table (found 1,001, expected at most 1,000)",
    ),
    "items of a table": (entries(1) + extras(1_001, 1), "extra: too many items in one list or table (found 1,001"),
    "characters": (
        entries(1) + f'extra.x = "{"x" * 900_000}"',
        "extra.x: a text with too many characters (found 900,000, expected at most 10,000)",
    ),
    "overlaps": (
        matches(31),
        line(123, 9) + "models.acme:*.match: too many entries that change one model (found 31, expected at most 30)",
    ),
    "bytes": (matches(1) + extras(100, 9_000), line(1, 3) + "models.acme:*: " + WEIGHT),
    "bytes of copies": (entries(1) + extras(50, 9_000) + each(50, "base", "acme:own-0"), WEIGHT),
    "bytes that moving names take": (
        entries(1)
        + f"capabilities.reasoning.efforts = {texts(990, 'x' * 250 + '{}')}\n"
        + each(80, "resolves_to", "own-0"),
        WEIGHT,
    ),
    "tests": (
        entries(1_500) + f"[deny]\nacme = {texts(900, 'x{}*')}",
        "too much to compare: patterns with models (found ",
    ),
    "a chain of copies": (
        entries(1).replace("own-0", "c0") + each(102, "base", "acme:c{}"),
        CHAIN + "102, expected at most 100)",
    ),
    "a chain of moving names": (entries(1).replace("own-0", "c0") + each(102, "resolves_to", "c{}"), CHAIN + "101"),
}


@pytest.mark.parametrize("name", OVER)
def test_what_is_over_a_budget_is_refused(name: str) -> None:
    text, expected = OVER[name]
    assert expected in refusal(text), refusal(text)[:300]


@pytest.mark.parametrize(
    "rest",
    [
        "limits.context = 5\ncost.input = 1",
        'omit = ["cost", "limits"]',
        'tags = ["a", "b"]',
        'kind = "embedding"',
    ],
)
def test_what_is_changed_is_counted(monkeypatch: pytest.MonkeyPatch, rest: str) -> None:
    monkeypatch.setitem(BUDGETS, "changes", BUDGETS["changes"]._replace(most=100))
    text = f'[[models]]\nprovider = "acme"\nmatch = "*"\n{rest}\n'
    expected = "too many values changed, each counted once for each model (found 102, expected at most 100)"
    assert expected in refusal(text * 2)
    assert expected in refusal(entries(60, rest))
    assert not [one for one in problems(entries(50, rest)) if "expected at most" in one]


def test_matched_pairs_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUDGETS, "pairs", BUDGETS["pairs"]._replace(most=100))
    expected = "too many models matched, each counted once for each entry (found 101, expected at most 100)"
    assert line(11, 9) + "models.acme:*.match: " + expected in refusal(matches(3))


@pytest.mark.parametrize(
    "text",
    [
        entries(2_000, "limits.context = 1000"),
        f"[exclude]\nacme = {texts(1_000)}\n",
        matches(30),
        'x = """\n' + ".a" * 200 + '\n"""\n# ' + ".a" * 200,
        f'[[models]]\nprovider = "acme"\nid = "m0"\nextra.x = "{"x" * 10_000}"\n',
    ],
    ids=["honest models", "names", "matches", "dots in a text and a comment", "a long text"],
)
def test_what_is_within_the_budgets_is_read(text: str) -> None:
    assert not [one for one in problems(text) if "expected at most" in one or "too " in one]


def test_code_may_hold_ten_times_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUDGETS, "entries", BUDGETS["entries"]._replace(most=10))

    def given(count: int) -> Layer:
        return layer_of_mapping({"models": [{"provider": "acme", "id": f"own-{n}", "new": True} for n in range(count)]})

    assert len(given(100).models) == 100
    with pytest.raises(ConfigError, match=r"too many entries .* \(found 101, expected at most 100\)$"):
        given(101)
    with pytest.raises(ConfigError, match=r"too many items .* \(found 10,001, expected at most 10,000\)"):
        layer_of_mapping({"models": [{"provider": "acme", "id": "m0", "tags": [f"t{n}" for n in range(10_001)]}]})


def test_every_budget_that_people_can_exceed_is_tried() -> None:
    """A row without a case here would be a limit that nothing proves."""
    tried = {name.partition(" ")[0] for name in OVER} | {"pairs", "changes"}
    told = {name for name, row in BUDGETS.items() if row.wrong}
    assert told - tried == {"chain"}  # under two other names
    assert BUDGETS["chain"].most == 100
    assert MAX_PATTERN == 500
    assert CODE == 10
    assert budgets.excess("items", 1_000) is None


class TestReported:
    """The first 100 problems of a file are listed, errors before warnings; then how many more there are."""

    MANY = "".join(f'[[models]]\nprovider = "openai"\nid = "o{n}"\nnew = true\nlimits = 5\n' for n in range(300))

    def test_in_text(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(self.MANY)
        result = here("validate", path)
        lines = result.out.splitlines()
        assert (result.code, len(lines)) == (1, 101)
        assert lines[-1] == f"{path}: and 200 more (200 errors)"
        assert "300 errors, 0 warnings" in result.err

    def test_in_json(self, tmp_path: Path) -> None:
        path = tmp_path / "llm_models.toml"
        path.write_text(self.MANY)
        found = json.loads(here("validate", "--format", "json", path).out)
        assert len(found) == 101
        assert (found[-1]["more"], found[-1]["severity"]) == (200, "error")
        assert "more" not in found[0]

    def test_in_an_error(self) -> None:
        with pytest.raises(ConfigError) as caught:
            config.layer_of(config.parse(self.MANY.encode(), "x.toml"), "x")
        assert len(caught.value.problems) == 300
        assert len(str(caught.value).splitlines()) == 101

    def test_errors_come_before_warnings(self) -> None:
        found = [Problem(f"w{n}", severity="warning") for n in range(150)] + [Problem("e")]
        assert [one.message for one in reported(found)][-2:] == ["e", "and 51 more (51 warnings)"]
        assert listed(found[:100]).count("\n") == 99

    def test_in_the_error_of_filters_that_leave_no_model(self, tmp_path: Path) -> None:
        text = f"[allow]\nacme = {texts(300, 'x{}')}"
        with pytest.raises(EmptyCatalogError) as caught:
            catalogues.loaded(BASE, tmp_path / "llm_models.toml", text.encode())
        assert str(caught.value).splitlines()[100:] == [f"{tmp_path / 'llm_models.toml'}: and 200 more (200 errors)"]

    def test_in_a_log(self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """Names that are dropped, and prices that are wrong."""
        monkeypatch.setitem(BUDGETS, "problems", BUDGETS["problems"]._replace(most=2))
        text = entries(9, 'aliases = ["same"]\ncost.input = 0.0000025')
        catalogues.loaded(BASE, tmp_path / "llm_models.toml", text.encode())
        logged = [record.getMessage() for record in caplog.records]
        assert len(logged) == 6
        assert "llm_models: and 7 more prices are probably wrong" in logged
        assert "llm_models: and 7 more names of models dropped" in logged

    def test_a_price_beside_an_omitted_source_is_compared_in_a_log(
        self, caplog: pytest.LogCaptureFixture, tmp_path: Path
    ) -> None:
        """`omit = ["cost"]` also omits the page that a curated price names, which would confirm an odd price."""
        sourced = catalogues.made_up({"acme": {"m0": {"cost": {"input": 1, "source": "https://acme.example/prices"}}}})
        text = '[[models]]\nprovider = "acme"\nid = "m0"\nomit = ["cost"]\ncost.input = 0.0000025'
        loaded = catalogues.loaded(sourced, tmp_path / "llm_models.toml", text.encode())
        assert loaded.get_model("acme", "m0").cost.input == 0.0000025
        assert any("cost.input: 2.5e-06 is too small" in record.getMessage() for record in caplog.records)

    def test_in_the_notices_of_an_activation(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setitem(BUDGETS, "problems", BUDGETS["problems"]._replace(most=2))
        monkeypatch.chdir(tmp_path)
        Path("api.json").write_bytes(catalogues.numbered(4, status="deprecated"))
        known = "".join(f'[[models]]\nprovider = "acme"\nid = "m{n}"\ntags = ["x"]\n' for n in range(4))
        Path("llm_models.toml").write_text(known + known.replace('"m', '"gone'))
        lines = here("activate", "--from", "api.json", "--force").err.splitlines()
        assert "notice: and 2 more names of the configuration are missing" in lines
        assert "notice: and 2 more models that the configuration names are deprecated, retiring or retired" in lines

    def test_a_long_part_of_a_problem_is_cut(self) -> None:
        assert len(str(Problem("x" * 10_000, hint="\x1b" * 10_000, path="y" * 10_000))) < 2_000

    def test_similar_names_are_searched_for_the_first_problems_only(self) -> None:
        text = "".join(
            f'[[models]]\nprovider = "acme"\nid = "own-{n}"\nnew = true\ncost.inptu = 1\n' for n in range(50)
        )
        assert sum("Did you mean 'input'?" in one for one in problems(text)) == BUDGETS["hints"].most

    def test_the_search_for_faults_ends(self) -> None:
        """Explaining a fault takes long, so after many of them nothing else is read."""
        text = f'[[models]]\nprovider = "acme"\nid = "m0"\ntags = [{", ".join(["{a = 1}"] * 1_000)}]\n'
        assert len(problems(text)) == BUDGETS["faults"].most


def test_keys_are_counted_before_the_text_is_parsed() -> None:
    """Quotes and comments are understood, and text without an end."""
    assert [*long_keys('a.b = 1\nc.\'d.e\'."f\\".g" = 2', 2)] == [(3, 2)]
    assert [*long_keys("# a.b.c\nx = '''\na.b.c\n'''\ny = \"a.b.c\"", 2)] == []
    assert [*long_keys('x = "a.b.c', 2)] == []
    assert deepest('x = [[1], "[", # [\n[[2]]]') == (3, 2)


def test_duplicate_items_are_found_at_once() -> None:
    """1 and true are different items, 1 and 1.0 are not; jsonschema compares each item with each."""
    for items, same in (([1, True], False), ([1, 1.0], True), ([{"a": 1}, {"a": 1}], True), (["a", "b"], False)):
        errors = [*validation.validator("overrides").evolve(schema={"uniqueItems": True}).iter_errors(items)]
        assert bool(errors) is same


def test_each_glob_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    monkeypatch.setattr("fnmatch.translate", lambda pattern: compiled.append(pattern) or "zz")
    problems("".join(f'[[models]]\nprovider = "acme"\nmatch = "once{n}*"\ncost.input = 1\n' for n in range(3)))
    assert sorted(one for one in compiled if one.startswith("once")) == ["once0*", "once1*", "once2*"]


def test_a_very_long_line_is_hidden_whole() -> None:
    assert credentials.veiled("x" * 6_000) == "*" * 6_000
