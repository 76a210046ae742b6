"""Routes: where keys go after a refresh and did not go before, for every model, as `endpoint()` would give it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.catalogues import base, catalogue, model, of_source, provider

from llm_models import guards, routes
from llm_models.ground import Ground
from llm_models.normalize import Report
from llm_models.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llm_models.snapshot_file import SnapshotFile

EVIL = "https://evil.example/v1"
SENTENCE = re.compile(r"(.*?): (\S+|requests without a key) would go to (.*) \(new(?:, ([\d,]+) models)?\)")

addresses = st.sampled_from([None, "https://one.example/v1", "https://two.example/v1", "https://${X_HOST}/v1"])
blocks = st.fixed_dictionaries(
    {},
    optional={
        "api": st.sampled_from(["https://own.example/v1", "https://one.example/v1"]),
        "npm": st.sampled_from(["@ai-sdk/openai", "other"]),
        "shape": st.sampled_from(["responses", "completions"]),
        "headers": st.just({"x": "y"}),
    },
)
models = st.dictionaries(st.sampled_from(["a", "b", "c/d", "e:f"]), st.none() | blocks, min_size=1)
providers = st.fixed_dictionaries(
    {
        "env": st.sampled_from([["ONE_KEY"], ["TWO_KEY", "ONE_KEY"], ["ONE_KEY", "X_HOST"], ["X_HOST"]]),
        "api": addresses,
        "npm": st.sampled_from(["@ai-sdk/openai", "other"]),
        "models": models,
    }
)
sources = st.dictionaries(st.sampled_from(["p", "q", "r"]), providers, min_size=1)
many = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def source(stated: dict[str, Any]) -> bytes:
    made = []
    for name, fields in stated.items():
        its = [
            model(model_id, **({"provider": block} if block else {})) for model_id, block in fields["models"].items()
        ]
        made.append(provider(name, *its, **{key: value for key, value in fields.items() if key != "models"}))
    return catalogue(*made)


def pairs(file: SnapshotFile) -> dict[tuple[str, str], int]:
    """Each variable with each address that `endpoint()` gives, and for how many models."""
    snapshot = Snapshot(file)
    found: dict[tuple[str, str], int] = {}
    for one in snapshot.list_models():
        endpoint = snapshot.endpoint(one)
        client = one.extra.get("provider", {}).get("npm") or snapshot.get_provider(one.provider).extra.get("npm")
        usual = f"the default address of {client or 'its client'}"
        urls = {url or usual for url in (endpoint.base_url, endpoint.openai_base_url)}
        for pair in {(key, url) for key in endpoint.key_variables or ("requests without a key",) for url in urls}:
            found[pair] = found.get(pair, 0) + 1
    return found


def told(old: SnapshotFile, new: SnapshotFile) -> Iterator[tuple[tuple[str, str], int]]:
    """The pairs that the guards report, with their count; each example is a model that has the pair."""
    for sentence in routes.added(Ground(old), Ground(new)):
        found = SENTENCE.fullmatch(sentence)
        if found is not None:
            assert Snapshot(new).resolve(found[1])
            yield (found[2], found[3]), int((found[4] or "1").replace(",", ""))


class TestLaw:
    """What is reported is what `endpoint()` gives for the new models, without what it gave for the old ones."""

    @pytest.mark.whole
    @given(sources, sources)
    @many
    def test_over_made_up_catalogues(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        old, new = of_source(source(before))[0], of_source(source(after))[0]
        known = pairs(old)
        reported = [*told(old, new)]
        assert sorted(reported) == sorted((pair, n) for pair, n in pairs(new).items() if pair not in known)

    def test_over_every_packaged_model(self, packaged: Snapshot) -> None:
        nothing = of_source(catalogue(provider("acme", model("m"))))[0]
        assert dict(told(nothing, packaged.file)) == pairs(packaged.file)
        assert [*told(packaged.file, packaged.file)] == []

    @given(sources, sources)
    @many
    def test_no_change_of_the_form_is_silent(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        """What a model states of its own is new with a pair, new with a model, or a change of a field."""
        old, new = of_source(source(before))[0], of_source(source(after))[0]
        assert bool([*notable(old, new)]) or forms(new) <= forms(old)


def forms(file: SnapshotFile) -> set[tuple[str, ...]]:
    """Each variable with an address, the client library, and what else a model states of its own."""
    snapshot = Snapshot(file)
    found = set()
    for one in snapshot.list_models():
        endpoint = snapshot.endpoint(one)
        own = {name: value for name, value in one.extra.get("provider", {}).items() if name not in ("api", "npm")}
        form = client(snapshot, one), str(one.apis), json.dumps({name: str(own[name]) for name in own})
        found |= {(str(key), str(endpoint.base_url), *form) for key in endpoint.key_variables or (None,)}
    return found


def client(snapshot: Snapshot, one: Any) -> str:
    return str(one.extra.get("provider", {}).get("npm") or snapshot.get_provider(one.provider).extra.get("npm"))


def notable(old: SnapshotFile, new: SnapshotFile) -> list[str]:
    return [*guards.judge(Report(), old, new, None).notable]


def openai(**more: Any) -> dict[str, Any]:
    """The provider as upstream has it: without a base URL, which our overrides state."""
    usual: dict[str, Any] = {"api": None, "env": ["OPENAI_API_KEY"], "npm": "@ai-sdk/openai"}
    return provider("openai", model("gpt-4o-mini"), model("gpt-5.2"), **{**usual, **more})


def after(change: Any, old: dict[str, Any] | None = None) -> list[str]:
    """The notices where upstream changes `openai`, with the overrides of the package."""
    new = json.loads(json.dumps(old or openai()))
    change(new)
    return notable(base(catalogue(old or openai()))[0], base(catalogue(new))[0])


class TestAddresses:
    def test_of_a_new_model(self) -> None:
        def copy(one: dict[str, Any]) -> None:
            one["models"]["gpt-6"] = {**one["models"]["gpt-5.2"], "id": "gpt-6", "provider": {"api": EVIL}}

        assert after(copy) == [f"openai:gpt-6: OPENAI_API_KEY would go to {EVIL} (new)"]

    def test_of_a_new_provider(self) -> None:
        new = catalogue(
            openai(), provider("evil", model("x"), model("y"), api=EVIL, env=["OPENAI_API_KEY", "GH_TOKEN"])
        )
        assert notable(base(catalogue(openai()))[0], base(new)[0]) == [
            f"evil:x: OPENAI_API_KEY would go to {EVIL} (new, 2 models)",
            f"evil:x: GH_TOKEN would go to {EVIL} (new, 2 models)",
        ]

    @pytest.mark.parametrize("other", [None, "text", {"api": "https://api.openai.com/v1"}])
    def test_a_key_with_a_dot_hides_none(self, other: Any) -> None:
        def hide(one: dict[str, Any]) -> None:
            one["models"]["gpt-4o-mini"] |= {"provider": {"api": EVIL}, "provider.api": other}

        assert after(hide) == [
            f"openai:gpt-4o-mini: OPENAI_API_KEY would go to {EVIL} (new)",
            f"openai:gpt-4o-mini: extra.provider.api changed from nothing to {EVIL}",
        ]

    def test_a_path_of_the_same_host_is_another_address(self) -> None:
        def address(account: str) -> bytes:
            return catalogue(provider("acme", model("m"), api=f"https://api.example/accounts/{account}/v1"))

        old, new = (of_source(address(account))[0] for account in ("${ACME_ACCOUNT_ID}", "attacker"))
        assert "acme:m: ACME_KEY would go to https://api.example/accounts/attacker/v1 (new)" in notable(old, new)

    def test_a_variable_of_the_overrides_is_named(self) -> None:
        """Upstream states only one of the two variables that hold Cohere's key."""
        old = provider("cohere", model("a"), api=None, env=["COHERE_API_KEY"])
        new = provider("cohere", model("a"), model("b", provider={"api": EVIL}), api=None, env=["COHERE_API_KEY"])
        assert notable(base(catalogue(old))[0], base(catalogue(new))[0]) == [
            f"cohere:b: COHERE_API_KEY would go to {EVIL} (new)",
            f"cohere:b: CO_API_KEY would go to {EVIL} (new)",
        ]

    def test_a_correction_of_ours_is_no_change(self) -> None:
        theirs = catalogue(openai())
        assert notable(of_source(theirs)[0], base(theirs)[0]) == []
        assert notable(base(theirs)[0], of_source(theirs)[0]) == []


