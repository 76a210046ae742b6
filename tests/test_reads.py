"""The questions to a catalogue, and their answers; held against plain loops over a full decode (`support.oracle`)."""

from __future__ import annotations

import ast
import fnmatch
import inspect
import itertools
import json
import pickle
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import catalogues, oracle
from support.work import calls

import llm_models
from llm_models import Model, Snapshot, modelspec, ranking
from llm_models.errors import (
    AmbiguousModelError,
    ConfigError,
    EmptyCatalogError,
    InvalidSpecError,
    LLMModelsError,
    ModelNotAllowedError,
    UnknownCapabilityError,
    UnknownModelError,
    UnknownProviderError,
)
from llm_models.filters import Filters
from llm_models.paths import PACKAGED_SNAPSHOT
from llm_models.patterns import MAX_PATTERN, matcher, pattern_problem
from llm_models.ranking import ORDERS
from llm_models.selection import NoMatchError
from llm_models.spellings import alike

if TYPE_CHECKING:
    from collections.abc import Callable

FLAGS = list(oracle.FLAGS)
ORDER_NAMES = sorted(ORDERS.keys() - {"cost"})  # which needs a workload
FAST = settings(max_examples=100, deadline=None)


def answer(ask: Callable[[], Any]) -> Any:
    """What a question gives, in plain data: keys for models, the error's name for an error."""
    try:
        given = ask()
    except oracle.Fault as fault:
        return fault.args[0]
    except LLMModelsError as error:
        return (
            "UnknownModelError" if isinstance(error, llm_models.RetiredModelError) else type(error).__name__
        )  # no history
    if isinstance(given, Model):
        return given.key
    if isinstance(given, list):
        return [item.key if isinstance(item, Model) else item for item in given]
    return given


# A small world with every difficulty of names: ids that hold the names of providers and separators, aliases that
# are ids elsewhere, the same id in several places.
WORLD: dict[str, dict[str, dict[str, Any]]] = {
    "alpha": {
        "one": {"aliases": ["uno", "latest"], "cost": {"input": 1, "output": 2}, "limits": {"context": 100}},
        "two": {"aliases": ["solo"], "capabilities": {"tools": {"enabled": True}}, "release_date": "2026-05"},
        "beta:one": {"capabilities": {"chat": False, "embeddings": True}},
        "x@beta": {"deprecated": True, "cost": {"input": 0, "output": 0}},
    },
    "beta": {
        "one": {"cost": {"input": 3, "output": 0}, "limits": {"context": 200}, "release_date": "2026-05-02"},
        "uno": {"deprecated": True, "cost": {"input": 1}, "capabilities": {"json": {"native": True}}},
        "a/b:free": {"aliases": ["free"], "capabilities": {"tools": {"enabled": True, "strict": False}}},
    },
    "gamma_x": {
        "two": {"status": "deprecated", "limits": {"context": 100}},
        "latest": {"cost": {"input": 0.5, "output": 0.5}, "release_date": "2025-12-31"},
        "free": {"capabilities": {"streaming": {"text": False}, "temperature": False}},
    },
    "empty": {},
}
# The same with ids that hold the name of a provider before a `/`, and with served ids.
WIDER: dict[str, dict[str, dict[str, Any]]] = {
    **WORLD,
    "alpha": {
        **WORLD["alpha"],
        "one": {**WORLD["alpha"]["one"], "served_as": ["one-1", "solo2"]},
        "alpha/own": {"aliases": ["solo3"]},
    },
    "gamma_x": {**WORLD["gamma_x"], "beta/one": {"aliases": ["one-1"]}, "beta/other": {}},
}
GLOBS = ["*", "one", "u*", "sol?", "*o", "?wo", "[a-o]ne", "x@*", "*:*", "late*", "zzz", "[!o]*", "UNO"]

PROVIDERS = st.sampled_from(["alpha", "beta", "gamma_x", "empty", "Alpha", "GAMMA-X", " gamma.x ", "nowhere", ""])
NAMES = st.sampled_from(
    ["one", "two", "uno", "solo", "latest", "free", "beta:one", "x@beta", "a/b:free", "three", "", " one ", "ONE", "x"]
) | st.sampled_from(["one-1", "solo2", "alpha/own", "own", "beta/one", "beta/other", "other"])
TEXTS = (
    NAMES
    | st.builds("{}:{}".format, PROVIDERS, NAMES)
    | st.builds("{}@{}".format, NAMES, PROVIDERS)
    | st.builds("{}/{}".format, PROVIDERS, NAMES)
    | st.builds("{}:{}@{}".format, PROVIDERS, NAMES, PROVIDERS)
    | st.text(alphabet="ab:@ oneu", max_size=8)
)
SECTION = st.dictionaries(
    st.sampled_from(["alpha", "beta", "Gamma-X", "empty"]), st.lists(st.sampled_from(GLOBS), max_size=2), max_size=3
)
ALLOW = (
    st.none()
    | st.just("all")
    | st.dictionaries(
        st.sampled_from(["alpha", "beta", "GAMMA.X"]),
        st.just("all") | st.lists(st.sampled_from(GLOBS), max_size=2),
        max_size=3,
    )
)
FLAG_LISTS = st.lists(st.sampled_from(FLAGS), max_size=2, unique=True)
PREFER = st.none() | st.lists(PROVIDERS, max_size=3)
SCOPE = st.none() | st.just("all") | PROVIDERS
WORLD_FILES = st.builds(
    lambda deny, allow, prefer: catalogues.made_up(
        WIDER, {"deny": deny, "prefer": prefer, **({} if allow is None else {"allow": allow})}
    ),
    st.dictionaries(
        st.sampled_from(["alpha", "beta"]), st.lists(st.sampled_from(GLOBS), min_size=1, max_size=2), max_size=1
    ),
    st.none() | st.just({"alpha": "all", "beta": ["*"]}),
    st.lists(st.sampled_from(["beta", "gone", "alpha"]), max_size=2),
)


@st.composite
def lazy_and_plain(draw: st.DrawFn) -> tuple[Snapshot, oracle.Plain]:
    """One catalogue twice, read lazily and plainly: with filters in its header and given filters on top."""
    file = draw(WORLD_FILES)
    given: dict[str, Any] = {"allow": draw(ALLOW), "deny": draw(st.none() | SECTION)}
    slow = oracle.Plain(file.data, **given)
    if not slow.list_providers():
        with pytest.raises(EmptyCatalogError):
            Snapshot(file, **given)
        given = {}
        slow = oracle.Plain(file.data)
        if not slow.list_providers():
            file = catalogues.made_up(WIDER)
            slow = oracle.Plain(file.data)
    return Snapshot(file, **given), slow


