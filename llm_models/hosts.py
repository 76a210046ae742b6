"""Hosts: from the address of a request to the provider that answers it; standard library only.

The address decides by its host, and by its path where providers share a host. A local address decides nothing: any
server may listen there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from llm_models.view import View

HOSTS = (
    ("azure", r"(?:.+\.)?openai\.azure\.(?:com|us|cn)|.+\.(?:services|models)\.ai\.azure\.com"),
    ("azure_cognitive_services", r".+\.cognitiveservices\.azure\.(?:com|us|cn)"),
    (
        "amazon_bedrock",
        r"(?:.+\.)?bedrock(?:-runtime|-mantle)?(?:-fips)?\.[a-z0-9-]+\.(?:vpce\.)?amazonaws\.com(?:\.cn)?",
    ),
    ("amazon_bedrock", r"bedrock(?:-runtime|-mantle)?(?:-fips)?\.[a-z0-9-]+\.api\.aws"),
    ("google_vertex", r"(?:[a-z0-9-]+-)?aiplatform(?:\.[a-z]+\.rep|\.mtls)?\.googleapis\.com"),
    ("cloudflare_ai_gateway", r"gateway\.ai\.cloudflare\.com"),
    ("databricks", r".+\.(?:(?:cloud|gcp)\.databricks\.com|azuredatabricks\.net)"),
    ("togetherai", r"api\.together\.ai"),
    ("watsonx", r".+\.ml\.cloud\.ibm\.com"),
)
"""Hosts that no record states, because each account or region has its own, or the provider's own client knows it."""

LOCAL = re.compile(r"localhost|0\.0\.0\.0|127\..*|::1|.*\.(?:local|internal|localhost)|(?:10|192\.168)\..*")

_NAME = re.compile(r"\$\{[^}]*\}")
_ANY = re.compile(r"//\$\{[^}]*\}\.")


def provider_at(view: View, address: str, claimed: str | None = None) -> str | None:
    """The provider at a base URL, a URL or a host; None where none, or several, can be meant.

    Of several at one host, it is the one whose own path begins the path given, the longest if there are several; then
    `claimed`, the provider that somebody named; then the only one that bills by usage.
    """
    host, path = _split(address)
    if not host or LOCAL.fullmatch(host):
        return None
    for provider, pattern in HOSTS:
        if provider in view.known and re.fullmatch(pattern, host):
            return provider
    addresses, parts = _addresses(view), host.split(".")
    known = [name for name in (".".join(parts[start:]) for start in range(len(parts))) if name in addresses]
    here = addresses[known[0]] if known else []  # of the longest name, as a host within a domain is its owner's
    fits = [(len(own), provider) for own, provider in here if _begins(path, own)]
    most = max(fits, default=(0, ""))[0]
    left = {provider for length, provider in fits if length == most} or {provider for _, provider in here}
    if claimed in left:
        return claimed
    paid = {provider for provider in left if view.provider(provider).billing == "usage"}
    for only in (left, paid):
        if len(only) == 1:
            return only.pop()
    return None


def _split(address: str) -> tuple[str, list[str]]:
    """The host and the parts of the path of a URL, or of text without `//`; no host where it is neither."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        host = parts.hostname or ""
    except ValueError:
        return "", []
    return host.rstrip("."), [part for part in parts.path.split("/") if part]


def _begins(path: list[str], own: list[str]) -> bool:
    """Whether a path begins with a provider's, in which `${NAME}` stands for any part."""
    pairs = zip(path, own, strict=False)
    return len(path) >= len(own) and all(there == here or _NAME.search(here) for there, here in pairs)


def _addresses(view: View) -> dict[str, list[tuple[list[str], str]]]:
    """The parts of the path, and the provider, of each address that a record states, by host without `${NAME}.`."""
    if view.by_host is None:
        by_host: dict[str, list[tuple[list[str], str]]] = {}
        for provider in view.known:
            for field in ("base_url", "openai_base_url"):
                host, path = _split(_ANY.sub("//", view.file.block(provider).provider.get(field) or ""))
                if host and not _NAME.search(host):
                    by_host.setdefault(host, []).append((path, provider))
        view.by_host = by_host
    return view.by_host
