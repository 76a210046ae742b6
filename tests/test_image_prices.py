"""The build reports records whose price of output is probably that of image tokens."""

from __future__ import annotations

from typing import Any

import pytest
from support import catalogues

from llm_models.image_prices import of_image_tokens


def record(output: float | None, *, images: bool = True, canonical: str | None = None, **cost: float) -> dict[str, Any]:
    price = {} if output is None else {"output": output}
    made = {"modalities": {"output": ["text", "image"] if images else ["text"]}, "cost": {**price, **cost}}
    return {**made, "canonical": canonical} if canonical else made


def found(**records: dict[str, Any]) -> list[tuple[str, str]]:
    """The pairs of the model `m` at some providers."""
    return [*of_image_tokens({f"{provider}:m": one for provider, one in records.items()})]


class TestRule:
    def test_far_above_the_text_price_of_another_provider(self) -> None:
        assert found(one=record(30), other=record(2.5)) == [("one:m", "other:m")]

    @pytest.mark.parametrize(
        "one", [record(12.5), record(30, images=False), record(30, output_image=30), record(None), record(0)]
    )
    def test_of_nothing_else(self, one: dict[str, Any]) -> None:
        assert found(one=one, other=record(2.5)) == []

    def test_a_free_or_unknown_price_is_no_text_price(self) -> None:
        assert found(one=record(30), free=record(0), unknown=record(None)) == []

    def test_the_price_of_images_at_another_provider(self) -> None:
        """Also where no provider has a price of text, because the model makes none."""
        assert found(one=record(40), maker=record(None, output_image=40)) == [("one:m", "maker:m")]
        assert found(one=record(32), maker=record(10, output_image=32)) == [("one:m", "maker:m")]
        for other in (record(None, output_image=30), record(40, output_image=40), record(None)):
            assert found(one=record(40), maker=other) == []
        assert found(one=record(40, images=False), maker=record(None, output_image=40)) == []

    def test_by_the_canonical_name_before_the_id(self) -> None:
        records = {
            "one:a": record(30, canonical="maker/m"),
            "two:b": record(2.5, canonical="maker/m"),
            "three:a": record(2.5),
        }
        assert [*of_image_tokens(records)] == [("one:a", "two:b")]

    def test_another_model_of_the_same_provider_is_none(self) -> None:
        records = {"one:a": record(30, canonical="maker/m"), "one:b": record(2.5, canonical="maker/m")}
        assert [*of_image_tokens(records)] == []


class TestBuild:
    SOURCE = catalogues.catalogue(
        *(
            catalogues.provider(
                name,
                catalogues.model(
                    "m", modalities={"input": ["text"], "output": ["image", "text"]}, cost={"input": 1, "output": price}
                ),
            )
            for name, price in (("acme", 30), ("other", 2.5))
        )
    )
    ODD = ("odd", "cost", "output is probably the price of image tokens")

    def test_the_report_counts_it_with_an_example(self) -> None:
        _, report = catalogues.base(self.SOURCE, b"")
        assert report.counts[self.ODD] == 1

    def test_a_curated_entry_settles_it(self) -> None:
        entry = b'[[models]]\nprovider = "acme"\nid = "m"\ncost = { output = 2.5, output_image = 30 }\n'
        _, report = catalogues.base(self.SOURCE, entry)
        assert self.ODD not in report.counts