@pytest.mark.whole
class TestTheLazyPathEqualsAPlainFullDecode:
    """For every query: the same models in the same order, or the same error (issue 6)."""

    @settings(max_examples=300, deadline=None)
    @given(lazy_and_plain(), TEXTS, SCOPE, PREFER)
    def test_resolve(self, both: tuple[Snapshot, oracle.Plain], text: str, scope: str | None, prefer: Any) -> None:
        lazy, slow = both
        for _ in range(2):  # the second answer comes from memos
            assert answer(lambda: lazy.resolve(text, scope=scope, prefer=prefer)) == answer(
                lambda: slow.resolve(text, scope, prefer)
            )

    @FAST
    @given(lazy_and_plain(), PROVIDERS, NAMES)
    def test_get_model(self, both: tuple[Snapshot, oracle.Plain], provider: str, name: str) -> None:
        lazy, slow = both
        expected = answer(lambda: slow.get(provider, name))
        assert answer(lambda: lazy.get_model(provider, name)) == expected
        assert answer(lambda: lazy.resolve((provider, name))) == expected
        assert lazy.allowed((provider, name)) is isinstance(expected, tuple)

    @FAST
    @given(lazy_and_plain(), st.none() | PROVIDERS, FLAG_LISTS, FLAG_LISTS, ALLOW)
    def test_list_models(
        self, both: tuple[Snapshot, oracle.Plain], provider: str | None, require: Any, forbid: Any, allow: Any
    ) -> None:
        lazy, slow = both
        assert lazy.list_providers() == slow.list_providers()
        assert len(lazy) == len(slow.list_models())
        assert answer(lambda: lazy.list_models(provider, require=require, forbid=forbid, allow=allow)) == answer(
            lambda: slow.list_models(provider, require, forbid, allow)
        )

    @settings(max_examples=200, deadline=None)
    @given(lazy_and_plain(), FLAG_LISTS, FLAG_LISTS, PREFER, SCOPE, st.sampled_from(ORDER_NAMES))
    def test_candidates_and_select(
        self, both: tuple[Snapshot, oracle.Plain], require: Any, forbid: Any, prefer: Any, scope: Any, order_by: str
    ) -> None:
        lazy, slow = both
        query = {"require": require, "forbid": forbid, "prefer": prefer, "scope": scope, "order_by": order_by}
        expected = answer(lambda: slow.candidates(**query))
        assert answer(lambda: lazy.candidates(**query)) == expected
        for _ in range(2):
            if expected == []:
                with pytest.raises(NoMatchError) as caught:
                    lazy.select(**query)
                assert (caught.value.considered, dict(caught.value.removed)) == slow.removed(require, forbid, scope)
            else:
                first = expected[0] if isinstance(expected, list) else expected
                assert answer(lambda: lazy.select(**query)) == first

    @FAST
    @given(lazy_and_plain(), TEXTS)
    def test_models_are_what_the_file_says(self, both: tuple[Snapshot, oracle.Plain], text: str) -> None:
        lazy, slow = both
        found = answer(lambda: lazy.resolve(text))
        if isinstance(found, tuple):
            model, data = lazy.resolve(text), slow.models[found]
            assert model.cost.to_dict() == data.get("cost", {})
            assert model.aliases == tuple(data.get("aliases", ()))
            assert model.deprecated == data.get("deprecated", False)


@pytest.fixture(scope="module")
def whole(packaged: Snapshot) -> oracle.Plain:
    with open(PACKAGED_SNAPSHOT, "rb") as file:
        return oracle.Plain(file.read(), was_listed=packaged.view.past.knows, past_ids=packaged.view.past.ids)


class TestTheLazyPathOnThePackagedSnapshot:
    """The same law on the real data."""

    @pytest.mark.whole
    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_any_query(self, packaged: Snapshot, whole: oracle.Plain, data: st.DataObject) -> None:
        keys = sorted(whole.models)
        providers = st.sampled_from(sorted(whole.providers))
        key = data.draw(st.sampled_from(keys))
        other = data.draw(providers)
        texts = [key[1], f"{key[0]}:{key[1]}", f"{key[1]}@{key[0]}", f"{key[0]}/{key[1]}"]
        texts += [f"{other}:{key[1]}", f"{other}/{key[1]}"]
        texts += whole.names(key)
        prefer = data.draw(st.none() | st.lists(providers, max_size=3))
        scope = data.draw(st.none() | st.just("all") | providers)
        for text in texts:
            assert answer(lambda text=text: packaged.resolve(text, scope=scope, prefer=prefer)) == answer(
                lambda text=text: whole.resolve(text, scope, prefer)
            )

    @pytest.mark.whole
    @settings(max_examples=25, deadline=None)
    @given(data=st.data())
    def test_any_choice(self, packaged: Snapshot, whole: oracle.Plain, data: st.DataObject) -> None:
        providers = st.sampled_from(sorted(whole.providers))
        query = {
            "require": data.draw(st.lists(st.sampled_from(FLAGS), max_size=3, unique=True)),
            "forbid": data.draw(FLAG_LISTS),
            "prefer": data.draw(st.none() | st.lists(providers, max_size=3)),
            "scope": data.draw(st.none() | providers),
            "order_by": data.draw(st.sampled_from(ORDER_NAMES)),
        }
        expected = whole.candidates(**query)
        assert [model.key for model in packaged.candidates(**query)] == expected
        if expected:
            assert packaged.select(**query).key == expected[0]
        else:
            with pytest.raises(NoMatchError) as caught:
                packaged.select(**query)
            found = caught.value.considered, dict(caught.value.removed)
            assert found == whole.removed(query["require"], query["forbid"], query["scope"])

    @pytest.mark.whole
    @settings(max_examples=8, deadline=None)
    @given(data=st.data())
    def test_any_filter(self, packaged: Snapshot, data: st.DataObject) -> None:
        slow_file = packaged.file.data
        names = st.sampled_from(["openai", "Anthropic", "google-vertex", "302ai", "openrouter"])
        globs = st.lists(
            st.sampled_from(["*", "gpt-4o*", "*-mini", "claude-?[!p]*", "openai/*", "*:free", "o[13]*"]), max_size=2
        )
        given_filters = {
            "allow": data.draw(st.none() | st.dictionaries(names, st.just("all") | globs, min_size=1, max_size=4)),
            "deny": data.draw(st.dictionaries(names, globs, max_size=3)),
        }
        slow = oracle.Plain(slow_file, **given_filters)
        expected = slow.list_models()
        if not expected:
            with pytest.raises(EmptyCatalogError):
                Snapshot(packaged.file, **given_filters)
            return
        lazy = Snapshot(packaged.file, **given_filters)
        assert [model.key for model in lazy.list_models()] == expected
        assert lazy.list_providers() == slow.list_providers()
        assert len(lazy) == len(expected)


@pytest.fixture
def world() -> Snapshot:
    return Snapshot(catalogues.made_up(WORLD))


