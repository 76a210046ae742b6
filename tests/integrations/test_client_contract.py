"""A client library built on ours alone: the guide in docs/building-a-client.md is run as it stands."""

from __future__ import annotations

import ast
import doctest
import os
import sys
from typing import TYPE_CHECKING

from support.docs import GUIDE, client, python_blocks

import llm_models

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from integrations.conftest import Loopback

EXAMPLES = [block for block in python_blocks(GUIDE) if block.startswith(">>>")]


def test_the_guide_is_run_as_it_stands(loopback: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "small_client.py").write_text(client(), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "small_client", raising=False)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    names = {"llm_models": llm_models, "os": os, "server": f"http://{loopback.address}", "sent": loopback.requests}
    test = doctest.DocTestParser().get_doctest("\n".join(EXAMPLES), names, "guide", "building-a-client.md", 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False)
    told: list[str] = []
    runner.run(test, out=told.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)
    assert len(test.examples) > 15
    assert len(loopback.requests) == 2


def test_the_client_is_built_on_ours_alone_and_keeps_no_list(packaged: llm_models.Snapshot) -> None:
    """Nothing but the standard library and `llm_models`, and no text in it names a provider or a model."""
    tree = ast.parse(client())
    imported = {
        name.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    assert imported - set(sys.stdlib_module_names) == {"llm_models"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    names = {*packaged.file.header["blocks"], *(model.id for model in packaged.list_models())}
    assert not texts & names
    assert {"snapshot", "resolve", "capabilities", "endpoint"} <= {
        n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)
    }
