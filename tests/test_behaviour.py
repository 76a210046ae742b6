"""The behaviour module: what it may be, what it returns, and everything that can go wrong in other people's code."""

from __future__ import annotations

import asyncio
import enum
import importlib
import json
import os
import re
import sys
import textwrap
import types
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import combinations, count
from typing import TYPE_CHECKING, Any

import pytest
from support import catalogues
from support.command import Result, process, python

import llm_models
from llm_models import Overrides, behaviour, store
from llm_models.budgets import Budget
from llm_models.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROVIDER = {"id": "house", "env": ["HOUSE_KEY"]}
MODEL = {"provider": "house", "id": "house-7b", "limits": {"context": 8192}}
PRICE = {"provider": "openai", "id": "gpt-4o", "cost": {"input": 2}}
FUNCTIONS: dict[str, Callable[[], Any]] = {
    "providers": lambda: [PROVIDER],
    "models": lambda: [PRICE],
    "excludes": lambda: {"OpenAI": ["o3-*"]},
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> str:
    return catalogues.write_small(tmp_path_factory.mktemp("toy"))


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Writes a module where it can be imported, and gives its name; what was imported is forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(text: str, name: str = "toy_overrides") -> str:
        path = tmp_path / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        importlib.invalidate_caches()
        return name

    yield make
    for name in set(sys.modules) - before:
        if name.startswith("toy_"):
            del sys.modules[name]


def load(module: Any, snapshot: str, **more: Any) -> llm_models.Snapshot:
    return llm_models.load(None, snapshot=snapshot, overrides_module=module, publish=False, **more)


def namespace(*names: str) -> types.ModuleType:
    """A module that defines some of the functions."""
    module = types.ModuleType("toy_made")
    for name in names:
        setattr(module, name, FUNCTIONS[name])
    return module


class TestKinds:
    """A module, a class or an instance, given or named, with any of the functions."""

    @pytest.mark.parametrize("names", [some for size in (1, 2, 3) for some in combinations(FUNCTIONS, size)])
    def test_any_of_the_functions_will_do(self, names: tuple[str, ...], snapshot: str) -> None:
        catalogue = load(namespace(*names), snapshot)
        assert (catalogue.get_model("openai", "gpt-4o").cost.input == 2) is ("models" in names)
        assert catalogue.allowed("openai:o3-mini") is ("excludes" not in names)
        if "providers" in names:
            assert catalogue.get_provider("house").env == ("HOUSE_KEY",)
        else:
            with pytest.raises(llm_models.UnknownProviderError):
                catalogue.get_provider("house")

    def test_a_class_an_instance_and_a_class_of_no_base(self, snapshot: str) -> None:
        class Based(Overrides):
            def models(self) -> list[dict[str, Any]]:
                return [PRICE]

        class Plain:
            def models(self) -> list[dict[str, Any]]:
                return [PRICE]

        for module in (Based, Based(), Plain, Plain()):
            assert load(module, snapshot).get_model("openai", "gpt-4o").cost.input == 2

    def test_the_base_class_by_itself_changes_nothing(self, snapshot: str) -> None:
        assert Overrides().providers() == Overrides().models() == []
        assert Overrides().excludes() == {}
        plain = llm_models.load(None, snapshot=snapshot, publish=False)
        assert load(Overrides, snapshot).list_models() == plain.list_models()

    def test_by_name(self, write: Callable[..., str], snapshot: str) -> None:
        text = """
            import llm_models
            price = 2
            def models():
                return [{"provider": "openai", "id": "gpt-4o", "cost": {"input": price}}]
            class Nightly(llm_models.Overrides):
                def models(self):
                    return [{"provider": "openai", "id": "gpt-4o", "cost": {"input": 3}}]
        """
        name = write(text, "toy_app.overrides")
        assert load(name, snapshot).get_model("openai", "gpt-4o").cost.input == 2
        assert load(f"{name}:Nightly", snapshot).get_model("openai", "gpt-4o").cost.input == 3

    def test_named_in_the_file_and_stronger_than_it(
        self, write: Callable[..., str], snapshot: str, tmp_path: Path
    ) -> None:
        name = write('def models(): return [{"provider": "house", "id": "m", "limits": {"output": 5}}]')
        path = tmp_path / "llm_models.toml"
        path.write_text(
            f'overrides_module = "{name}"\n[[providers]]\nid = "house"\n'
            '[[models]]\nprovider = "house"\nid = "m"\nlimits = { context = 10, output = 1 }\n'
        )
        catalogue = llm_models.load(path, snapshot=snapshot, publish=False)
        assert catalogue.get_model("house", "m").limits.to_dict() == {"context": 10, "output": 5}
        stronger = {"models": [{"provider": "house", "id": "m", "limits": {"output": 6}}]}
        catalogue = llm_models.load(path, snapshot=snapshot, overrides=stronger, publish=False)
        assert catalogue.get_model("house", "m").limits.to_dict() == {"context": 10, "output": 6}
        catalogue = llm_models.load(path, snapshot=snapshot, overrides_module=Overrides, publish=False)
        assert catalogue.get_model("house", "m").limits.output == 1  # an argument stands in for what the file names

    def test_origins_name_the_module(self, snapshot: str) -> None:
        told = load(namespace("models"), snapshot).explain("openai:gpt-4o", "cost.input").fields[0]
        assert (told.layer, told.place, told.replaced) == ("behaviour module 'toy_made'", None, 2.5)


class TestValues:
    """Its return is read as plain data, validated like the TOML, and copied."""

    def test_generators_tuples_and_views_are_lists(self, snapshot: str) -> None:
        def models() -> Iterator[dict[str, Any]]:
            yield {"provider": "openai", "id": "gpt-4o", "tags": (tag for tag in "ab"), "aliases": {"x": 1}.keys()}

        model = load(types.SimpleNamespace(models=models), snapshot).get_model("openai", "gpt-4o")
        assert model.tags == ("curated", "a", "b")
        assert model.aliases == ("x",)

    def test_sets_are_sorted(self, snapshot: str) -> None:
        """Their order is chance, and the same inputs make the same bytes."""
        tags = {f"t{number}" for number in range(50)}
        module = types.SimpleNamespace(models=lambda: [{"provider": "openai", "id": "o3-mini", "tags": tags}])
        assert load(module, snapshot).get_model("openai", "o3-mini").tags == tuple(sorted(tags))

    def test_subclasses_of_plain_values_are_what_they_hold(self, snapshot: str) -> None:
        class Name(str, enum.Enum):  # noqa: UP042  (its `str()` is `Name.OPENAI`)
            OPENAI = "openai"

        class Size(enum.IntEnum):
            LARGE = 4096

        class Loud(str):
            __slots__ = ()

            def __str__(self) -> str:
                return "LOUD"

        entry = {"provider": Name.OPENAI, "id": Loud("gpt-4o"), "limits": {"output": Size.LARGE}, Loud("name"): "x"}
        catalogue = load(types.SimpleNamespace(models=lambda: [entry]), snapshot)
        model = catalogue.get_model("openai", "gpt-4o")
        assert (model.limits.output, model.name) == (4096, "x")
        assert type(model.limits.output) is int

    def test_what_it_kept_can_change_nothing_later(self, snapshot: str) -> None:
        kept: dict[str, Any] = {
            "provider": "house",
            "id": "m",
            "tags": ["a"],
            "limits": {"context": 1},
            "extra": {"deep": [{"x": [1]}]},
        }
        excludes = {"openai": ["o3-*"]}
        provider = {"id": "house", "env": ["A"]}
        module = types.SimpleNamespace(
            providers=lambda: [provider], models=lambda: [kept], excludes=lambda: excludes, keep=kept
        )
        catalogue = load(module, snapshot)
        digest = catalogue.digest
        kept["tags"].append("b")
        kept["limits"]["context"] = 2
        kept["extra"]["deep"][0]["x"].append(2)
        kept["id"] = "other"
        provider["env"].append("B")
        excludes["openai"].append("*")
        model = catalogue.get_model("house", "m")
        assert (model.tags, model.limits.context, model.to_dict()["extra"]) == (("a",), 1, {"deep": [{"x": [1]}]})
        assert catalogue.get_provider("house").env == ("A",)
        assert catalogue.allowed("openai:gpt-4o")
        assert catalogue.digest == digest
        catalogue.file.verify()

    def test_an_unknown_key_passes_into_extra(self, snapshot: str) -> None:
        module = types.SimpleNamespace(models=lambda: [{"provider": "openai", "id": "gpt-4o", "rating": 5}])
        assert load(module, snapshot).get_model("openai", "gpt-4o").extra == {"rating": 5}

    def test_load_overrides_takes_the_same_shape_and_copies_it_too(self, snapshot: str) -> None:
        given = {"models": [{"provider": "openai", "id": "gpt-4o", "tags": ["x"]}], "deny": {"azure": ["*"]}}
        catalogue = llm_models.load(None, snapshot=snapshot, overrides=given, publish=False)
        given["models"][0]["tags"].append("y")  # type: ignore[index]
        assert catalogue.get_model("openai", "gpt-4o").tags == ("curated", "x")
        assert not catalogue.allowed("azure:o3-mini")
        for wrong, why in (
            ([1], "expected a mapping"),
            ({"models": [{"provider": object()}]}, "models[0].provider: found a object, which is not plain data"),
            ({"overrides_module": "x"}, "overrides_module is an argument of load()"),
        ):
            with pytest.raises(llm_models.ConfigError, match=r"load\(overrides=\.\.\.\): " + re.escape(why)):
                llm_models.load(None, snapshot=snapshot, overrides=wrong, publish=False)  # type: ignore[arg-type]


def _returns(**sections: Any) -> Callable[[], Any]:
    """Makes a module whose functions return that."""
    return lambda: types.SimpleNamespace(**{name: lambda value=value: value for name, value in sections.items()})


def _raises(error: BaseException) -> Callable[[], Any]:
    def models() -> None:
        raise error

    return lambda: types.SimpleNamespace(models=models)


def _entry(**fields: Any) -> Callable[[], Any]:
    return _returns(models=[{"provider": "openai", "id": "gpt-4o", **fields}])


def _cycle() -> Any:
    cycle: dict[str, Any] = {"provider": "openai", "id": "gpt-4o"}
    cycle["extra"] = {"again": [cycle, cycle]}
    return types.SimpleNamespace(models=lambda: [cycle])


def _endless(drawn: list[int] | None = None) -> Any:
    def models() -> Iterator[dict[str, Any]]:
        for number in count(1):
            if drawn is not None:
                drawn[:] = [number]
            yield {"provider": "openai", "id": "gpt-4o"}

    return types.SimpleNamespace(models=models)


def _thousands() -> Any:
    return types.SimpleNamespace(
        models=lambda: ({"provider": "openai", "id": f"m{number}", "name": "x"} for number in range(2_000))
    )


class _Hostile(dict):  # type: ignore[type-arg]
    def items(self) -> Any:
        raise RuntimeError("no items for you")


class _Unmade:
    def __init__(self, needed: int) -> None:
        self.needed = needed


class _Speechless(BaseException):
    """An error that ends the program when it is asked what it is."""

    def __str__(self) -> str:
        raise SystemExit(7)


class _Nameless(type):
    @property
    def __name__(cls) -> str:
        raise RuntimeError("no name for you")


class _Untold(Exception, metaclass=_Nameless):
    pass


class _Closed:
    """An object that answers no question."""

    def __getattribute__(self, name: str) -> Any:
        raise SystemExit(f"no {name} for you")


class _Odd:
    __name__ = _Speechless()

    def models(self) -> Any:
        raise RuntimeError("late")


FAULTS: dict[str, tuple[Callable[[], Any], str]] = {
    "raises": (_raises(RuntimeError("out of paper")), "RuntimeError: out of paper"),
    "raises without a word": (_raises(KeyError()), ": KeyError"),
    "raises our own error": (_raises(llm_models.ConfigError("not mine")), "ConfigError: not mine"),
    "leaves": (_raises(SystemExit(3)), "SystemExit: 3"),
    "is cancelled": (_raises(asyncio.CancelledError("late")), "CancelledError: late"),
    "ends the program when told": (_raises(_Speechless()), "_Speechless: an object of _Speechless"),
    "has no name for its error": (_raises(_Untold("late")), "_Untold: late"),
    "answers nothing": (_Closed, "SystemExit: no "),
    "has a name that is none": (_Odd, "RuntimeError: late"),
    "an empty text": (lambda: "", "behaviour module ''"),
    "a zero": (lambda: 0, "defines none of"),
    "an empty list": (list, "defines none of"),
    "recurses": (_raises(RecursionError("deep")), "RecursionError: deep"),
    "defines nothing": (lambda: types.SimpleNamespace(model=list), "defines none of providers(), models(), excludes()"),
    "is no module": (lambda: 5, "defines none of"),
    "cannot be made": (lambda: _Unmade, "TypeError"),
    "is not callable": (lambda: types.SimpleNamespace(models=[PRICE]), "TypeError: 'list' object is not callable"),
    "returns None": (_returns(models=None), "models() returns None (expected a list). Return an empty one"),
    "returns one record": (_returns(models=PRICE), "models: expected an array (found table"),
    "returns text": (_returns(models="gpt-4o"), "models: expected an array (found string"),
    "returns pairs": (_returns(excludes=[("openai", ["x"])]), "exclude: expected a table (found array"),
    "excludes by text": (_returns(excludes={"openai": "o3-*"}), "exclude.openai: expected an array (found string"),
    "excludes of nobody": (_returns(excludes={"opnai": ["x"]}), "unknown provider 'opnai'. Did you mean 'openai'?"),
    "a model of nobody": (_returns(models=[{"provider": "nobody", "id": "x"}]), "unknown provider 'nobody'"),
    "the same id twice": (_returns(models=[PRICE, PRICE]), "duplicate entry for this model"),
    "null in a field": (_entry(knowledge=None), "models.openai:gpt-4o.knowledge: null is not allowed"),
    "null in extra": (_entry(extra={"a": [None]}), "models.openai:gpt-4o.extra.a[0]: null is not allowed"),
    "null in a new field": (_entry(new=None), "models.openai:gpt-4o.new: null is not allowed"),
    "a price as text": (_entry(cost={"input": "1"}), "cost.input: expected a number (found string"),
    "not a number": (_entry(cost={"input": float("nan")}), "cost.input: expected a finite number (found nan)"),
    "infinite in extra": (_entry(extra={"x": float("inf")}), "extra.x: expected a finite number (found inf)"),
    "a limit of 0": (_entry(limits={"context": 0}), "limits.context: expected at least 1 (found 0)"),
    "a number too large": (_entry(extra={"x": 10**5000}), "extra.x: an integer of more than 63 bits"),
    "an unknown key": (_entry(limits={"contxt": 1}), "limits: unknown key 'contxt'. Did you mean 'context'?"),
    "bytes": (_entry(name=b"x"), "models[0].name: found a bytes, which is not plain data"),
    "an object": (_entry(name=object()), "models[0].name: found a object, which is not plain data"),
    "a key that is no text": (_entry(extra={1: 2}), "models[0].extra: found the key 1, expected text"),
    "half a surrogate pair": (_entry(name="\ud800"), "models[0].name: text with half a surrogate pair"),
    "a cycle": (_cycle, "nested too deeply, in levels (found 51, expected at most 50), or data that contains itself"),
    "no end": (_endless, "more than 3,000 values"),
    "too many records": (_thousands, "more than 3,000 values"),
    "data that raises": (_returns(models=[_Hostile(PRICE)]), "RuntimeError: no items for you"),
}


class TestFaults:
    """Each is a `ConfigError` that names the module; the published catalogue and its epoch stay."""

    @pytest.mark.parametrize("name", FAULTS)
    def test_what_goes_wrong_names_the_module_and_changes_nothing(
        self, name: str, snapshot: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(behaviour, "MAX_ITEMS", 3_000)  # a million takes seconds
        make, why = FAULTS[name]
        good = llm_models.load(None, snapshot=snapshot)
        with pytest.raises(llm_models.ConfigError) as caught:
            llm_models.load(None, snapshot=snapshot, overrides_module=make())
        assert str(caught.value).startswith("behaviour module '")
        assert why in str(caught.value)
        assert [str(problem) for problem in caught.value.problems] == str(caught.value).split("\n")
        assert llm_models.snapshot() is good
        assert llm_models.epoch() == 1
        assert llm_models.reload().list_models() == good.list_models()  # the failed request is forgotten too

    @pytest.mark.parametrize("part", ["name", "extra"])
    def test_no_more_text_is_copied_than_may_be_returned(
        self, part: str, snapshot: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(behaviour.BUDGETS, "bytes", Budget(1000, "", "weights"))
        texts = [{"provider": "openai", "id": f"m{one}", part: {"x" * 99: 1} if part == "extra" else "x" * 99}
                 for one in range(120)]  # fmt: skip
        load(types.SimpleNamespace(models=lambda: texts[:40]), snapshot)
        with pytest.raises(llm_models.ConfigError, match="more than 10,000 characters"):
            load(types.SimpleNamespace(models=lambda: texts), snapshot)

    @pytest.mark.parametrize("value", [0, "", [], (), False, {1}])
    def test_an_argument_of_another_type_is_an_error(self, value: Any, snapshot: str) -> None:
        with pytest.raises(llm_models.ConfigError, match=r"^load\(overrides=\.\.\.\): expected a mapping"):
            llm_models.load(None, snapshot=snapshot, overrides=value)
        assert llm_models.load(None, snapshot=snapshot, overrides={}).epoch == 1

    @pytest.mark.parametrize("false", [{"__len__": lambda _: 0}, {"__bool__": lambda _: False}], ids=str)
    def test_an_object_that_counts_as_false_is_asked(self, false: dict[str, Any], snapshot: str) -> None:
        """A ban that is lost without a word opens a door."""
        module = type("Bans", (), {**false, "excludes": lambda _: {"openai": ["*"]}})()
        assert not module
        assert load(module, snapshot).list_models("openai") == []

    def test_no_more_is_drawn_than_may_be_returned(self, snapshot: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(behaviour, "MAX_ITEMS", 1000)
        drawn: list[int] = []
        with pytest.raises(llm_models.ConfigError):
            load(_endless(drawn), snapshot)
        assert 0 < drawn[0] <= 1000

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("def models(:", "SyntaxError"),
            ("import toy_missing_too", "ModuleNotFoundError: No module named 'toy_missing_too'"),
            ("1 / 0", "ZeroDivisionError"),
            ("raise SystemExit", "SystemExit"),
            ("import sys; sys.exit(0)", "SystemExit: 0"),
            ("x = 1", "defines none of"),
            ("import llm_models; llm_models.load(None)", "ConfigError: load() was called while"),
            ("import llm_models; llm_models.snapshot(); models = list", None),
        ],
    )
    def test_a_module_that_cannot_be_imported(
        self, text: str, why: str | None, write: Callable[..., str], snapshot: str
    ) -> None:
        name = write(text)
        good = llm_models.load(None, snapshot=snapshot)
        if why is None:  # reading the published catalogue is no crime
            assert llm_models.load(None, snapshot=snapshot, overrides_module=name).epoch == 2
            return
        with pytest.raises(llm_models.ConfigError) as caught:
            llm_models.load(None, snapshot=snapshot, overrides_module=name)
        assert str(caught.value).startswith(f"behaviour module '{name}': ")
        assert why in str(caught.value)
        assert llm_models.snapshot() is good

    @pytest.mark.parametrize("name", ["toy_none", "toy_none.at.all", "toy_overrides:Missing"])
    def test_a_module_or_class_that_is_missing(self, name: str, write: Callable[..., str], snapshot: str) -> None:
        write("def models(): return []")
        with pytest.raises(llm_models.ConfigError, match=f"behaviour module '{name}'"):
            load(name, snapshot)

    @pytest.mark.parametrize("call", [llm_models.reload, llm_models.load, lambda: llm_models.load(None)])
    def test_loading_from_inside_is_refused_and_nobody_waits(self, call: Callable[[], Any], snapshot: str) -> None:
        """From the module's own thread a lock would let it in, and it would load for ever."""

        def models() -> list[Any]:
            call()
            return []

        good = llm_models.load(None, snapshot=snapshot)
        with pytest.raises(llm_models.ConfigError, match=r"behaviour module .*load\(\) was called while"):
            llm_models.load(None, snapshot=snapshot, overrides_module=types.SimpleNamespace(models=models))
        assert (llm_models.snapshot(), llm_models.epoch()) == (good, 1)
        llm_models.load(None, snapshot=snapshot)  # and the lock is free again
        assert llm_models.epoch() == 2

    def test_the_data_below_can_be_read_from_inside_as_the_refusal_states(self, snapshot: str) -> None:
        def models() -> list[Any]:
            with pytest.raises(llm_models.ConfigError, match=r"call load\(config=None, publish=False\)"):
                llm_models.load(None, snapshot=snapshot)
            below = llm_models.load(None, snapshot=snapshot, publish=False)
            return [{"provider": one.provider, "id": one.id, "tags": ["seen"]} for one in below.list_models()]

        made = llm_models.load(None, snapshot=snapshot, overrides_module=types.SimpleNamespace(models=models))
        assert made.list_models()
        assert all("seen" in one.tags for one in made.list_models())

    def test_an_unpublished_load_from_inside_ends_too(self, snapshot: str) -> None:
        module = types.SimpleNamespace()
        module.models = lambda: load(module, snapshot).list_models()
        with pytest.raises(llm_models.ConfigError, match="behaviour module"):
            load(module, snapshot)

    def test_an_interrupt_is_let_through(self, snapshot: str) -> None:
        with pytest.raises(KeyboardInterrupt):
            load(_raises(KeyboardInterrupt())(), snapshot)


class TestReload:
    def test_calls_the_functions_again_without_importing_anew(
        self, write: Callable[..., str], snapshot: str, tmp_path: Path
    ) -> None:
        name = write(
            """
            count = 0
            def models():
                global count
                count += 1
                return [{"provider": "openai", "id": "gpt-4o", "limits": {"output": count}}]
            """
        )
        (tmp_path / "llm_models.toml").write_text(f'overrides_module = "{name}"\n')
        llm_models.load(tmp_path / "llm_models.toml", snapshot=snapshot)
        assert llm_models.get_model("openai", "gpt-4o").limits.output == 1
        write("raise RuntimeError('imported anew')")
        for turn in (2, 3):
            llm_models.reload()
            assert llm_models.get_model("openai", "gpt-4o").limits.output == turn
        assert llm_models.epoch() == 3

    def test_a_class_is_made_anew(self, snapshot: str) -> None:
        made = []

        class Counting(Overrides):
            def __init__(self) -> None:
                made.append(self)

        llm_models.load(None, snapshot=snapshot, overrides_module=Counting)
        llm_models.reload()
        assert len(made) == 2

    def test_a_failing_reload_keeps_what_was(self, snapshot: str) -> None:
        answers: list[Any] = [[PRICE], None]
        module = types.SimpleNamespace(models=lambda: answers.pop(0))
        good = llm_models.load(None, snapshot=snapshot, overrides_module=module)
        with pytest.raises(llm_models.ConfigError):
            llm_models.reload()
        assert llm_models.snapshot() is good
        assert llm_models.get_model("openai", "gpt-4o").cost.input == 2

    @pytest.mark.parametrize("publish", [llm_models.reload, llm_models.load, partial(llm_models.load, config=None)])
    def test_that_publishes_itself_is_an_error(self, snapshot: str, publish: Callable[[], object]) -> None:
        """The catalogue and its number stay, and the message names the way out. It is no deadlock either."""
        inside: list[Callable[[], object]] = []

        def models() -> list[Any]:
            for call in inside:
                call()
            return [PRICE]

        good = llm_models.load(None, snapshot=snapshot, overrides_module=types.SimpleNamespace(models=models))
        inside.append(publish)
        with pytest.raises(llm_models.ConfigError, match=r"^behaviour module .*must not publish.*publish=False"):
            llm_models.reload()
        assert llm_models.snapshot() is good
        assert llm_models.epoch() == 1
        inside[:] = [partial(llm_models.load, config=None, publish=False)]
        assert llm_models.reload().epoch == 2

    @pytest.mark.parametrize("question", [llm_models.load, partial(llm_models.get_model, "openai", "gpt-4o")])
    def test_that_waits_for_a_thread_that_waits_for_it_is_an_error(
        self, question: Callable[[], object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is no deadlock, and the next load works."""
        monkeypatch.setattr(store, "_PATIENCE", 0.05)

        def models() -> list[Any]:
            with ThreadPoolExecutor() as threads:
                threads.submit(question).result()
            return []

        with pytest.raises(llm_models.ConfigError, match=r"^behaviour module .*must not wait for this thread"):
            llm_models.load(None, overrides_module=types.SimpleNamespace(models=models))
        assert llm_models.load(None).epoch == 1

    @pytest.mark.parametrize(
        ("builds", "is_refused"), [("abcd", False), ("a-b-", False), ("aba", False), ("abb", True)]
    )
    def test_a_thread_waits_for_several_builds_and_not_twice_for_one(
        self, builds: str, is_refused: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`builds`: the one that is at work each time that the thread has waited, `-` for none."""
        left = [*builds]
        tokens = {name: object() for name in builds} | {"-": None}

        class Busy:
            def acquire(self, timeout: float) -> bool:
                assert timeout == 60
                monkeypatch.setitem(store._writing, "building", tokens[left.pop(0)] if left else None)
                if not left:
                    store._writing.pop("building")
                return not left

            def release(self) -> None:
                assert not left

        left.append("-")
        monkeypatch.setitem(store._writing, "lock", Busy())
        if is_refused:
            with pytest.raises(llm_models.ConfigError, match="must not wait for this thread"):
                llm_models.load(None)
        else:
            assert llm_models.load(None).epoch == 1


COMMANDS = {
    "list": ["openai"],
    "providers": [],
    "show": ["openai:gpt-4o"],
    "select": [],
    "resolve": ["gpt-4o@openai"],
    "search": ["gpt"],
    "explain": ["openai:gpt-4o", "cost"],
    "info": [],
    "validate": [],
    "activate": ["--out", "made.json"],
    "diff": [],
}


class TestCommands:
    """Only `load()` imports it: no command runs code because of a file that lies in a folder."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """An application whose module leaves a mark when it is imported, beside its `llm_models.toml`."""
        (tmp_path / "llm_models.toml").write_text('overrides_module = "marking"\n[deny]\nopenai = ["o3-*"]\n')
        (tmp_path / "marking.py").write_text(
            "from pathlib import Path\nPath(__file__).with_name('mark').touch()\n"
            'def models(): return [{"provider": "openai", "id": "gpt-4o", "cost": {"input": 2}}]\n'
        )
        return tmp_path

    def run(self, folder: Path, *args: str) -> Result:
        return process(*args, cwd=folder, PYTHONPATH=os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))

    @pytest.mark.parametrize("command", [name for name in COMMANDS if name in cli.commands])
    def test_none_imports_it_unasked(self, command: str, folder: Path) -> None:
        result = self.run(folder, command, *COMMANDS[command])
        assert result.code in (0, 1), result.err
        assert not (folder / "mark").exists()
        if command not in ("validate", "diff", "info"):  # which tell of files
            assert "the behaviour module 'marking' is not run" in result.err
        assert "marking" not in result.out or command == "validate"

    def test_with_behaviour_it_is_imported_and_shown(self, folder: Path) -> None:
        plain = json.loads(self.run(folder, "show", "openai:gpt-4o", "--json").out)
        asked = self.run(folder, "show", "openai:gpt-4o", "--json", "--behaviour")
        assert (folder / "mark").exists()
        assert plain["cost"]["input"] == 2.5
        assert json.loads(asked.out)["cost"]["input"] == 2
        assert asked.err == ""

    def test_an_activated_configuration_says_so_too(self, folder: Path) -> None:
        self.run(folder, "activate")
        result = self.run(folder, "show", "openai:gpt-4o", "--json")
        assert "the behaviour module 'marking' is not run" in result.err
        assert not (folder / "mark").exists()
        asked = self.run(folder, "show", "openai:gpt-4o", "--json", "--behaviour")
        assert json.loads(asked.out)["cost"]["input"] == 2

    def test_load_imports_it(self, folder: Path) -> None:
        code = "import llm_models; print(llm_models.get_model('openai', 'gpt-4o').cost.input)"
        result = python(code, options=(), cwd=folder)  # with the folder on sys.path
        assert result.out == "2\n"
        assert (folder / "mark").exists()


def test_the_limits_are_what_the_messages_say() -> None:
    assert behaviour.MAX_ITEMS == 1_000_000