class TestAllowed:
    """allowed(x) is true exactly when resolve(x) succeeds; it never raises on text or a key."""

    @pytest.mark.whole
    @settings(max_examples=200, deadline=None)
    @given(
        lazy_and_plain(), TEXTS | st.text(max_size=20) | st.tuples(PROVIDERS, NAMES) | st.tuples(st.text(), st.text())
    )
    def test_text_and_keys(self, both: tuple[Snapshot, oracle.Plain], spec: Any) -> None:
        lazy, _ = both
        assert lazy.allowed(spec) is not isinstance(answer(lambda: lazy.resolve(spec)), str)

    @pytest.mark.parametrize(
        "spec", ["", " ", "\x00", "\ud800", "x" * 1_000_000, ":" * 1000, "@" * 1000, "%" * 1000 + "@alpha", "%FF@alpha"]
    )
    def test_hostile_text(self, world: Snapshot, spec: str) -> None:
        assert world.allowed(spec) is False
        assert world.allowed((spec, "one")) is False
        assert world.allowed(("alpha", spec)) is False

    @pytest.mark.parametrize(
        "spec", [None, 3, b"one", [], {}, ("a",), ("alpha", None), (None, "one"), (["alpha"], {}), object()]
    )
    def test_what_is_neither_text_nor_key(self, world: Snapshot, spec: Any) -> None:
        assert world.allowed(spec) is False
        with pytest.raises(InvalidSpecError):
            world.resolve(spec)

    def test_every_packaged_model(self, packaged: Snapshot) -> None:
        deny = {"openai": ["*-preview"], "anthropic": ["*"]}
        catalogue = Snapshot(packaged.file, deny=deny)
        for provider in ("openai", "anthropic", "google"):
            for model in packaged.list_models(provider):
                shut = any(
                    fnmatch.fnmatchcase(name, g) for g in deny.get(provider, []) for name in (model.id, *model.aliases)
                )
                for spec in (model.spec, model.key, model):
                    assert catalogue.allowed(spec) is not shut

    @pytest.mark.parametrize("spec", ["gpt-4o-minj", "openai:gpt-4o-minj", "opnai:gpt-4o-mini"])
    def test_a_no_takes_little_work(self, packaged: Snapshot, spec: str) -> None:
        """It looks for no nearest name, which over all ids takes much work, as the control shows."""
        assert packaged.allowed(spec) is False
        assert calls(lambda: packaged.allowed(spec)) < 200

        def control() -> None:
            with pytest.raises(LookupError):
                packaged.resolve(spec)

        assert calls(control) > 500


class TestProviders:
    def test_only_those_that_show_a_model(self, world: Snapshot) -> None:
        assert world.list_providers() == ["alpha", "beta", "gamma_x"]
        hidden = Snapshot(world.file, deny={"beta": ["*"]})
        assert hidden.list_providers() == ["alpha", "gamma_x"]

    def test_filters_hide_models_not_names(self, world: Snapshot) -> None:
        hidden = Snapshot(world.file, deny={"beta": ["*"]})
        assert hidden.get_provider("beta").name == "Beta"
        assert hidden.get_provider("empty").id == "empty"
        assert hidden.parse_provider("BETA") == "beta"
        assert hidden.parse_spec("beta:one") == ("beta", "one")
        assert hidden.list_models("beta") == []

    def test_one_record_for_one_provider(self, packaged: Snapshot) -> None:
        assert packaged.get_provider("openai") is packaged.get_provider("OpenAI")
        assert packaged.get_provider("openai").env == ("OPENAI_API_KEY",)

    @pytest.mark.parametrize("ask", ["get_provider", "parse_provider", "list_models"])
    def test_unknown(self, packaged: Snapshot, ask: str) -> None:
        with pytest.raises(
            UnknownProviderError, match=r"unknown provider 'anthropc'. Did you mean 'anthropic'"
        ) as caught:
            getattr(packaged, ask)("anthropc")
        assert caught.value.provider == "anthropc"
        assert isinstance(caught.value, LookupError)

    @pytest.mark.parametrize("name", [None, 3, b"openai", ["openai"], ("openai",)])
    def test_no_text(self, packaged: Snapshot, name: Any) -> None:
        with pytest.raises(UnknownProviderError, match="unknown provider"):
            packaged.parse_provider(name)


