"""Trust: a file that was found, not named, decides neither where a key or a prompt goes nor which code runs.

The tests run as a tool does: none of their code lies in the folder in which the file is found. `test_processes` tries
the ordinary ways to start a program whose code does.
"""

from __future__ import annotations

import copy
import json
import ntpath
import os
import pickle
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from support import catalogues
from support.command import facts, fine, pairs

import llm_models
from llm_models import ConfigError, Snapshot, UntrustedEndpointError, paths, trust
from llm_models.behaviour import layer_of_mapping
from llm_models.block import encode_block
from llm_models.changes import merge_layers
from llm_models.in_use import in_use
from llm_models.snapshot_file import SnapshotFile
from llm_models.snapshot_writer import write

EVIL = "https://evil.example/v1"
MINE = "https://mine.example/v1"
ROOT_ONLY = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
STRANGER = 12345


def evil(variable: str, provider: str = "evil", model_id: str = "gpt-4o") -> str:
    return (
        f'[[providers]]\nid = "{provider}"\nbase_url = "{EVIL}"\nnpm = "@ai-sdk/openai-compatible"\n'
        f'env = ["{variable}"]\n[[models]]\nprovider = "{provider}"\nid = "{model_id}"\nname = "x"\n'
        "cost = { input = 0, output = 0 }\ncapabilities = { tools = { enabled = true }, json = { native = true } }\n"
    )


def provider_of(provider: str, **fields: str) -> str:
    return f'[[providers]]\nid = "{provider}"\n' + "".join(f"{name} = {value}\n" for name, value in fields.items())


SENT = 'provider_model_id = "attacker/x"'


def model_of(provider: str, *lines: str) -> str:
    return "\n".join(["[[models]]", f'provider = "{provider}"', *lines, ""])


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cloned repository, as the working directory of a tool whose code lies elsewhere."""
    folder = tmp_path / "clone"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def found(clone: Path, toml: str, **arguments: Any) -> Snapshot:
    """The catalogue of a file that is found."""
    (clone / "llm_models.toml").write_text(toml)
    return llm_models.load(publish=False, **arguments)


def forge(folder: Path, document: dict[str, Any], config: bytes | None = None, **header: Any) -> Path:
    """An activation that claims that the values of `document` are models.dev's."""
    layer = layer_of_mapping(document, "models_dev")
    base = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
    file = write(merge_layers(base, [layer]), name="forged", config=config)
    file.header.update(header)
    (folder / ".llm_models").mkdir(exist_ok=True)
    path = folder / ".llm_models" / "snapshot.json"
    path.write_bytes(file.data)
    return path


def refusal(catalogue: Snapshot, spec: str, **arguments: Any) -> str:
    with pytest.raises(UntrustedEndpointError) as refused:
        catalogue.endpoint(spec, **arguments)
    assert refused.value.spec
    assert refused.value.location in str(refused.value)
    return str(refused.value)


class TestEndpoint:
    """Where a request goes, with which key, under which id."""

    def test_of_a_packaged_model(self) -> None:
        endpoint = llm_models.endpoint("gpt-4o-mini@OpenAI")
        url = "https://api.openai.com/v1"
        assert endpoint == (url, ("OPENAI_API_KEY",), (), "gpt-4o-mini", url)

    def test_variables_for_settings_hold_no_key(self) -> None:
        endpoint = llm_models.endpoint(llm_models.list_models("cloudflare_workers_ai")[0])
        assert (endpoint.key_variables, endpoint.settings) == (("CLOUDFLARE_API_KEY",), ("CLOUDFLARE_ACCOUNT_ID",))
        assert "${CLOUDFLARE_ACCOUNT_ID}" in str(endpoint.base_url)

    def test_of_a_model_with_an_address_of_its_own(self) -> None:
        spec = "cohere:north-mini-code-1-0"
        assert llm_models.endpoint(spec).base_url == "https://api.cohere.ai/compatibility/v1"

    def test_arguments_of_the_caller_replace_the_catalogues(self) -> None:
        endpoint = llm_models.endpoint("openai:gpt-4o-mini", base_url=MINE, with_key=True)
        assert (endpoint.base_url, endpoint.key_variables) == (MINE, ())

    @pytest.mark.whole
    def test_every_packaged_model_has_one(self) -> None:
        catalogue = llm_models.load(config=None, publish=False)
        for model in catalogue.list_models():
            endpoint = catalogue.endpoint(model)
            provider = catalogue.get_provider(model.provider)
            assert {*endpoint.key_variables, *endpoint.settings} == {*provider.env}
            assert endpoint.model_id == model.provider_model_id

    @pytest.mark.whole
    def test_a_file_that_was_found_and_repeats_what_is_packaged_changes_nothing(self, clone: Path) -> None:
        """For every packaged model: with a found configuration that only describes, the endpoint is the same."""
        packaged = llm_models.load(config=None, publish=False)
        described = found(clone, '[[models]]\nprovider = "openai"\nmatch = "*"\ntags = ["seen"]\n')
        assert described.found
        for model in packaged.list_models():
            assert described.endpoint(model) == packaged.endpoint(model)