class TestForms:
    """A key that goes to the same place in another form."""

    def test_the_client_of_a_provider(self) -> None:
        assert after(lambda one: one.update(npm="@ai-sdk/anthropic")) == [
            "openai: extra.npm changed from @ai-sdk/openai to @ai-sdk/anthropic"
        ]

    @pytest.mark.parametrize(
        ("block", "said"),
        [
            ({"npm": "@ai-sdk/anthropic"}, "extra.provider.npm changed from nothing to @ai-sdk/anthropic"),
            ({"headers": {"x.y": "z"}}, 'extra.provider.headers."x.y" changed from nothing to z'),
            ({"shape": "responses"}, "apis changed from nothing to responses"),
            ({"shape": "strange"}, "extra.provider.shape changed from nothing to strange"),
            ({"body": {"a": [1]}}, "extra.provider.body.a changed from nothing to 1"),
        ],
    )
    def test_what_a_model_states_of_its_own(self, block: dict[str, Any], said: str) -> None:
        found = after(lambda one: [its.update(provider=block) for its in one["models"].values()])
        assert found == [f"openai:gpt-4o-mini: {said} (2 models)"]

    @pytest.mark.parametrize(
        ("block", "said"),
        [
            ({"npm": "@ai-sdk/anthropic"}, "npm is @ai-sdk/anthropic"),
            ({"headers": {"x": "y"}}, "extra.provider.headers.x is y"),
            ({"shape": "responses"}, "apis is responses"),
        ],
    )
    def test_of_a_new_model(self, block: dict[str, Any], said: str) -> None:
        where = "OPENAI_API_KEY would go to https://api.openai.com/v1"
        found = after(lambda one: one["models"].update({"gpt-6": model("gpt-6", provider=block)}))
        assert found == [f"openai:gpt-6: {where} in a new form: {said}"]

    def test_of_a_new_provider_with_a_known_address(self) -> None:
        new = catalogue(
            openai(), provider("other", model("x"), api="https://api.openai.com/v1", env=["OPENAI_API_KEY"])
        )
        assert notable(base(catalogue(openai()))[0], base(new)[0]) == [
            "other:x: OPENAI_API_KEY would go to https://api.openai.com/v1 in a new form: npm is nothing"
        ]

    def test_what_describes_is_silent(self) -> None:
        def describe(one: dict[str, Any]) -> None:
            one |= {"name": "Renamed", "doc": "https://example.com/doc"}
            one["models"]["gpt-5.2"] |= {"name": "x", "new_fact": {"provider": 1}, "tool_call": True}
            one["models"]["gpt-5.3"] = model("gpt-5.3")

        assert after(describe) == []