class TestModels:
    def test_by_alias(self, world: Snapshot) -> None:
        one = world.get_model("alpha", "one")
        assert world.get_model("alpha", "uno") is one
        assert world.resolve("alpha:latest") is one
        assert world.resolve("uno@alpha") is one
        assert world.resolve(("alpha", "uno")) is one
        assert world.capabilities("alpha:uno") is one.capabilities
        assert world.get_model("beta", "uno").id == "uno"  # an id there

    def test_an_exact_id_beats_an_alias_elsewhere(self, world: Snapshot) -> None:
        assert world.resolve("latest").key == ("gamma_x", "latest")
        assert world.resolve("uno").key == ("beta", "uno")

    def test_every_packaged_name(self, packaged: Snapshot) -> None:
        seen = 0
        for model in packaged.list_models():
            for name in (*model.served_as, *model.aliases):
                assert packaged.get_model(model.provider, name) == model
                seen += 1
        assert seen > 10

    def test_unknown(self, packaged: Snapshot) -> None:
        with pytest.raises(
            UnknownModelError, match=r"openai has no model 'gpt-4o-minj'. Did you mean 'gpt-4o-mini'"
        ) as caught:
            packaged.get_model("openai", "gpt-4o-minj")
        assert caught.value.spec == "openai:gpt-4o-minj"

    def test_a_provider_without_models(self, world: Snapshot) -> None:
        with pytest.raises(UnknownModelError, match="has no models"):
            world.get_model("empty", "one")

    @pytest.mark.parametrize("name", [None, 3, [], b"one", ("one",)])
    def test_no_text(self, world: Snapshot, name: Any) -> None:
        with pytest.raises(UnknownModelError):
            world.get_model("alpha", name)

    def test_excluded(self) -> None:
        """A model that `exclude` removed is unknown, and says so, with the place."""
        removed = {"alpha:three": {"pattern": "th*", "place": "llm_models.toml:7"}, "alpha:four": {"pattern": "four"}}
        catalogue = Snapshot(catalogues.made_up(WORLD, tail={"removed": removed}))
        with pytest.raises(UnknownModelError, match=r"alpha:three is excluded by pattern 'th\*' \(llm_models.toml:7\)"):
            catalogue.get_model("alpha", "three")
        with pytest.raises(UnknownModelError, match=r"alpha:four is excluded by pattern 'four'$"):
            catalogue.resolve("four@alpha")
        assert not catalogue.allowed("alpha:three")

    def test_one_record_for_one_model(self, packaged: Snapshot) -> None:
        model = packaged.get_model("openai", "gpt-4o-mini")
        again = [
            packaged.get_model("OpenAI", "gpt-4o-mini"),
            packaged.resolve("openai:gpt-4o-mini"),
            packaged.resolve(" gpt-4o-mini @ openai"),
            packaged.resolve(model),
            packaged.resolve(model.key),
            packaged.resolve("gpt-4o-mini", scope="openai"),
            next(m for m in packaged.list_models("openai") if m.id == "gpt-4o-mini"),
        ]
        assert all(one is model for one in again)

    def test_parts_that_are_alike_are_one_record_and_others_are_not(self) -> None:
        def reasoning(**said: Any) -> dict[str, Any]:
            return {"capabilities": {"reasoning": {"enabled": True, **said}}}

        stated = {
            "a": {"modalities": {"input": ["text"], "output": ["image"]}},
            "b": {"modalities": {"input": ["text", "image"], "output": []}},
            "c": {"modalities": {"input": [], "output": ["text", "image"]}},
            "d": {"modalities": {"input": ["image", "text"]}},
            "e": reasoning(efforts=["low"]),
            "f": reasoning(efforts=["low", "high"]),
            "g": reasoning(token_budget=1000),
            "h": reasoning(token_budget=1000, token_budget_min=10),
            "i": reasoning(toggle=True),
            "j": reasoning(),
        }
        twins = {f"{name}-twin": part for name, part in stated.items()}
        catalogue = Snapshot(catalogues.made_up({"alpha": {**stated, **twins}}))
        for name, part in stated.items():
            model, twin = catalogue.get_model("alpha", name), catalogue.get_model("alpha", f"{name}-twin")
            for group, said in part.items():
                told = getattr(model, group).to_dict()
                for key, value in said.items():
                    if isinstance(value, dict):
                        assert told[key] == {**told[key], **value}
                    else:
                        assert told.get(key, []) == value
                assert getattr(model, group) is getattr(twin, group)
        kinds = [catalogue.get_model("alpha", name) for name in stated]
        assert len({(model.modalities, model.capabilities) for model in kinds}) == len(stated)

    def test_users_text_does_not_make_memos_grow(self, world: Snapshot) -> None:
        """Only canonical names are kept: a server that passes on what its users type does not leak."""
        world.list_models()
        world.resolve("uno")

        def size() -> int:
            held = [getattr(world, name) for name in Snapshot.__slots__]
            return sum(len(part) for part in held if isinstance(part, (dict, list, set)))

        before = size()
        for number in range(200):
            pad = " " * number
            assert world.resolve(f"{pad}alpha :{pad}one").key == ("alpha", "one")
            assert world.resolve(f"uno{pad}@alpha").key == ("alpha", "one")
            assert world.get_model(f"Alpha{pad}", "uno").id == "one"
            assert not world.allowed(f"nothing{number}")
            assert not world.allowed(f"alpha:nothing{number}")
            assert not world.allowed((f"nothing{number}", "x"))
        assert size() == before


class TestResolve:
    def test_ambiguous(self, packaged: Snapshot) -> None:
        words = r"'gpt-4o-mini' is served by .* Choose one of these, or pass prefer= with a provider"
        with pytest.raises(AmbiguousModelError, match=words) as caught:
            packaged.resolve("gpt-4o-mini")
        specs = caught.value.specs
        assert specs[0] == "openai:gpt-4o-mini"  # its maker's
        assert list(specs[1:]) == sorted(specs[1:])
        assert all(packaged.resolve(spec).id == "gpt-4o-mini" for spec in specs)
        assert len(str(caught.value)) < 500
        assert pickle.loads(pickle.dumps(caught.value)).specs == specs

    def test_prefer_breaks_the_tie(self, packaged: Snapshot) -> None:
        assert packaged.resolve("gpt-4o-mini", prefer=["anthropic", "OpenAI", "azure"]).key == ("openai", "gpt-4o-mini")
        assert packaged.resolve("gpt-4o-mini", prefer="azure").provider == "azure"
        with pytest.raises(AmbiguousModelError):
            packaged.resolve("gpt-4o-mini", prefer=["anthropic"])
        with pytest.raises(UnknownProviderError):
            packaged.resolve("gpt-4o-mini", prefer=["opnai"])

    def test_the_catalogues_own_preference_breaks_no_tie(self, packaged: Snapshot) -> None:
        with pytest.raises(AmbiguousModelError):
            Snapshot(packaged.file, prefer=["openai"]).resolve("gpt-4o-mini")

    def test_scope(self, packaged: Snapshot, world: Snapshot) -> None:
        assert packaged.resolve("gpt-4o-mini", scope="OpenAI").key == ("openai", "gpt-4o-mini")
        assert packaged.resolve("openai:gpt-4o-mini", scope="all").key == ("openai", "gpt-4o-mini")
        assert world.resolve("beta:one", scope="alpha").key == ("alpha", "beta:one")  # its id there
        assert world.resolve("beta:one").key == ("beta", "one")
        for spec in ("openai:gpt-4o-mini", "gpt-4o-mini@openai", ("openai", "gpt-4o-mini")):
            with pytest.raises(UnknownModelError, match="outside the scope 'anthropic'"):
                packaged.resolve(spec, scope="anthropic")
        with pytest.raises(UnknownProviderError):
            packaged.resolve("gpt-4o-mini", scope="opnai")

    @pytest.mark.whole
    def test_one_provider_only(self, packaged: Snapshot, whole: oracle.Plain) -> None:
        """A bare id that one provider serves is that model: for all of those that are not read as `provider/model`.

        It is not, where the provider before the `/` once had the rest in another spelling. Of the ids without a `/`,
        which can have no such reading, every fourth is asked for.
        """
        counts: dict[str, list[tuple[str, str]]] = {}
        for key in whole.models:
            counts.setdefault(key[1], []).append(key)
        names = [*(name for name in counts if "/" in name), *[name for name in counts if "/" not in name][::4]]
        gone = 0
        for name in names:
            keys = counts[name]
            if len(keys) == 1 and whole.split(name) is None and not whole.written(name):
                head, _, rest = name.partition("/")
                home = packaged.view.file.provider_id(head) if rest else None
                if home is not None and any(alike(one, rest) for one in packaged.view.past.ids(home)):
                    gone += 1
                    with pytest.raises(llm_models.RetiredModelError, match=f"^{home}:"):
                        packaged.resolve(name)
                else:
                    assert packaged.resolve(name).key == keys[0]
        assert 5 < gone < 50

    def test_nothing_of_that_name(self, packaged: Snapshot) -> None:
        with pytest.raises(
            UnknownModelError, match=r"no provider has a model 'gpt-4o-minj'. Did you mean 'gpt-4o-mini'"
        ):
            packaged.resolve("gpt-4o-minj")

    def test_both_readings_are_named_and_one_fix(self, packaged: Snapshot) -> None:
        with pytest.raises(UnknownModelError) as caught:
            packaged.resolve("opnai:gpt-4o")
        assert str(caught.value) == (
            "no provider has a model 'opnai:gpt-4o', and 'opnai' before the ':' is not a known provider. "
            "Did you mean 'openai:gpt-4o'?"
        )


