"""Base URLs: what cannot work is an error of `validate`, and what probably does not is a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import catalogues
from support.command import here

import llm_models
from llm_models import checks, paths
from llm_models.addresses import REQUESTS, base_of, can_work, wrong
from llm_models.snapshot_file import SnapshotFile

if TYPE_CHECKING:
    from pathlib import Path

PACKAGED = SnapshotFile.open(paths.PACKAGED_SNAPSHOT)

RIGHT = (
    "https://api.openai.com/v1", "http://127.0.0.1:8000/v1", "http://localhost:1234", "http://[::1]:80/v1",
    "HTTPS://Example.com/V1/", "${AZURE_API_BASE}/openai", "https://${HOST}.example.com:${PORT}/v1", "http://ollama:11434/v1",
    "http://192.168.1.5:8000/v1", "http://host.docker.internal:11434/v1", "https://my_host.example/v1",
)  # fmt: skip

WRONG = {
    "localhost:1234/v1": 'Write "http://localhost:1234/v1".',
    "127.0.0.1:8000": 'Write "http://127.0.0.1:8000".',
    "llm.example.com/v1": 'Write "https://llm.example.com/v1".',
    "os.environ/AZURE_API_BASE": 'Write "${AZURE_API_BASE}".',
    "$AZURE_API_BASE/v1": 'Write "${AZURE_API_BASE}/v1".',
    "{env:AZURE_API_BASE}/v1": 'Write "${AZURE_API_BASE}/v1".',
    "https://{HOST}/v1": 'Write "https://${HOST}/v1".',
    "{{BASE}}": 'Write "${BASE}".',
    "https://{{ HOST }}/v1": 'Write "https://${HOST}/v1".',
    "${{HOST}}/v1": 'Write "${HOST}/v1".',
    "https://llm.example.com/v1?x=1": 'Write "https://llm.example.com/v1".',
    "https://llm.example.com/v1#top": 'Write "https://llm.example.com/v1".',
    "file:///etc/passwd": "",
    "ws://llm.example.com": "",
    "http:/llm.example.com": "",
    "https//llm.example.com": "",
    "/v1": "",
    "https://": "",
    "https:///v1": "",
    "https://llm.example.com:port/v1": "",
    "https://llm.example.com:99999/v1": "",
    "https://\u0430pi.example.com/v1": "",
    "https://llm.example.com\\@evil.example/v1": "",
    "https://user@llm.example.com/v1": "Name the variable that holds the key in env.",
}
"""Address -> the next step."""


@pytest.mark.parametrize("address", RIGHT)
def test_it_can_work(address: str) -> None:
    assert wrong(address) is None


@pytest.mark.parametrize("address", WRONG)
def test_it_cannot_work(address: str) -> None:
    fault = wrong(address)
    assert fault is not None
    assert (fault.severity, fault.hint) == ("error", WRONG[address])


@pytest.mark.parametrize("address", [address for address, step in WRONG.items() if step.startswith("Write")])
def test_the_advice_is_right(address: str) -> None:
    assert wrong(WRONG[address].removeprefix('Write "').removesuffix('".')) is None


@pytest.mark.parametrize("ending", REQUESTS)
def test_the_address_of_one_request_is_a_warning_with_the_base(ending: str) -> None:
    fault = wrong(f"https://llm.example.com/v1{ending}")
    assert fault is not None
    assert (fault.severity, fault.hint) == ("warning", 'Write "https://llm.example.com/v1".')
    assert base_of(f"https://llm.example.com/v1{ending}/") == "https://llm.example.com/v1"


PRIVATE = (
    "ollama", "ollama.lab", "gpu.lan", "gpu.LAN.", "llm.corp.internal", "mac.local", "nas.home.arpa",
    "a.svc.cluster.local", "10.1.2.3", "172.16.0.9", "172.31.255.1", "192.168.1.5", "100.64.0.1", "100.127.255.254",
    "127.0.0.2", "169.254.1.1", "[fd12:3456::1]", "[fc00::1]", "[fe80::1]", "[::1]", "0.0.0.0",
)  # fmt: skip
PUBLIC = (
    "llm.example.com", "local.example.com", "my.islan", "172.32.0.1", "172.15.0.1", "100.128.0.1", "8.8.8.8",
    "10.example.com", "192.168.1.5.example.com", "[2606:4700::1]", "[fe00::1]", "lan.example.org",
)  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_plain_http_is_right_in_the_own_network(host: str) -> None:
    assert wrong(f"http://{host}:8000/v1") is None


@pytest.mark.parametrize("host", PUBLIC)
def test_plain_http_to_another_network_is_a_warning(host: str) -> None:
    fault = wrong(f"http://{host}:8000/v1")
    assert fault is not None
    assert fault.severity == "warning"


def test_plain_http_is_right_where_no_key_is_sent() -> None:
    """`env = []` states it. What cannot work stays an error."""
    text = '[[providers]]\nid = "h"\nbase_url = "http://llm.example.com/v1"\n{}[[models]]\nprovider = "h"\nid = "m"\n'

    def problems(env: str) -> list[str]:
        return [str(one) for one in checks.check_text(text.format(env).encode(), "llm_models.toml", PACKAGED)]

    assert len(problems("")) == len(problems('env = ["H_KEY"]\n')) == 1
    assert problems("env = []\n") == []
    assert wrong("ftp://llm.example.com/v1", keyless=True) is not None


def test_every_address_of_the_packaged_data_can_work() -> None:
    addresses = set()
    for name in PACKAGED.blocks:
        block = PACKAGED.block(name)
        addresses |= {block.provider.get("base_url"), block.provider.get("openai_base_url")}
        for row in block.rows.values():
            own = block.model(row).get("extra", {}).get("provider", {})
            addresses.add(own.get("api"))
    stated = addresses - {None}
    assert len(stated) > 200
    assert [address for address in stated if wrong(address) is not None] == []


def test_validate_reports_each_at_its_line_and_load_takes_it(tmp_path: Path) -> None:
    """A file that version 0.1.0 loaded still loads."""
    text = '[[providers]]\nid = "h"\nbase_url = "localhost:1/v1"\n[[models]]\nprovider = "h"\nid = "m"\n'
    [problem] = [
        one for one in checks.check_text(text.encode(), "llm_models.toml", PACKAGED) if one.severity == "error"
    ]
    assert (problem.line, problem.path) == (3, "providers.h.base_url")
    path = tmp_path / "llm_models.toml"
    path.write_text(text)
    assert llm_models.load(path, publish=False).get_provider("h").base_url == "localhost:1/v1"


@pytest.mark.parametrize("address", ["localhost:1/v1", "KEY", "https://a.example/\u00e9"])
def test_activate_refuses_one_that_no_reader_of_its_file_takes(address: str, tmp_path: Path) -> None:
    text = f'[[providers]]\nid = "h"\nbase_url = "{address}"\n[[models]]\nprovider = "h"\nid = "m"\n'
    path = tmp_path / "llm_models.toml"
    path.write_text(text, encoding="utf-8")
    told = here("activate", "--config", path)
    assert told.code == 1
    assert f"{path}:3:12: providers.h.base_url: " in told.err
    assert not (tmp_path / ".llm_models" / "snapshot.json").exists()


def test_a_list_in_place_of_one_is_an_error_with_its_line() -> None:
    text = '[[providers]]\nid = "h"\nbase_url = ["https://a.example/v1"]\n'
    found = checks.check_text(text.encode(), "llm_models.toml", PACKAGED)
    assert [(one.line, one.message.partition(" (")[0]) for one in found if one.severity == "error"] == [
        (3, "expected a string")
    ]


def test_a_source_s_address_that_cannot_work_is_left_out_and_counted() -> None:
    source = catalogues.catalogue(
        catalogues.provider("acme", catalogues.model("m", provider={"api": "file:///x"}), api="localhost:1/v1"),
        catalogues.provider("good", catalogues.model("m", provider={"api": "https://a.example/v1"})),
    )
    file, report = catalogues.of_source(source)
    assert "base_url" not in file.block("acme").provider
    assert file.block("acme").model(file.block("acme").rows["m"])["extra"]["provider"] == {}
    assert can_work(file.block("good").model(file.block("good").rows["m"])["extra"]["provider"]["api"])
    reasons = [(row["place"], row["reason"]) for row in report.rows()]
    assert ("api", "not the base URL of an API") in reasons
    assert ("extra.provider.api", "not the base URL of an API") in reasons