class TestFound:
    """What a found file may not decide, as a tool sees it."""

    @pytest.mark.parametrize("variable", ["GH_TOKEN", "OPENAI_API_KEY", "openai_api_key", "MY_GATEWAY_KEY"])
    def test_a_provider_of_its_own_gets_no_key(self, clone: Path, variable: str) -> None:
        catalogue = found(clone, 'prefer = ["evil"]\n' + evil(variable))
        chosen = catalogue.select(require=["tools", "json_native"])
        assert chosen.spec == "evil:gpt-4o"  # it may describe
        text = refusal(catalogue, chosen.spec)
        path = clone / "llm_models.toml"
        assert f"{path}:4: " not in text
        assert f"{path}:4," in text
        assert f"load(config='{path}')" in text
        assert f"LLM_MODELS_CONFIG={path}" in text

    def test_a_key_of_the_callers_does_not_go_to_an_address_that_only_the_file_states(self, clone: Path) -> None:
        catalogue = found(clone, 'prefer = ["evil"]\n' + evil("X"))
        assert "its base URL" in refusal(catalogue, "evil:gpt-4o", with_key=True)

    def test_an_empty_address_is_not_given(self, clone: Path) -> None:
        assert "its base URL" in refusal(found(clone, evil("X")), "evil:gpt-4o", base_url="")
        assert (
            llm_models.load(config=None).endpoint("openai:gpt-4o", base_url="").base_url == "https://api.openai.com/v1"
        )

    def test_an_address_of_the_callers_gets_no_variable_that_only_the_file_states(self, clone: Path) -> None:
        catalogue = found(clone, evil("AWS_SECRET_ACCESS_KEY"))
        assert "the variable 'AWS_SECRET_ACCESS_KEY'" in refusal(catalogue, "evil:gpt-4o", base_url=MINE)
        assert catalogue.endpoint("evil:gpt-4o", base_url=MINE, with_key=True).base_url == MINE

    def test_the_program_defines_its_gateway_itself(self, clone: Path) -> None:
        mine = {"providers": [{"id": "my-gateway", "base_url": MINE, "env": ["MY_GATEWAY_KEY"]}]}
        toml = evil("MY_GATEWAY_KEY", "my-gateway")
        assert EVIL in refusal(found(clone, toml), "my-gateway:gpt-4o")
        endpoint = found(clone, toml, overrides=mine).endpoint("my-gateway:gpt-4o")
        assert endpoint[:2] == (MINE, ("MY_GATEWAY_KEY",))

        class Behaviour(llm_models.Overrides):
            def providers(self) -> Any:
                return mine["providers"]

        assert found(clone, toml, overrides_module=Behaviour).endpoint("my-gateway:gpt-4o") == endpoint

    def test_what_the_program_states_of_one_provider_does_not_count_for_another(self, clone: Path) -> None:
        mine = {"providers": [{"id": "mine", "base_url": EVIL, "env": ["MINE_KEY"]}]}
        assert "its base URL" in refusal(found(clone, evil("MINE_KEY"), overrides=mine), "evil:gpt-4o")

    def test_an_address_and_a_variable_that_belong_to_different_places(self, clone: Path) -> None:
        """Where the program states a gateway, the packaged address does not count beside the gateway's key."""
        mine = {"providers": [{"id": "openai", "base_url": MINE, "env": ["GW_KEY"]}]}
        public = "https://api.openai.com/v1"
        toml = model_of("openai", 'match = "*"', f'extra.provider.api = "{public}"')
        assert public in refusal(found(clone, toml, overrides=mine), "openai:gpt-4o-mini")
        given = forge(clone, mine).rename(clone.parent / "gateway.json")
        (clone / ".llm_models").rmdir()
        toml = provider_of("openai", base_url=f'"{public}"')
        assert public in refusal(found(clone, toml, snapshot=given), "openai:gpt-4o-mini")

    @pytest.mark.parametrize(
        ("provider", "spec"),
        [({"id": "corp", "env": ["K"]}, "corp:m"), ({"id": "groq", "omit": ["base_url"]}, "groq:m")],
    )
    def test_the_program_may_state_no_address(self, clone: Path, provider: dict[str, Any], spec: str) -> None:
        models = [{"provider": provider["id"], "id": "m", "name": "m"}]
        mine = {"providers": [provider], "models": models}
        assert found(clone, 'prefer = ["openai"]\n', overrides=mine).endpoint(spec).base_url is None

    def test_an_address_for_openai_clients(self, clone: Path) -> None:
        """The provider's own, or the program's; a new base URL takes its place."""
        public = llm_models.load(config=None, publish=False).endpoint("groq:openai/gpt-oss-20b")
        assert (public.base_url, public.openai_base_url) == ("https://api.groq.com", "https://api.groq.com/openai/v1")
        groq: dict[str, Any] = {"id": "groq", "openai_base_url": MINE}
        text = 'prefer = ["openai"]\n'
        assert found(clone, text, overrides={"providers": [groq]}).endpoint(
            "groq:openai/gpt-oss-20b"
        ) == public._replace(openai_base_url=MINE)
        groq = {"id": "groq", "base_url": MINE}
        moved = found(clone, text, overrides={"providers": [groq]})
        endpoint = moved.endpoint("groq:openai/gpt-oss-20b")
        assert (endpoint.base_url, endpoint.openai_base_url) == (MINE, MINE)
        assert moved.get_provider("groq").openai_base_url is None

    def test_an_address_or_an_id_of_a_model_that_the_program_states(self, clone: Path) -> None:
        entry = {"provider": "openai", "id": "gpt-4o-mini", "provider_model_id": "deployed"}
        mine = {"models": [{**entry, "extra": {"provider": {"api": MINE}}}]}
        endpoint = found(clone, 'prefer = ["openai"]\n', overrides=mine).endpoint("openai:gpt-4o-mini")
        assert (endpoint.base_url, endpoint.model_id) == (MINE, "deployed")

    @pytest.mark.parametrize(
        ("toml", "spec"),
        [
            (evil("GH_TOKEN", "20251001", "claude-haiku-4-5"), "claude-haiku-4-5@20251001"),
            (evil("GH_TOKEN", "gpt-oss", "20b"), "gpt-oss:20b"),
            (provider_of("openai", base_url=f'"{EVIL}"'), "openai:gpt-4o-mini"),
            (provider_of("OpenAI", base_url=f'"{EVIL}"', env='["OPENAI_API_KEY"]'), "openai:gpt-4o-mini"),
            (provider_of("openai", base_url='"https://api.openai.com/v2"'), "openai:gpt-4o-mini"),
            (provider_of("groq", base_url='"https://api.openai.com/v1"'), "groq:openai/gpt-oss-20b"),
            (provider_of("groq", omit='["base_url"]'), "groq:openai/gpt-oss-20b"),
            (provider_of("neon", base_url='"nonsense"'), "neon:gpt-5"),
            (provider_of("groq", openai_base_url=f'"{EVIL}"'), "groq:openai/gpt-oss-20b"),
            (provider_of("openai", openai_base_url=f'"{EVIL}"'), "openai:gpt-4o-mini"),
            (
                provider_of(
                    "cloudflare-workers-ai",
                    base_url='"https://api.cloudflare.com/client/v4/accounts/ATTACKER/ai/v1"',
                ),
                "cloudflare_workers_ai:",
            ),
            (provider_of("openai", env='["AWS_SECRET_ACCESS_KEY"]'), "openai:gpt-4o-mini"),
            (provider_of("openai", env='["OPENAI_API_KEY", "DATABASE_URL"]'), "openai:gpt-4o-mini"),
            (model_of("openai", 'id = "gpt-4o-mini"', f'extra.provider.api = "{EVIL}"'), "openai:gpt-4o-mini"),
            (model_of("openai", 'match = "*"', f'extra.provider.api = "{EVIL}"'), "openai:gpt-4o-mini"),
            (model_of("openrouter", 'id = "openai/gpt-4o-mini"', SENT), "openrouter:openai/gpt-4o-mini"),
            (model_of("openrouter", 'match = "*"', SENT), "openrouter:openai/gpt-4o-mini"),
            (model_of("openrouter", 'id = "new"', 'name = "x"', SENT), "openrouter:new"),
        ],
    )  # fmt: skip
    def test_is_refused(self, clone: Path, toml: str, spec: str) -> None:
        catalogue = found(clone, toml)
        if spec.endswith(":"):
            spec = catalogue.list_models(spec[:-1])[0].spec
        elif spec == "neon:gpt-5":
            spec = catalogue.list_models("neon")[0].spec
        assert str(clone / "llm_models.toml") in refusal(catalogue, spec)
        named = llm_models.load(config=clone / "llm_models.toml", publish=False)
        assert named.endpoint(spec)

    def test_a_new_model_that_is_sent_under_its_own_id_is_given(self, clone: Path) -> None:
        toml = '[[models]]\nprovider = "openrouter"\nid = "new/model"\nname = "x"\nprovider_model_id = "new/model"\n'
        assert found(clone, toml).endpoint("openrouter:new/model").model_id == "new/model"

    def test_the_names_of_variables_are_compared_as_the_system_does(
        self, clone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        catalogue = found(clone, provider_of("openai", env='["openai_api_key"]'))
        refusal(catalogue, "openai:gpt-4o-mini")
        monkeypatch.setattr("llm_models.endpoints.os.name", "nt")
        assert catalogue.endpoint("openai:gpt-4o-mini").key_variables == ("openai_api_key",)
        refusal(found(clone, evil("openai_api_key")), "evil:gpt-4o")

    @pytest.mark.parametrize(
        ("toml", "line"),
        [
            ('[[models]]\nprovider="openai"\nid="gpt-4o-mini"\nextra.provider.api="https://evil.example/v1"\n', 4),
            ('\n\n[[providers]]\nid = "openai"\nbase_url = "https://evil.example/v1"\n', 5),
            ('[[models]]\nprovider="openai"\nmatch="gpt-4o*"\n\nprovider_model_id="x"\n', 5),
            ('[[providers]]\nid = "openai"\nenv = [\n"X"]\n', 3),
            ('[[providers]]\nid = "openai"\n\nomit = ["base_url"]\n', 4),
        ],
    )
    def test_the_message_names_the_line_of_the_value_itself(self, clone: Path, toml: str, line: int) -> None:
        text = refusal(found(clone, toml), "openai:gpt-4o-mini")
        assert f"{clone / 'llm_models.toml'}:{line}, which was found, not named" in text
        assert "overrides/" not in text


class TestNames:
    """A found file does not make a known name mean another model, whose id would be sent with the known key."""

    SWAP = '[exclude]\nopenrouter = ["openai/gpt-4o-mini"]\n' + model_of(
        "openrouter", 'id = "attacker/x"', 'name = "x"', 'aliases = ["openai/gpt-4o-mini"]'
    )

    def test_an_id_that_becomes_an_alias_of_another_model(self, clone: Path) -> None:
        catalogue = found(clone, self.SWAP)
        assert catalogue.resolve("openrouter:openai/gpt-4o-mini").id == "attacker/x"  # it may describe
        model: Any = catalogue.resolve("openrouter:attacker/x")
        for spec in ("openrouter:openai/gpt-4o-mini", "openrouter:attacker/x", model):
            text = refusal(catalogue, spec)
            assert "the alias 'openai/gpt-4o-mini' is stated by" in text
            assert f"{clone / 'llm_models.toml'}:7," in text

    @pytest.mark.parametrize(("field", "what"), [("aliases", "alias"), ("served_as", "served id")])
    def test_a_name_that_moves_to_another_model(self, clone: Path, field: str, what: str) -> None:
        packaged = llm_models.load(config=None, publish=False)
        model = next(model for model in packaged.list_models() if model.served_as)
        other = next(one for one in packaged.list_models(model.provider) if one.id != model.id)
        spec, name = f"{model.provider}:{model.served_as[0]}", json.dumps(model.served_as[0])
        toml = model_of(model.provider, f"id = {json.dumps(model.id)}", 'omit = ["served_as"]')
        toml += model_of(model.provider, f"id = {json.dumps(other.id)}", f"{field} = [{name}]")
        catalogue = found(clone, toml)
        assert catalogue.resolve(spec).id == other.id
        assert f"the {what} {name}".replace('"', "'") in refusal(catalogue, spec)
        line = toml[: toml.index(f"\n{field} = ")].count("\n") + 2
        assert f"{clone / 'llm_models.toml'}:{line}," in refusal(catalogue, spec)
        assert catalogue.endpoint(model.spec)

    def test_the_program_may_do_so(self, clone: Path) -> None:
        mine = {"models": [{"provider": "openrouter", "id": "attacker/x", "aliases": ["openai/gpt-4o-mini"]}]}
        assert found(clone, self.SWAP, overrides=mine).endpoint("openrouter:attacker/x").model_id == "attacker/x"
        assert llm_models.load(config=clone / "llm_models.toml").endpoint("openrouter:openai/gpt-4o-mini")

    @pytest.mark.parametrize("alias", ["mine", "gpt-4o-mini", "openrouter:openai/gpt-4o-mini", "openai:gpt-4o-mini"])
    def test_any_alias_of_its_own_decides_which_model_answers(self, clone: Path, alias: str) -> None:
        """Also for a bare name, and for a name in the form of a model spec that a scope finds first."""
        toml = model_of("openrouter", 'id = "attacker/x"', 'name = "x"', f'aliases = ["{alias}"]')
        catalogue = found(clone, toml)
        model: Any = catalogue.get_model("openrouter", "attacker/x")
        for spec in (model, "openrouter:attacker/x"):
            assert f"the alias '{alias}'" in refusal(catalogue, spec)

    def test_a_served_id_that_becomes_an_id(self, clone: Path) -> None:
        packaged = llm_models.load(config=None, publish=False)
        model = next(model for model in packaged.list_models() if model.served_as)
        toml = model_of(model.provider, f"id = {json.dumps(model.served_as[0])}", 'name = "x"')
        text = refusal(found(clone, toml), f"{model.provider}:{model.served_as[0]}")
        assert f"{clone / 'llm_models.toml'}:3," in text

    def test_an_alias_of_a_provider(self, clone: Path) -> None:
        """`ollama:llama3` is meant for a server of one's own; a found file must not send it to somebody else."""
        toml = '[[providers]]\nid = "openrouter"\naliases = ["Ollama"]\n'
        toml += model_of("openrouter", 'id = "openai/gpt-4o-mini"', "tags = ['x']")
        catalogue = found(clone, toml)
        assert catalogue.resolve("ollama:openai/gpt-4o-mini").provider == "openrouter"  # it may describe
        for spec in ("ollama:openai/gpt-4o-mini", "openrouter:openai/gpt-4o-mini"):
            text = refusal(catalogue, spec)
            assert f"the alias 'ollama' of its provider is stated by {clone / 'llm_models.toml'}:3," in text
        assert catalogue.endpoint("gemini/gemini-2.5-pro").base_url
        mine = {"providers": [{"id": "openrouter", "aliases": ["ollama"]}]}
        assert found(clone, toml, overrides=mine).endpoint("ollama/openai/gpt-4o-mini").base_url
        known = '[[providers]]\nid = "google"\naliases = ["GEMINI"]\n' + model_of(
            "google", 'id = "gemini-2.5-pro"', "tags = ['x']"
        )
        assert found(clone, known).endpoint("gemini/gemini-2.5-pro").base_url

    def test_names_that_only_the_program_states(self, clone: Path) -> None:
        corp = {"id": "corp", "base_url": MINE, "env": ["CORP_KEY"]}
        models = [{"provider": "corp", "id": "m1", "name": "x", "aliases": ["fast"]}]
        mine = {"providers": [corp], "models": models}
        own = '[[providers]]\nid = "corp"\n'
        assert found(clone, own, overrides=mine).endpoint("corp:fast").model_id == "m1"
        swap = own + '[exclude]\ncorp = ["m1"]\n' + model_of("corp", 'id = "x"', 'name = "x"', 'aliases = ["m1"]')
        assert "the alias 'm1'" in refusal(found(clone, swap, overrides=mine), "corp:m1")
        taken = own + model_of("corp", 'id = "fast"', 'name = "x"')
        assert "the id 'fast'" in refusal(found(clone, taken, overrides=mine), "corp:fast")

    def test_an_id_that_the_program_states_counts_for_its_model_alone(self, clone: Path) -> None:
        mine = {"models": [{"provider": "openrouter", "id": "cheap", "name": "x", "provider_model_id": "house/cheap"}]}
        toml = model_of("openrouter", 'id = "openai/gpt-4o-mini"', 'provider_model_id = "house/cheap"')
        catalogue = found(clone, toml, overrides=mine)
        assert catalogue.endpoint("openrouter:cheap").model_id == "house/cheap"
        assert "the id 'house/cheap'" in refusal(catalogue, "openrouter:openai/gpt-4o-mini")

    @pytest.mark.parametrize("aliases", [{}, {"openai/gpt-4o-mini": "attacker/x89012345"}])
    def test_a_forged_block(self, clone: Path, aliases: dict[str, str]) -> None:
        """Its checksums are right, but a line, or the index, has another model in the place of a known one."""
        base = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
        block = base.block("openrouter")
        wrong = b'"id":"attacker/x89012345"' if not aliases else b'"id":"openai/gpt-4o-mini"'
        rows = [(i, block.line(row), block.bits[row]) for row, i in enumerate(block.ids) if i != "openai/gpt-4o-mini"]
        line = block.line(block.rows["openai/gpt-4o-mini"])
        if aliases:
            rows.append(("attacker/x89012345", line.replace(wrong, b'"id":"attacker/x89012345"'), 0))
        else:
            rows.append(("openai/gpt-4o-mini", line.replace(b'"id":"openai/gpt-4o-mini"', wrong), 0))
        made = encode_block(block.provider, sorted(rows), {"aliases": aliases})
        blocks = {name: (base.raw_block(name), base.blocks[name][3]) for name in base.blocks}
        blocks["openrouter"] = (made, len(rows))
        path = forge(clone, {})
        any_row = base.columns().rows("openrouter", 1)[0]
        columns = {"openrouter": {model_id: any_row for model_id, _, _ in rows}}
        path.write_bytes(catalogues.assembled(base.header, blocks, base.tail(), rows=columns).data)
        with pytest.raises(llm_models.LLMModelsError) as refused:
            llm_models.load(publish=False).endpoint("openrouter:openai/gpt-4o-mini")
        assert str(path) in str(refused.value)


class TestForged:
    """An activation that a stranger wrote: nothing that it states about itself counts."""

    @pytest.mark.parametrize("config", [None, b'prefer = ["openai"]\n'], ids=["alone", "beside a configuration"])
    @pytest.mark.parametrize("header", [{}, {"trusted": True, "discovered": False, "found": []}])
    def test_no_claim_counts(self, clone: Path, config: bytes | None, header: dict[str, Any]) -> None:
        path = forge(clone, {"providers": [{"id": "openai", "base_url": EVIL}]}, config, **header)
        if config is not None:
            (clone / "llm_models.toml").write_bytes(config)
        catalogue = llm_models.load(publish=False)
        assert catalogue.get_provider("openai").base_url == EVIL
        text = refusal(catalogue, "openai:gpt-4o-mini")
        assert f"is stated by {path}, which was found, not named" in text

    def test_a_claim_that_the_configuration_states_the_value_does_not_count(self, clone: Path) -> None:
        layer = layer_of_mapping({"providers": [{"id": "openai", "base_url": EVIL}]}, "llm_models.toml")
        file = write(merge_layers(SnapshotFile.open(paths.PACKAGED_SNAPSHOT), [layer]), name="f", config=b"")
        path = forge(clone, {})
        path.write_bytes(file.data)
        (clone / "llm_models.toml").write_bytes(b"")
        assert f"is stated by {path}," in refusal(llm_models.load(publish=False), "openai:gpt-4o-mini")

    def test_after_a_new_merge_the_base_is_still_the_strangers(self, clone: Path) -> None:
        path = forge(clone, {"providers": [{"id": "openai", "base_url": EVIL}]})
        catalogue = found(clone, 'prefer = ["openai"]\n')
        assert f"is stated by {path}," in refusal(catalogue, "openai:gpt-4o-mini")


class TestWhatWasRecorded:
    """That files were found goes with the snapshot."""

    def test_copies_and_pickles(self, clone: Path) -> None:
        catalogue = found(clone, evil("GH_TOKEN"))
        for other in (pickle.loads(pickle.dumps(catalogue)), copy.deepcopy(catalogue)):
            assert other.found == catalogue.found
            refusal(other, "evil:gpt-4o")

    def test_what_the_program_stated_goes_too(self, clone: Path) -> None:
        mine = {"providers": [{"id": "openai", "base_url": MINE}]}
        catalogue = found(clone, evil("GH_TOKEN"), overrides=mine)
        assert pickle.loads(pickle.dumps(catalogue)).endpoint("openai:gpt-4o-mini").base_url == MINE

    def test_reload_from_another_folder(self, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (clone / "llm_models.toml").write_text(evil("GH_TOKEN"))
        llm_models.load(config="llm_models.toml")
        monkeypatch.chdir(tmp_path)
        assert llm_models.reload().found
        refusal(llm_models.snapshot(), "evil:gpt-4o")

    def test_what_was_named_stays_named(self, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = clone / "llm_models.toml"
        path.write_text(evil("GH_TOKEN"))
        llm_models.load(config=path)
        monkeypatch.chdir(tmp_path)
        assert llm_models.reload().endpoint("evil:gpt-4o").base_url == EVIL

    def test_the_files_as_they_were_when_they_were_read(self, clone: Path) -> None:
        """A later change of the name or of the mode does not count."""
        catalogue = found(clone, evil("GH_TOKEN"))
        [(file, folder)] = [owners for _, _, owners in catalogue.found]
        assert (file[0], folder[0]) == (str(clone / "llm_models.toml"), str(clone))
        (clone / "llm_models.toml").chmod(0o606)
        assert catalogue.found[0][2][0][2] & 0o777 != 0o606


class TestNamed:
    """An absolute path in `load()` or in the variable names a file; a relative one does not."""

    def test_relative_paths_are_read_and_count_as_found(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        toml = provider_of("openai", base_url=f'"{EVIL}"')
        (clone / "llm_models.toml").write_text(toml)
        (clone / "x.json").write_bytes(forge(clone, {"providers": [{"id": "openai", "base_url": EVIL}]}).read_bytes())
        (clone / ".llm_models" / "snapshot.json").unlink()
        (clone / ".llm_models").rmdir()
        text = refusal(llm_models.load(config="llm_models.toml", publish=False), "openai:gpt-4o-mini")
        assert f"load(config='{clone / 'llm_models.toml'}')" in text
        text = refusal(llm_models.load(config=Path("llm_models.toml"), publish=False), "openai:gpt-4o-mini")
        text = refusal(llm_models.load(config=None, snapshot="x.json", publish=False), "openai:gpt-4o-mini")
        assert f"load(snapshot='{clone / 'x.json'}')" in text
        monkeypatch.setenv("LLM_MODELS_CONFIG", "llm_models.toml")
        refusal(llm_models.load(publish=False), "openai:gpt-4o-mini")

    def test_a_named_snapshot_beside_a_file_that_is_found(self, clone: Path) -> None:
        """What the named one states is given; what the found one changes is not."""
        given = forge(clone, {"providers": [{"id": "openai", "base_url": MINE}]}).rename(clone.parent / "mine.json")
        catalogue = found(clone, 'prefer = ["openai"]\n', snapshot=given)
        for one in (catalogue, pickle.loads(pickle.dumps(catalogue))):
            assert one.endpoint("openai:gpt-4o-mini").base_url == MINE
        text = provider_of("corp", base_url=f'"{MINE}"') + model_of("corp", 'id = "m"', 'name = "m"')
        (clone / "llm_models.toml").write_text(text)
        fine("activate", "--out", "own.json")
        own = (clone / "own.json").rename(clone.parent / "own.json")
        assert found(clone, text, snapshot=own).endpoint("corp:m").base_url == MINE  # the named file holds that text
        catalogue = found(clone, provider_of("openai", base_url=f'"{EVIL}"'), snapshot=given)
        for one in (catalogue, pickle.loads(pickle.dumps(catalogue))):
            assert EVIL in refusal(one, "openai:gpt-4o-mini")

    def test_a_named_configuration_beside_a_snapshot_that_is_found(self, clone: Path, tmp_path: Path) -> None:
        forge(clone, {"providers": [{"id": "groq", "base_url": EVIL}]}).rename(clone / "x.json")
        mine = tmp_path / "mine.toml"
        gateway = provider_of("corp", base_url=f'"{MINE}"', env='["CORP_KEY"]')
        mine.write_text(gateway + model_of("corp", 'id = "m"', 'name = "m"'))
        catalogue = llm_models.load(mine, snapshot="x.json", publish=False)
        assert catalogue.endpoint("corp:m")[:2] == (MINE, ("CORP_KEY",))
        assert f"is stated by {clone / 'x.json'}" in refusal(catalogue, "groq:openai/gpt-oss-20b")

    def test_a_configuration_of_any_name(self, clone: Path) -> None:
        (clone / "models.conf").write_text(provider_of("openai", base_url=f'"{EVIL}"'))
        text = refusal(llm_models.load("models.conf", publish=False), "openai:gpt-4o-mini")
        assert f"{clone / 'models.conf'}:3," in text
        assert f"load(config={str(clone / 'models.conf')!r}) or LLM_MODELS_CONFIG={clone / 'models.conf'}" in text

    def test_an_activation_is_named_by_its_configuration(self, clone: Path) -> None:
        """To name the activation alone would leave the configuration found."""
        config = b'prefer = ["openai"]\n'
        forge(clone, {"providers": [{"id": "openai", "base_url": EVIL}]}, config)
        (clone / "llm_models.toml").write_bytes(config)
        text = refusal(llm_models.load(publish=False), "openai:gpt-4o-mini")
        path = clone / "llm_models.toml"
        assert f"load(config={str(path)!r}) or LLM_MODELS_CONFIG={path}" in text
        assert llm_models.load(path, publish=False).endpoint("openai:gpt-4o-mini").base_url == EVIL

    def test_the_ways_out_can_be_copied(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The path is quoted for Python, and for a shell."""
        folder = tmp_path / "o'q$(id) te"
        (folder / ".git").mkdir(parents=True)
        monkeypatch.chdir(folder)
        text = refusal(found(folder, provider_of("openai", base_url=f'"{EVIL}"')), "openai:gpt-4o-mini")
        path = str(folder / "llm_models.toml")
        assert f"load(config={path!r})" in text
        assert f"LLM_MODELS_CONFIG={shlex.quote(path)}" in text

    def test_absolute_paths_name(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = clone / "llm_models.toml"
        path.write_text(provider_of("openai", base_url=f'"{EVIL}"'))
        given = forge(clone, {"providers": [{"id": "openai", "base_url": MINE}]})
        assert llm_models.load(config=path, publish=False).endpoint("openai:gpt-4o-mini").base_url == EVIL
        absolute = llm_models.load(config=None, snapshot=given, publish=False)
        assert absolute.endpoint("openai:gpt-4o-mini").base_url == MINE
        monkeypatch.setenv("LLM_MODELS_CONFIG", str(path))
        assert llm_models.load(publish=False).endpoint("openai:gpt-4o-mini").base_url == EVIL

    def test_what_is_absolute_on_windows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert paths.is_absolute("/x")
        assert not any(map(paths.is_absolute, ("x", "./x", "", "~/x")))
        monkeypatch.setattr(paths.os, "name", "nt")
        monkeypatch.setattr(paths.os, "path", ntpath)
        monkeypatch.setattr(paths.os, "sep", "\\")
        assert all(map(paths.is_absolute, ("C:\\x", "C:/x", "\\\\server\\share\\x")))
        assert not any(map(paths.is_absolute, ("C:x", "\\x", "/x", "x", "C:")))


class TestCode:
    """A found file that names a behaviour module."""

    def test_is_an_error_before_the_import(self, clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (clone / "llm_models.toml").write_text('overrides_module = "this"\n')
        sys.modules.pop("this", None)
        with pytest.raises(ConfigError) as refused:
            llm_models.get_model("openai", "gpt-4o-mini")
        path = clone / "llm_models.toml"
        expected = f"{path}:1: overrides_module names code, and this file was found, not named"
        assert str(refused.value).startswith(expected)
        assert f"LLM_MODELS_CONFIG={path}" in str(refused.value)
        assert "this" not in sys.modules
        assert capsys.readouterr().out == ""

    def test_a_relative_path_is_found(self, clone: Path) -> None:
        (clone / "llm_models.toml").write_text('\noverrides_module = "this"\n')
        with pytest.raises(ConfigError, match=r"llm_models\.toml:2: overrides_module names code"):
            llm_models.load(config="llm_models.toml")
        assert "this" not in sys.modules

    def test_a_forged_activation(self, clone: Path) -> None:
        path = forge(clone, {}, b'prefer = ["openai"]\n', overrides_module="this")
        (clone / "llm_models.toml").write_bytes(b'prefer = ["openai"]\n')
        with pytest.raises(ConfigError) as refused:
            llm_models.load()
        assert str(refused.value).startswith(f"{path}: overrides_module names code")
        assert "this" not in sys.modules

    @pytest.mark.parametrize("config", [..., None])
    def test_a_snapshot_that_brings_its_configuration(self, clone: Path, config: Any) -> None:
        """A relative path is found, and so is the configuration that the snapshot holds."""
        path = forge(clone, {}, b'overrides_module = "this"\n', overrides_module="this").rename(clone / "x.json")
        path.parent.joinpath(".llm_models").rmdir()
        with pytest.raises(ConfigError) as refused:
            llm_models.load(config, snapshot="x.json", publish=False)
        assert str(refused.value).startswith(f"{path}: overrides_module names code")
        assert f"load(snapshot={str(path)!r})" in str(refused.value)
        assert "this" not in sys.modules

    def test_a_module_that_the_program_names_takes_its_place(self, clone: Path) -> None:
        catalogue = found(clone, 'overrides_module = "this"\n', overrides_module=llm_models.Overrides)
        assert catalogue.get_model("openai", "gpt-4o-mini")
        assert "this" not in sys.modules

    def test_of_a_named_file_is_run(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (clone / "mine_named.py").write_text("def excludes(): return {'openai': ['gpt-4o-mini']}\n")
        (clone / "llm_models.toml").write_text('overrides_module = "mine_named"\n')
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone)])
        named = llm_models.load(config=clone / "llm_models.toml", publish=False)
        assert not named.allowed("openai:gpt-4o-mini")


class TestCodeOfTheProcess:
    """A found file is trusted where code of this process lies in its folder or below, and no stranger can write it."""

    @pytest.fixture(autouse=True)
    def _nothing_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trust, "_trusted", set())

    def test_an_entry_of_the_path(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        catalogue = found(clone, evil("GH_TOKEN"))
        refusal(catalogue, "evil:gpt-4o")
        (clone / "src").mkdir()
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone / "src")])
        assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL

    def test_the_empty_entry_is_the_working_directory(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        catalogue = found(clone, evil("GH_TOKEN"))
        monkeypatch.setattr(sys, "path", ["", *sys.path])
        assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL

    @pytest.mark.parametrize("entry", ["missing", 5, b"src", None, "x\0y", "../clone-2", "..", ".", "src"])
    def test_entries_that_do_not_count(self, clone: Path, entry: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        (clone / "src").mkdir()
        (clone.parent / "clone-2").mkdir()
        catalogue = found(clone, evil("GH_TOKEN"))
        monkeypatch.setattr(sys, "path", [*sys.path, entry])
        refusal(catalogue, "evil:gpt-4o")

    def test_a_loaded_module(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        catalogue = found(clone, evil("GH_TOKEN"))
        module = type(sys)("of_the_clone")
        monkeypatch.setitem(sys.modules, "of_the_clone", module)
        for file in (str(clone / "missing.py"), "app.py", None, 5):
            module.__file__ = file  # type: ignore[assignment]
            refusal(catalogue, "evil:gpt-4o")
        (clone / "app.py").write_text("")
        module.__file__ = "app.py"  # relative: it may mean another file since the working directory changed
        refusal(catalogue, "evil:gpt-4o")
        module.__file__ = str(clone / "app.py")
        assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL

    def test_looking_at_modules_imports_nothing(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        class Lazy(type(sys)):  # type: ignore[misc]
            def __getattr__(self, name: str) -> object:
                raise AssertionError(f"{name} was asked for")

        monkeypatch.setitem(sys.modules, "lazy_of_a_library", Lazy("lazy_of_a_library"))
        monkeypatch.setitem(sys.modules, "not_a_module", None)
        refusal(found(clone, evil("GH_TOKEN")), "evil:gpt-4o")

    def test_a_link_leads_where_it_leads(self, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        catalogue = found(clone, evil("GH_TOKEN"))
        (tmp_path / "elsewhere").mkdir()
        (clone / "out").symlink_to(tmp_path / "elsewhere")
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone / "out")])
        refusal(catalogue, "evil:gpt-4o")
        (tmp_path / "in").symlink_to(clone)
        monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "in")])
        assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL

    def test_an_environment_in_the_folder_does_not_count(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        catalogue = found(clone, evil("GH_TOKEN"))
        packages = clone / ".venv" / "lib" / "site-packages"
        packages.mkdir(parents=True)
        monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
        monkeypatch.setattr(sys, "prefix", str(clone / ".venv"))
        refusal(catalogue, "evil:gpt-4o")
        monkeypatch.setattr(sys, "prefix", sys.base_prefix)
        assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL

    def test_another_environment_on_the_path_does_not_count_either(
        self, clone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As with `uv run --with`, which adds the packages of the project's environment to those of its own."""
        catalogue = found(clone, evil("GH_TOKEN"))
        packages = clone / ".venv" / "lib" / "site-packages"
        packages.mkdir(parents=True)
        (clone / ".venv" / "pyvenv.cfg").write_text("")
        monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
        refusal(catalogue, "evil:gpt-4o")

    def test_a_project_in_an_environment_counts(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As where pip clones an editable requirement, into the folder `src` of the environment."""
        (clone.parent / "pyvenv.cfg").write_text("")
        catalogue = found(clone, evil("GH_TOKEN"))
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone)])
        monkeypatch.setattr(sys, "prefix", str(clone.parent))
        assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL

    def test_a_folder_that_is_the_environment_counts(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As with the embeddable Python of Windows, where the program lies in Python's own folder."""
        catalogue = found(clone, evil("GH_TOKEN"))
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone)])
        monkeypatch.setattr(sys, "prefix", str(clone))
        (clone / "pyvenv.cfg").write_text("")
        assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL

    def test_an_environment_whose_path_is_none_is_no_environment(
        self, clone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        catalogue = found(clone, evil("GH_TOKEN"))
        monkeypatch.setattr(sys, "prefix", "no\0path")
        refusal(catalogue, "evil:gpt-4o")
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone)])
        assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL

    def test_what_lies_beside_an_environment_counts(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        catalogue = found(clone, evil("GH_TOKEN"))
        (clone / "tools" / "env").mkdir(parents=True)
        (clone / "tools" / "code").mkdir()
        monkeypatch.setattr(sys, "prefix", str(clone / "tools" / "env"))
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone / "tools" / "env")])
        refusal(catalogue, "evil:gpt-4o")
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone / "tools" / "code")])
        assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL

    def test_files_that_everybody_can_write(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone)])
        (clone / "llm_models.toml").write_text(evil("GH_TOKEN"))
        (clone / "llm_models.toml").chmod(0o666)
        refusal(llm_models.load(publish=False), "evil:gpt-4o")
        clone.chmod(0o777)  # so can the code be written by everybody, as on some mounts
        assert llm_models.load(publish=False).endpoint("evil:gpt-4o")
        (clone / "llm_models.toml").chmod(0o664)  # the group does not matter
        clone.chmod(0o775)
        assert llm_models.load(publish=False).endpoint("evil:gpt-4o")

    def test_the_activation_and_its_folder_count_too(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone)])
        path = forge(clone, {"providers": [{"id": "openai", "base_url": MINE}]})
        assert llm_models.load(publish=False).endpoint("openai:gpt-4o-mini").base_url == MINE
        path.parent.chmod(0o777)
        refusal(llm_models.load(publish=False), "openai:gpt-4o-mini")
        path.parent.chmod(0o755)
        path.chmod(0o666)
        refusal(llm_models.load(publish=False), "openai:gpt-4o-mini")

    @ROOT_ONLY
    def test_a_strangers_file_is_not_trusted(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone / "me")])
        (clone / "me").mkdir()
        (clone / "llm_models.toml").write_text(evil("GH_TOKEN"))
        os.chown(clone / "llm_models.toml", STRANGER, STRANGER)
        refusal(llm_models.load(publish=False), "evil:gpt-4o")
        os.chown(clone / "me", STRANGER, STRANGER)  # then the stranger's code runs here anyway
        assert llm_models.load(publish=False).endpoint("evil:gpt-4o")

    @ROOT_ONLY
    @pytest.mark.parametrize(("owner", "given"), [(0, True), (STRANGER, True), (STRANGER + 1, True), (999, False)])
    def test_files_of_root_of_the_user_and_of_the_codes_owner(
        self, clone: Path, owner: int, given: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (clone / "code").mkdir()
        os.chown(clone / "code", STRANGER, STRANGER)
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone / "code")])
        (clone / "llm_models.toml").write_text(evil("GH_TOKEN"))
        os.chown(clone / "llm_models.toml", owner, 0)
        monkeypatch.setattr("llm_models.trust.os.geteuid", lambda: STRANGER + 1)
        catalogue = llm_models.load(publish=False)
        if given:
            assert catalogue.endpoint("evil:gpt-4o").base_url == EVIL
        else:
            refusal(catalogue, "evil:gpt-4o")

    @ROOT_ONLY
    def test_a_mounted_checkout_of_another_user_in_a_container(
        self, clone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "path", [*sys.path, str(clone)])
        (clone / "llm_models.toml").write_text(evil("GH_TOKEN"))
        for path in (clone, clone / "llm_models.toml"):
            os.chown(path, STRANGER, STRANGER)
        assert llm_models.load(publish=False).endpoint("evil:gpt-4o")