class TestFilters:
    """DESIGN, section 7."""

    def test_deny_says_its_pattern(self, packaged: Snapshot) -> None:
        catalogue = Snapshot(packaged.file, deny={"OpenAI": ["gpt-4o-mini*"]})
        for ask in (
            lambda: catalogue.get_model("openai", "gpt-4o-mini"),
            lambda: catalogue.resolve("gpt-4o-mini@openai"),
        ):
            with pytest.raises(
                ModelNotAllowedError, match=r"openai:gpt-4o-mini is denied by pattern 'gpt-4o-mini\*'"
            ) as caught:
                ask()
            assert (caught.value.spec, caught.value.pattern) == ("openai:gpt-4o-mini", "gpt-4o-mini*")
        assert isinstance(caught.value, LookupError)
        assert "gpt-4o-mini" not in [model.id for model in catalogue.list_models("openai")]

    def test_the_place_of_a_pattern(self) -> None:
        origin = {"layer": "llm_models.toml", "place": "llm_models.toml:12"}
        settings = {"deny": {"alpha": {"t*": origin}}, "allow": {"beta": {"on*": origin}}}
        filters = {"deny": {"alpha": ["t*"]}, "allow": {"alpha": "all", "beta": ["on*"]}}
        catalogue = Snapshot(catalogues.made_up(WORLD, filters, {"settings": settings}), deny={"alpha": ["uno"]})
        with pytest.raises(ModelNotAllowedError, match=r"denied by pattern 't\*' \(llm_models.toml:12\)"):
            catalogue.get_model("alpha", "two")
        with pytest.raises(ModelNotAllowedError, match=r"denied by pattern 'uno' \(an argument\)"):
            catalogue.get_model("alpha", "one")
        with pytest.raises(ModelNotAllowedError, match=r"allow.*beta.*\(llm_models.toml:12\)"):
            catalogue.get_model("beta", "uno")
        with pytest.raises(ModelNotAllowedError, match="allow"):
            catalogue.get_model("gamma_x", "two")

    def test_a_match_on_one_name_holds_for_all(self, world: Snapshot) -> None:
        denied = Snapshot(world.file, deny={"alpha": ["un?"]})
        for name in ("one", "uno", "latest"):
            with pytest.raises(ModelNotAllowedError):
                denied.get_model("alpha", name)
        allowed = Snapshot(world.file, allow={"alpha": ["uno"]})
        assert allowed.get_model("alpha", "latest").id == "one"
        assert [model.key for model in allowed.list_models()] == [("alpha", "one")]

    def test_deny_wins(self, world: Snapshot) -> None:
        catalogue = Snapshot(world.file, allow={"alpha": ["one", "two"]}, deny={"alpha": ["one"]})
        assert [model.key for model in catalogue.list_models()] == [("alpha", "two")]

    @pytest.mark.parametrize("allow", [None, "all", {}])
    def test_no_allow_and_all_are_everything(self, world: Snapshot, allow: Any) -> None:
        assert len(Snapshot(world.file, allow=allow)) == len(world) == 10
        assert len(world.list_models(allow=allow)) == 10

    def test_allow_shuts_out_whom_it_does_not_name(self, world: Snapshot) -> None:
        assert Snapshot(world.file, allow={"beta": "all", "alpha": []}).list_providers() == ["beta"]

    def test_case_counts(self, world: Snapshot) -> None:
        assert Snapshot(world.file, deny={"alpha": ["ONE", "UNO"]}).allowed("alpha:one")

    def test_a_bare_id_that_nobody_may_serve_is_told_of_its_maker(self, packaged: Snapshot) -> None:
        """Not of the first provider by name, which nobody asked for."""
        shown = Snapshot(packaged.file, allow={"groq": "all"})
        with pytest.raises(llm_models.ModelNotAllowedError, match=r"^openai:gpt-5\.4 is not allowed: ") as caught:
            shown.resolve("gpt-5.4")
        serving = sum(packaged.view.file.block(one).serves("gpt-5.4") for one in packaged.list_providers())
        assert str(caught.value).endswith(f"None of the {serving} providers that serve 'gpt-5.4' is allowed")
        assert caught.value.spec == "openai:gpt-5.4"
        only = next(name for name, rows in packaged.view.names().items() if len(rows) == 1 and rows[0][0] == "openai")
        with pytest.raises(llm_models.ModelNotAllowedError, match=r"^openai:") as caught:
            shown.resolve(only)
        assert "None of the" not in str(caught.value)

    def test_a_hidden_model_leaves_the_bare_id_to_others(self, world: Snapshot) -> None:
        with pytest.raises(AmbiguousModelError):
            world.resolve("one")
        assert Snapshot(world.file, deny={"alpha": ["one"]}).resolve("one").provider == "beta"
        with pytest.raises(ModelNotAllowedError):
            Snapshot(world.file, deny={"alpha": ["one"], "beta": ["one"]}).resolve("one")

    def test_an_arguments_deny_unites_and_its_allow_replaces(self) -> None:
        file = catalogues.made_up(WORLD, {"deny": {"alpha": ["one"]}, "allow": {"alpha": "all"}})
        assert Snapshot(file).list_providers() == ["alpha"]
        both = Snapshot(file, deny={"Alpha": ["two"]})
        assert [model.id for model in both.list_models()] == ["beta:one", "x@beta"]
        replaced = Snapshot(file, allow={"beta": "all", "alpha": "all"})
        assert replaced.list_providers() == ["alpha", "beta"]
        assert not replaced.allowed("alpha:one")
        assert Snapshot(file, allow="all").list_providers() == ["alpha", "beta", "gamma_x"]

    def test_a_header_may_name_a_provider_that_is_gone(self) -> None:
        file = catalogues.made_up(WORLD, {"deny": {"gone": ["x"], "alpha": ["one"]}, "prefer": ["gone"]})
        catalogue = Snapshot(file, deny={"alpha": ["two"]})
        assert not catalogue.allowed("alpha:one")
        assert catalogue.select(order_by="id", kind=["chat", "embedding"]).provider == "alpha"

    @pytest.mark.parametrize("section", ["allow", "deny"])
    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ({"opnai": ["*"]}, "unknown provider 'opnai'. Did you mean 'openai'"),
            (
                {"google-vertex": ["*"], "Google_Vertex": ["x"]},
                "duplicate entry for provider 'google_vertex'; merge the two",
            ),
            ({"openai": 3, "OpenAI": ["x"]}, "duplicate entry for provider 'openai'; merge the two"),
            ({"openai": "gpt-4o"}, r"expected a list of patterns.*\(found str\)\. For the whole provider, write "),
            ({"openai": 3}, r"\(found int\)"),
            ({"openai": None}, r"\(found NoneType\)"),
            ({"openai": ["gpt", 3]}, r"a pattern must be a string \(found int\)"),
            ({"openai": [""]}, "an empty pattern matches nothing"),
            ({"openai": ["x" * 1_000_000]}, "the pattern has 1000000 characters"),
            (["openai"], r"a table from provider to patterns.*\(found list\)"),
            ("openai", r"a table from provider to patterns.*\(found str\)\. For a whole provider, write "),
            (3, r"\(found int\)"),
        ],
    )
    def test_what_is_no_filter(self, packaged: Snapshot, section: str, value: Any, message: str) -> None:
        with pytest.raises(ConfigError, match=message) as caught:
            Snapshot(packaged.file, **{section: value})
        assert caught.value.problems
        assert len(str(caught.value)) < 500
        if section == "allow":
            with pytest.raises(ConfigError, match=message):
                packaged.list_models(allow=value)

    @pytest.mark.parametrize(("section", "whole"), [("allow", '"all"'), ("deny", '["*"]')])
    def test_how_a_whole_provider_is_written(self, packaged: Snapshot, section: str, whole: str) -> None:
        with pytest.raises(ConfigError) as caught:
            Snapshot(packaged.file, **{section: 5})
        hint = f'{{"openai": {whole}}}'
        assert str(caught.value).endswith(f"For a whole provider, write {hint}.")
        assert len(Snapshot(packaged.file, **{section: json.loads(hint)})) < len(packaged)

    def test_all_problems_are_told_at_once(self, packaged: Snapshot) -> None:
        with pytest.raises(ConfigError) as caught:
            Snapshot(packaged.file, allow={"opnai": "all"}, deny={"antropic": ["*"], "openai": [""]})
        assert len(caught.value.problems) == 3

    def test_filters_of_others_may_change_later(self, world: Snapshot) -> None:
        deny, allow = {"alpha": ["one"]}, {"alpha": ["*"], "beta": ["*"]}
        catalogue = Snapshot(world.file, deny=deny, allow=allow)
        deny["alpha"].append("two")
        deny["beta"] = ["*"]
        del allow["beta"]
        assert catalogue.allowed("alpha:two")
        assert catalogue.allowed("beta:one")
        again = pickle.loads(pickle.dumps(catalogue))
        assert [model.key for model in again.list_models()] == [model.key for model in catalogue.list_models()]

    def test_generators_are_read_once(self, world: Snapshot) -> None:
        catalogue = Snapshot(world.file, deny={"alpha": (name for name in ["one", "two"])})  # type: ignore[dict-item]
        assert [model.id for model in catalogue.list_models("alpha")] == ["beta:one", "x@beta"]
        again = pickle.loads(pickle.dumps(catalogue))
        assert [model.id for model in again.list_models("alpha")] == ["beta:one", "x@beta"]

    @pytest.mark.parametrize(
        "filters", [{"deny": {key: ["*"] for key in WORLD}}, {"allow": {"empty": "all"}}, {"allow": {"alpha": ["zzz"]}}]
    )
    def test_nothing_left(self, world: Snapshot, filters: Any) -> None:
        with pytest.raises(EmptyCatalogError, match="hide every model"):
            Snapshot(world.file, **filters)

    def test_nothing_there(self) -> None:
        with pytest.raises(EmptyCatalogError):
            Snapshot(catalogues.made_up({"empty": {}}))


