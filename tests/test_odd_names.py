"""Names with odd characters: a path, brackets and spaces make names like all others; invisible characters do not."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from support.command import fine

import llm_models
from llm_models import checks, schema
from llm_models.modelspec import STYLES

ODD_IDS = [
    "./models/x.gguf", "../models/x.gguf", "/models/x.gguf", "models/../x", "..", ".", "a/.", "C:\\models\\x.gguf",
    "ft:a:b::c", "my model (prod) 100%", "[pi] gpt-5.4", "gpt-4o[eu]", "claude-sonnet-4-6[1m]", "*", "a?b", "通义-72b",
    "arn:aws:bedrock:us-east-1:123:inference-profile/x.y-v1:0", "gpt-4o@openai", "openai:gpt-4o", "con", "a~b", "🦙-3",
]  # fmt: skip
INVISIBLE = ("Cc", "Cf", "Co", "Zl", "Zp")


@pytest.fixture
def house() -> llm_models.Snapshot:
    """A catalogue with a provider whose models have odd ids, each of which is also sent in another odd form."""
    models = [{"provider": "house", "id": name, "provider_model_id": f" {name} "} for name in ODD_IDS]
    overrides = {"providers": [{"id": "house", "base_url": "http://127.0.0.1:1"}], "models": models}
    return llm_models.load(config=None, overrides=overrides, publish=False)


@pytest.mark.parametrize("name", ODD_IDS)
def test_an_odd_id_is_read_back_from_every_style(name: str, house: llm_models.Snapshot) -> None:
    assert house.get_model("house", name).provider_model_id == f" {name} "
    for style in STYLES:
        text = house.format_spec(("house", name), style)
        assert house.resolve(text).id == name
        assert style != "filename" or not set(text) & set('/\\:*?"<>|')


def test_a_model_may_be_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "llm_models.toml"
    path.write_text(
        '[[providers]]\nid = "llamacpp"\nbase_url = "http://127.0.0.1:8080/v1"\n'
        '[[models]]\nprovider = "llamacpp"\nid = "qwen-coder"\n'
        'provider_model_id = "../models/qwen2.5-coder-7b-q4_k_m.gguf"\nlimits.context = 32768\n'
        '[[models]]\nprovider = "llamacpp"\nid = "./models/llama.gguf"\nlimits.context = 32768\n'
    )
    assert checks.check_file(str(path)) == []
    loaded = llm_models.load(path, publish=False)
    assert loaded.endpoint("llamacpp:qwen-coder").model_id == "../models/qwen2.5-coder-7b-q4_k_m.gguf"
    assert loaded.endpoint("llamacpp:./models/llama.gguf").model_id == "./models/llama.gguf"


def test_a_name_has_no_character_that_cannot_be_seen() -> None:
    """A control, format, private or line character could hide what a name is, or break the line that shows it."""
    for code in range(sys.maxunicode + 1):
        one, category = chr(code), unicodedata.category(chr(code))
        if category not in ("Cs", "Cn"):  # a later edition of Unicode may give those a meaning
            record = {"provider": "x", "id": f"a{one}b"}
            assert schema.accepts("model", record) is (category not in INVISIBLE), hex(code)
    for field in ("id", "provider_model_id", "canonical", "resolves_to"):
        record = {"provider": "x", "id": "a", field: "a\u200bb"}
        assert not schema.accepts("model", record)
    for field in ("aliases", "served_as", "tags"):
        assert not schema.accepts("model", {"provider": "x", "id": "a", field: ["a\u2028b"]})
    for section in ("exclude", "allow", "deny"):
        assert not schema.accepts("overrides", {section: {"x": ["a\ufeffb"]}})
    with pytest.raises(llm_models.ConfigError, match=r"no control, format or line characters \(found U\+FEFF\)"):
        llm_models.load(config=None, deny={"openai": ["gpt\ufeff*"]}, publish=False)
    for stated in ({"match": "a\nb"}, {"id": "a", "base": "x:a\ufeffb"}):
        assert not schema.accepts("overrides", {"models": [{"provider": "x", **stated}]})
    assert not schema.accepts("overrides", {"known": ["x:a\u200bb"]})


@pytest.mark.parametrize("name", ["9999-12-31", "302", "a_1"])
def test_a_provider_may_be_digits_and_signs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is activated under such a name is read again."""
    monkeypatch.chdir(tmp_path)
    Path("llm_models.toml").write_text(
        f'[[providers]]\nid = "{name}"\nbase_url = "https://a.example"\n'
        f'[[models]]\nprovider = "{name}"\nid = "m"\nnew = true\n'
    )
    fine("activate")
    assert fine("show", f"{name}:m").out


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("id", '" gpt-4o"', "expected a model's id, without spaces around it and without control, format or line"),
        ("provider_model_id", '" "', "expected some text without control, format or line characters"),
        ("provider_model_id", '"a\\u200bb"', 'characters (found "a\\u200bb")'),
        ("aliases", '["a\\u2028b"]', "expected a name, without spaces around it and without control, format or line"),
    ],
)
def test_the_message_states_the_true_reason(field: str, value: str, message: str) -> None:
    entry = f'[[models]]\nprovider = "openai"\n{field} = {value}\n' + ("" if field == "id" else 'id = "gpt-5.4"\n')
    problems = checks.check_text(entry.encode(), "llm_models.toml", llm_models.load(config=None, publish=False).file)
    assert [message in str(problem) for problem in problems] == [True]
