"""Other names of a provider, as records state them."""

from __future__ import annotations

import pytest
from support import catalogues

from llm_models import config, paths
from llm_models.changes import merge_layers
from llm_models.errors import ConfigError
from llm_models.snapshot_file import SnapshotFile
from llm_models.snapshot_writer import write


class TestProviderAliases:
    """An alias of a provider leads to one provider only."""

    @pytest.mark.parametrize(
        ("toml", "message"),
        [
            ('id = "a"\nname = "A"\naliases = ["open-ai", "Open.AI"]\n', None),
            ('id = "a"\nname = "A"\naliases = ["a"]\n', None),
            (
                'id = "a"\nname = "A"\naliases = ["x", "OpenAI"]\n',
                "x.toml:4:17: providers.a.aliases[1]: 'OpenAI' cannot be an alias of a: "
                "it is the id of another provider",
            ),
            (
                'id = "a"\nname = "A"\naliases = ["old-name"]\n'
                '[[providers]]\nid = "b"\nname = "B"\naliases = ["old.NAME"]\n',
                "x.toml:8:12: providers.b.aliases[0]: 'old.NAME' cannot be an alias of b: it is already an alias of a",
            ),
        ],
    )
    def test_two_claims_are_an_error(self, toml: str, message: str | None) -> None:
        layer = config.layer_of(config.parse(b"[[providers]]\n" + toml.encode(), "x.toml"), "x.toml")
        base = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)
        if message is None:
            merge_layers(base, [layer])
            return
        with pytest.raises(ConfigError) as caught:
            merge_layers(base, [layer])
        assert str(caught.value) == message

    def test_a_curated_alias_that_is_an_id_upstream_is_left_out_and_counted(self) -> None:
        """Nobody could correct it in the middle of a refresh. The id leads to its own provider."""
        source = catalogues.catalogue(*(catalogues.provider(name, catalogues.model("m")) for name in ("one", "two")))
        file, report = catalogues.base(source, b'[[providers]]\nid = "one"\naliases = ["Two", "uno"]\n')
        assert dict(file.aliases) == {"uno": "one"}
        assert (file.provider_id("two"), file.provider_id("uno")) == ("two", "one")
        rows = [row for row in report.rows() if row["place"] == "aliases"]
        assert [(row["kind"], row["reason"], row["examples"]) for row in rows] == [
            ("left out", "it is the id of a provider", ["one (Two)"])
        ]

    def test_the_base_has_aliases_too(self) -> None:
        text = b'[[providers]]\nid = "openai"\naliases = ["oai"]\n'
        first = config.layer_of(config.parse(text, "x.toml"), "x.toml")
        base = write(merge_layers(SnapshotFile.open(paths.PACKAGED_SNAPSHOT), [first]), name="base")
        merge_layers(base, [first])
        other = config.layer_of(config.parse(text.replace(b"openai", b"groq"), "y.toml"), "y.toml")
        with pytest.raises(ConfigError, match="'oai' cannot be an alias of groq: it is already an alias of openai"):
            merge_layers(base, [other])