def glob_fits(pattern: str, name: str) -> bool:
    """The verdict of a glob without escapes; the bits of a number are the parts that may come next."""
    parts = re.findall(r"\*|\?|\[!?[^]]+\]|.", pattern)
    stars = sum(1 << at for at, part in enumerate(parts) if part == "*")
    takes = {
        character: sum(1 << at for at, part in enumerate(parts) if part != "*" and fnmatch.fnmatchcase(character, part))
        for character in set(name)
    }

    def past_stars(bits: int) -> int:
        while (more := bits | (bits & stars) << 1) != bits:
            bits = more
        return bits

    bits = past_stars(1)
    for character in name:
        bits = past_stars((bits & takes[character]) << 1 | bits & stars)
    return bool(bits >> len(parts) & 1)


def fits(pattern: str, name: str) -> bool:
    """Whether a pattern that no model has as a name means a model with this name."""
    return matcher(pattern, lambda _: None)([name])


class TestGlobs:
    @settings(max_examples=300, deadline=None)
    @given(st.text(alphabet="ab*?[]!-^.\\", min_size=1, max_size=8), st.text(alphabet="abAB]-.\\\n", max_size=8))
    def test_as_fnmatch_reads_them(self, pattern: str, name: str) -> None:
        assert fits(pattern, name) is fnmatch.fnmatchcase(name, pattern)

    @pytest.mark.parametrize(
        "pattern", ["*a" * 200, "*" * 500, "?*" * 250, "*a*b" * 100, "[a-z]*" * 80, "*" + "[!b]" * 100]
    )
    @pytest.mark.parametrize("name", ["a" * 2000, "a" * 1999 + "b", "ab" * 1000, "b" * 2000])
    def test_hostile_ones_get_an_answer(self, pattern: str, name: str) -> None:
        """A matcher that tries every way would not come to an end."""
        assert fits(pattern, name) is glob_fits(pattern, name)

    @pytest.mark.parametrize(
        "pattern", ["[z-a]", "[", "[]", "[!]", "a[", "[[]", "[a", "\\", "(", "(?:", "a{2}", "$", "^"]
    )
    def test_odd_ones_never_fail(self, pattern: str) -> None:
        assert pattern_problem(pattern) is None
        assert fits(pattern, "xyz") is False

    @pytest.mark.parametrize("pattern", ["", " ", "\t", "x" * (MAX_PATTERN + 1), "*a" * 500_000, None, 3, b"x"])
    def test_refused(self, pattern: Any) -> None:
        assert pattern_problem(pattern)
        with pytest.raises(ConfigError):
            Filters({"alpha": [pattern]}, None)

    def test_compiled_once_and_only_where_looked_at(self, packaged: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
        from llm_models import filters

        compiled: list[str] = []
        compile_one = filters.matcher

        def matcher(pattern: str, *how: Any) -> Any:
            compiled.append(pattern)
            return compile_one(pattern, *how)

        monkeypatch.setattr(filters, "matcher", matcher)
        catalogue = Snapshot(packaged.file, deny={"openai": ["a*", "b*"], "anthropic": ["c*"]})
        for _ in range(3):
            catalogue.get_model("openai", "gpt-4o-mini")
        assert compiled == ["a*", "b*"]


class TestCapabilities:
    @pytest.mark.parametrize("word", ["require", "forbid"])
    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("tool", "'tools'"),
            ("json", "'json_"),
            ("Tools", "'tools'"),
            ("streaming", "'streaming_text'"),
            ("strict", "strict'"),
        ],
    )
    @pytest.mark.parametrize("ask", ["list_models", "select", "candidates"])
    def test_an_unknown_name_is_an_error_with_a_hint(
        self, world: Snapshot, word: str, name: str, hint: str, ask: str
    ) -> None:
        with pytest.raises(
            UnknownCapabilityError, match=f"unknown capability '{name}'. Did you mean.*{hint}"
        ) as caught:
            getattr(world, ask)(**{word: [name]})
        assert caught.value.name == name
        assert isinstance(caught.value, ValueError)

    @pytest.mark.parametrize("name", ["zzzzzz", None, 3, ["tools"], "reasoning_efforts_x" * 100])
    def test_no_near_name_lists_all(self, world: Snapshot, name: Any) -> None:
        with pytest.raises(UnknownCapabilityError) as caught:
            world.select(require=[name])
        assert len(str(caught.value)) < 1_000

    @pytest.mark.parametrize("name", ["reasoning_efforts", "reasoning_token_budget", "json_enabled", "tools_enabled"])
    def test_budgets_efforts_and_groups_without_a_flag_are_no_names(self, world: Snapshot, name: str) -> None:
        with pytest.raises(UnknownCapabilityError):
            world.list_models(require=[name])

    @pytest.mark.parametrize("wrong", [3, True, object()])
    def test_what_is_no_list(self, world: Snapshot, wrong: Any) -> None:
        with pytest.raises(UnknownCapabilityError):
            world.select(require=wrong)

    def test_names_and_mappings(self, world: Snapshot) -> None:
        def ids(**query: Any) -> list[str]:
            return [model.id for model in world.list_models(**query)]

        tools = ids(require=["tools"])
        assert tools == ["two", "a/b:free"]
        assert ids(require="tools") == ids(require={"tools": True}) == ids(require=("tools",)) == tools
        assert ids(require=iter(["tools"])) == ids(forbid={"tools": False}) == tools
        assert ids(require={"tools": False}) == ids(forbid=["tools"]) == ids(forbid={"tools": True})
        assert ids(require=["tools", "tools"]) == tools
        assert ids(require=["tools"], forbid=["tools"]) == []
        assert ids(require=[], forbid={}) == ids()

    def test_one_flag_of_every_packaged_model(self, packaged: Snapshot, whole: oracle.Plain) -> None:
        for name in FLAGS:
            having = {model.key for model in packaged.list_models(require=[name])}
            lacking = {model.key for model in packaged.list_models(forbid=[name])}
            assert having == {key for key, model in whole.models.items() if oracle.has(model, name)}
            assert having | lacking == set(whole.models)
            assert not having & lacking


