"""Takeovers: providers that a refresh adds, and under whose names texts meant models of others."""

from __future__ import annotations

from typing import Any

import pytest
from support.catalogues import base, catalogue, model, provider

from llm_models import guards, takeovers
from llm_models.normalize import Report
from llm_models.snapshot import Snapshot

KEPT = provider("vertex", model("claude-haiku-4-5@20251001"), model("ft:base:x"), model("meta-llama/llama-4"))


def told(*new: dict[str, Any], old: tuple[dict[str, Any], ...] = (KEPT,), curated: bytes = b"") -> list[str]:
    before, after = base(catalogue(*old), b"")[0], base(catalogue(*old, *new), curated)[0]
    found = [*takeovers.refreshed(before, after)]
    for text in ("claude-haiku-4-5@20251001", "ft:base:x", "meta-llama/llama-4"):
        moved = meaning(Snapshot(before), text) != meaning(Snapshot(after), text)
        assert moved <= bool(found), "no text changes its meaning in silence"
    return found


def meaning(snapshot: Snapshot, text: str) -> object:
    try:
        return snapshot.resolve(text).key
    except LookupError:
        return None


@pytest.mark.parametrize(
    ("name", "models", "text"),
    [
        ("20251001", ["claude-haiku-4-5"], "claude-haiku-4-5@20251001"),
        ("20251001", ["other"], "claude-haiku-4-5@20251001"),
        ("ft", ["x"], "ft:base:x"),
        ("meta-llama", ["llama-4"], "meta-llama/llama-4"),
    ],
)
def test_a_new_provider(name: str, models: list[str], text: str) -> None:
    new = provider(name, *map(model, models))
    folded = name.replace("-", "_")
    said = f"{folded}: the new provider '{folded}' takes over texts such as '{text}', which name vertex:{text}"
    assert told(new) == [said]
    assert told(old=(KEPT, new)) == [], "it is new no longer"


def test_texts_of_the_new_data_count() -> None:
    new = provider("zz", model("m")), provider("reseller", model("a:free"), model("b@zz"))
    assert told(*new) == ["zz: the new provider 'zz' takes over texts such as 'b@zz', which name reseller:b@zz"]


def test_texts_that_are_gone_count() -> None:
    before, after = base(catalogue(KEPT))[0], base(catalogue(provider("ft", model("x"))))[0]
    assert [one.partition(":")[0] for one in takeovers.refreshed(before, after)] == ["ft"]


def test_an_alias_of_the_overrides() -> None:
    curated = b'[[providers]]\nid = "vertex"\naliases = ["ft"]\n'
    assert told(curated=curated, old=(KEPT, provider("other", model("ft:y")))) == [
        "vertex: the new alias 'ft' of the provider 'vertex' takes over texts such as 'ft:y', which name other:ft:y"
    ]


def test_an_alias_becomes_the_id_of_a_new_provider() -> None:
    """All texts with the alias then mean the models of the new provider, or none."""
    curated = b'[[providers]]\nid = "vertex"\naliases = ["google-vertex", "gv"]\n'
    before = base(catalogue(KEPT), curated)[0]
    after = base(catalogue(KEPT, provider("gv", model("x"))), curated)[0]
    text, moved = "gv:claude-haiku-4-5@20251001", "vertex:claude-haiku-4-5@20251001"
    assert (meaning(Snapshot(before), text), meaning(Snapshot(after), text)) != (None, None)
    assert [*takeovers.refreshed(before, after)] == [
        f"gv: the new provider 'gv' takes over texts such as '{text}', which name {moved}"
    ]
    assert [*takeovers.refreshed(after, after)] == []


def test_an_alias_has_the_name_of_a_provider_that_is_gone() -> None:
    curated = b'[[providers]]\nid = "vertex"\naliases = ["gv"]\n'
    before = base(catalogue(KEPT, provider("gv", model("x"))), curated)[0]
    assert [*takeovers.refreshed(before, base(catalogue(KEPT), curated)[0])] == [
        "vertex: the new alias 'gv' of the provider 'vertex' takes over texts such as 'gv:x', which name gv:x"
    ]


def test_an_alias_moves_to_another_provider() -> None:
    both = KEPT, provider("other", model("y"))
    before, after = (
        base(catalogue(*both), b'[[providers]]\nid = "%s"\naliases = ["gv"]\n' % owner)[0]
        for owner in (b"vertex", b"other")
    )
    text, moved = "gv:claude-haiku-4-5@20251001", "vertex:claude-haiku-4-5@20251001"
    assert [*takeovers.refreshed(before, after)] == [
        f"other: the new alias 'gv' of the provider 'other' takes over texts such as '{text}', which name {moved}"
    ]


@pytest.mark.parametrize(
    "new",
    [
        provider("acme", model("m")),
        provider("meta-llama", model("llama-3")),  # it does not have that model, so the text keeps its meaning
        provider("own", model("own:x"), model("y@own"), model("own/z"), model("z")),  # texts of its own
        provider("20251002", model("claude-haiku-4-5")),
    ],
)
def test_others_are_silent(new: dict[str, Any]) -> None:
    assert told(new) == []


def test_it_is_a_notice_of_a_refresh() -> None:
    new = provider("20251001", model("claude-haiku-4-5"), api="https://vertex.example/v1", env=["VERTEX_KEY"])
    old, both = base(catalogue(KEPT))[0], base(catalogue(KEPT, new))[0]
    assert guards.judge(Report(), old, both, None).notable == (*takeovers.refreshed(old, both),) != ()