@ROOT_ONLY
class TestBesideANamedFile:
    """Naming a file names only that file: a stranger's activation beside it is not used."""

    @pytest.fixture
    def shared(self, tmp_path: Path) -> Path:
        folder = tmp_path / "shared"
        folder.mkdir()
        (folder / "mine.toml").write_text('[deny]\nopenai = ["gpt-4o-mini"]\n')
        config = (folder / "mine.toml").read_bytes()
        forge(folder, {"providers": [{"id": "openai", "base_url": EVIL}]}, config)
        return folder

    @pytest.mark.parametrize("whose", [".llm_models", ".llm_models/snapshot.json"])
    def test_a_strangers(self, shared: Path, whose: str) -> None:
        os.chown(shared / whose, STRANGER, STRANGER)
        catalogue = llm_models.load(config=shared / "mine.toml", publish=False)
        assert not catalogue.allowed("openai:gpt-4o-mini")
        assert catalogue.endpoint("openai:gpt-4o").base_url == "https://api.openai.com/v1"
        current = in_use(paths.find(shared / "mine.toml"))
        assert (current.kind, current.unused) == ("packaged", "foreign")

    def test_a_damaged_one_of_a_stranger_is_not_even_read(self, shared: Path) -> None:
        (shared / ".llm_models" / "snapshot.json").write_text("{}")
        os.chown(shared / ".llm_models" / "snapshot.json", STRANGER, STRANGER)
        assert llm_models.load(config=shared / "mine.toml", publish=False)

    def test_a_strangers_link_to_files_of_mine(self, shared: Path, tmp_path: Path) -> None:
        state = shared / ".llm_models"
        state.rename(tmp_path / "elsewhere")
        state.symlink_to(tmp_path / "elsewhere")
        os.lchown(state, STRANGER, STRANGER)
        assert in_use(paths.find(shared / "mine.toml")).unused == "foreign"

    @pytest.mark.parametrize("what", [".llm_models", ".llm_models/snapshot.json"])
    def test_one_that_everybody_can_write(self, shared: Path, what: str) -> None:
        (shared / what).chmod(0o777)
        assert in_use(paths.find(shared / "mine.toml")).unused == "writable"
        (shared / "mine.toml").chmod(0o666)  # as on some mounts, where that means nothing
        assert in_use(paths.find(shared / "mine.toml")).unused is None

    def test_one_of_the_files_owner(self, shared: Path) -> None:
        for path in ("mine.toml", ".llm_models", ".llm_models/snapshot.json"):
            os.chown(shared / path, STRANGER, STRANGER)
        assert llm_models.load(config=shared / "mine.toml", publish=False).get_provider("openai").base_url == EVIL

    def test_info_reports_it(self, shared: Path) -> None:
        os.chown(shared / ".llm_models" / "snapshot.json", STRANGER, STRANGER)
        named = "--config", str(shared / "mine.toml")
        assert (facts("info", *named)["kind"], facts("info", *named)["unused"]) == ("packaged", "foreign")
        why = "packaged; the activated one belongs to another user and is not used"
        assert pairs("info", *named)["kind"] == why


def test_the_way_out_for_people_names_the_configuration_and_not_the_snapshot() -> None:
    here = (1, 2)
    snapshot, config = ("/p/snapshot.json", here, ()), ("/p/my models.toml", here, ())
    named = "If you trust the file, name it by its absolute path"
    assert trust.how_to_set([snapshot, config], snapshot[0]) == f"{named}: LLM_MODELS_CONFIG='/p/my models.toml'"
    assert trust.how_to_set([snapshot], snapshot[0]) == named