class TestOrder:
    """Deprecated models last; before, the preferred providers in order, all others one group; then `order_by`."""

    def test_preferred_first_and_repeats_ignored(self, world: Snapshot) -> None:
        found = [model.key for model in world.candidates(prefer=["gamma_x", "beta", "Gamma-X"])]
        current, deprecated = found[:-3], found[-3:]
        assert [key[0] for key in current] == ["gamma_x"] * 2 + ["beta"] * 2 + ["alpha"] * 2  # its third embeds
        assert deprecated == [("gamma_x", "two"), ("beta", "uno"), ("alpha", "x@beta")]  # each after all of the others

    def test_others_are_one_group(self, world: Snapshot) -> None:
        found = [model.key for model in world.candidates(order_by="price", prefer=[])]
        assert found[:3] == [("gamma_x", "latest"), ("alpha", "one"), ("beta", "one")]
        assert set(found[-3:]) == {("alpha", "x@beta"), ("beta", "uno"), ("gamma_x", "two")}
        assert found[-3] == ("alpha", "x@beta")  # free, and the others' prices are unknown

    def test_the_catalogues_own_preference(self, world: Snapshot) -> None:
        catalogue = Snapshot(world.file, prefer=["beta"])
        assert catalogue.prefer == ("beta",)
        assert catalogue.select().provider == "beta"
        assert catalogue.select(order_by="id").provider == "beta"
        assert catalogue.select(prefer=[], order_by="id").provider == "alpha"
        assert Snapshot(catalogues.made_up(WORLD, {"prefer": ["gamma_x"]})).select().provider == "gamma_x"

    def test_within_a_scope_preference_is_nothing(self, world: Snapshot) -> None:
        assert world.select(scope="beta", prefer=["alpha"]).provider == "beta"

    @pytest.mark.parametrize(
        "query", [{"prefer": ["opnai"]}, {"scope": "opnai"}, {"prefer": ["openai", "opnai"], "scope": "openai"}]
    )
    def test_an_unknown_provider_in_an_argument(self, packaged: Snapshot, query: Any) -> None:
        for ask in (packaged.select, packaged.candidates):
            with pytest.raises(UnknownProviderError, match="Did you mean 'openai'"):
                ask(**query)

    @pytest.mark.parametrize("order_by", ["", "prices", 3, [], "ID", ["price", None], [["price"]], b"price"])
    def test_an_unknown_order(self, world: Snapshot, order_by: Any) -> None:
        expected = r"order_by: unknown order .*expected release, price, cost, context, id"
        for ask in (world.select, world.candidates):
            with pytest.raises(ValueError, match=expected):
                ask(order_by=order_by)

    @pytest.mark.whole
    @pytest.mark.parametrize("order_by", ORDER_NAMES)
    def test_the_whole_packaged_catalogue(self, packaged: Snapshot, whole: oracle.Plain, order_by: str) -> None:
        query = {"prefer": ["openai", "anthropic"], "order_by": order_by}
        assert [model.key for model in packaged.candidates(**query)] == whole.candidates(**query)

    def test_a_current_openai_model(self, packaged: Snapshot) -> None:
        model = packaged.select(require=["chat", "tools", "json_native"], prefer=["openai", "anthropic"])
        assert model.provider == "openai"
        assert not model.deprecated
        assert model.capabilities.tools.enabled


class TestNoMatch:
    def test_counts(self, world: Snapshot) -> None:
        """How many models each condition removed, and how many of those by a default alone."""
        for _ in range(2):
            with pytest.raises(NoMatchError) as caught:
                world.select(require=["tools", "embeddings"], forbid=["temperature"])
            error = caught.value
            assert error.considered == 10
            assert error.removed["without tools"] == (8, 8)
            assert error.removed["without embeddings"][0] == 9
            assert error.removed["with temperature"] == (8, 8)  # the one that embeds takes none
            assert "of 10 models: 9 without embeddings" in str(error)
            assert "8 without tools (8 not stated)" in str(error)

    def test_a_pattern_never_removes_for_what_is_not_stated(self, world: Snapshot) -> None:
        with pytest.raises(NoMatchError) as caught:
            world.select(match="*:none*")
        assert caught.value.removed["that *:none* does not match"] == (10, 0)

    def test_a_number_that_is_too_large(self, world: Snapshot) -> None:
        with pytest.raises(
            llm_models.InvalidArgumentError, match=r"from 0 to 9,223,372,036,854,775,807 \(found '1e\+30'\)"
        ):
            world.select(min_context=1e30)

    def test_within_a_scope(self, world: Snapshot) -> None:
        with pytest.raises(NoMatchError, match="of 3 models of beta") as caught:
            world.select(require=["embeddings"], scope="Beta")
        assert caught.value.considered == 3
        with pytest.raises(NoMatchError, match=r"of 0 models of empty that allow, deny and exclude leave$"):
            world.select(scope="empty")

    def test_one_scope_says_nothing_of_another(self, world: Snapshot) -> None:
        for scope, found in (
            ("beta", None),
            ("alpha", "beta:one"),
            ("gamma_x", None),
            (None, "beta:one"),
            ("beta", None),
        ):
            if found is None:
                with pytest.raises(NoMatchError, match=f"of 3 models of {scope}"):
                    world.select(require=["embeddings"], scope=scope)
            else:
                assert world.select(require=["embeddings"], scope=scope).id == found

    def test_hidden_models_are_not_counted(self, world: Snapshot) -> None:
        with pytest.raises(NoMatchError) as caught:
            Snapshot(world.file, deny={"beta": ["*"]}).select(require=["json_native"])
        assert caught.value.considered == 7

    def test_each_error_is_the_callers_own(self, world: Snapshot) -> None:
        errors = []
        for _ in range(2):
            with pytest.raises(NoMatchError) as caught:
                world.select(require=["embeddings", "tools"])
            errors.append(caught.value)
        assert errors[0] is not errors[1]
        errors[0].considered = 99
        with pytest.raises(TypeError):
            errors[0].removed["x"] = (0, 0)  # type: ignore[index]
        assert errors[1].considered == 10

    def test_every_combination_of_two(self, packaged: Snapshot, whole: oracle.Plain) -> None:
        """Of the real data: wherever nothing fits, the counts are those of a plain scan."""
        none = [
            (one, two)
            for one in FLAGS
            for two in FLAGS
            if not packaged.list_models("openai", require=[one], forbid=[two]) and one < two
        ]
        assert none
        for one, two in none[:20]:
            with pytest.raises(NoMatchError) as caught:
                packaged.select(require=[one], forbid=[two], scope="openai")
            assert (caught.value.considered, dict(caught.value.removed)) == whole.removed([one], [two], "openai")

    def test_endless_conditions_do_not_fill_the_memory(self, world: Snapshot) -> None:
        """The cache of answers has a limit, and the answers do not depend on it."""
        catalogue = Snapshot(world.file)

        def ask(flags: tuple[str, ...]) -> Any:
            with pytest.raises(NoMatchError) as caught:
                catalogue.select(require=flags, forbid=flags)
            return str(caught.value), caught.value.removed

        every = [flags for size in (1, 2, 3, 4) for flags in itertools.combinations(FLAGS, size)]
        assert len(every) > 1_900
        answers = [ask(flags) for flags in every]
        assert 0 < len(catalogue.view.chosen) <= 1_000
        assert [ask(flags) for flags in every[:50]] == answers[:50]


class TestErrorsTravel:
    def test_every_error_of_a_read_is_pickled_whole(self, world: Snapshot) -> None:
        hidden = Snapshot(world.file, deny={"alpha": ["two"]})
        asks: list[Callable[[], object]] = [
            lambda: hidden.get_model("alpha", "two"),
            lambda: hidden.get_model("alpha", "three"),
            lambda: hidden.get_provider("x"),
            lambda: hidden.resolve("one"),
            lambda: hidden.resolve(""),
            lambda: hidden.select(require=["x"]),
            lambda: hidden.select(require=["embeddings"], scope="beta"),
            lambda: Snapshot(world.file, deny={"x": ["*"]}),
            lambda: Snapshot(world.file, allow={"empty": "all"}),
        ]
        kinds = set()
        for ask in asks:
            with pytest.raises(LLMModelsError) as caught:
                ask()
            error = caught.value
            again = pickle.loads(pickle.dumps(error))
            assert type(again) is type(error)
            assert (str(again), vars(again)) == (str(error), vars(error))
            assert error.__cause__ is None
            assert error.__context__ is None or error.__suppress_context__
            kinds.add(type(error))
        assert len(kinds) == len(asks)


class TestThePublishedOne:
    """The module's functions ask the published snapshot."""

    def test_they_are_its_methods(self) -> None:
        shown = llm_models.load(config=None)
        assert llm_models.snapshot() is shown
        model = shown.get_model("openai", "gpt-4o-mini")
        assert llm_models.get_model("openai", "gpt-4o-mini") is model
        assert llm_models.resolve("openai:gpt-4o-mini") is model
        assert llm_models.capabilities("openai:gpt-4o-mini") is model.capabilities
        assert llm_models.allowed("openai:gpt-4o-mini") is True
        assert llm_models.list_providers() == shown.list_providers()
        assert llm_models.get_provider("openai") is shown.get_provider("openai")
        assert llm_models.list_models("openai", require=["tools"]) == shown.list_models("openai", require=["tools"])
        query: Any = {
            "require": ["tools"],
            "forbid": ["embeddings"],
            "prefer": ["xai"],
            "scope": None,
            "order_by": "price",
        }
        assert llm_models.select(**query) is shown.select(**query)
        assert llm_models.candidates(**query) == shown.candidates(**query)
        assert llm_models.parse_provider("OpenAI") == "openai"
        assert llm_models.parse_spec("x@openai") == ("openai", "x")
        assert llm_models.format_spec(("openai", "x"), "at") == "x@openai"

    def test_what_it_says_of_itself(self, packaged: Snapshot, whole: oracle.Plain) -> None:
        assert packaged.date == whole.header["date"]
        assert packaged.digest == whole.header["digest"]
        assert len(packaged) == len(whole.models)
        assert (
            repr(packaged) == f"<Snapshot {packaged.date}: {len(packaged)} models of {len(whole.providers)} providers>"
        )


@pytest.mark.parametrize(
    ("module", "alias", "listed"), [(ranking, "Order", [*ORDERS]), (modelspec, "Style", [*modelspec.STYLES])]
)
def test_a_closed_set_has_one_list(module: Any, alias: str, listed: list[str]) -> None:
    """The type that editors show is the list that is checked at run time."""
    (assigned,) = [
        node.value
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == alias
    ]
    assert [node.value for node in ast.walk(assigned) if isinstance(node, ast.Constant)] == listed
