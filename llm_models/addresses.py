"""Addresses: what is wrong with the base URL of an API, as people write it; standard library and `errors` only.

`${NAME}` stands for any part of an address, also for the scheme and the host.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from llm_models.errors import printable

if TYPE_CHECKING:
    from llm_models.errors import Severity

REQUESTS = (
    "/chat/completions", "/completions", "/embeddings", "/responses", "/messages", "/rerank", "/moderations",
    "/images/generations", "/audio/speech", "/audio/transcriptions", "/api/chat", "/api/generate", ":generateContent",
    ":streamGenerateContent",
)  # fmt: skip
"""Endings of the address of one request. Clients add them to the base URL."""

# The patterns are texts: `re` compiles each when it is first needed, which a right address does not need.
_PLAIN = r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?:/[A-Za-z0-9._~/-]*)?"
_SPACES = r"[\x00-\x20\x7f]+"
_BARE = r"\$?\{\{\s*([A-Za-z0-9_]+)\s*\}\}|(?<!\$)\{([A-Za-z0-9_]+)\}"
_VARIABLE = r"\$\{[A-Za-z0-9_]+\}"
_SCHEME = r"([A-Za-z][A-Za-z0-9+.-]*)://"
_PARTS = r"(?:(?P<user>[^/?#@]*)@)?(?P<host>\[[0-9A-Fa-f:.%]*\]|[^:/?#]*)(?::(?P<port>[^/?#]*))?(?P<path>.*)"
_HOST = r"\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\.?"
_PRIVATE = (
    r"(?i)[^.:]+|.*\.(?:localhost|local|internal|intranet|private|corp|home|lan|lab|home\.arpa|test|svc|ts\.net)\.?"
)
"""Names of the own machine or network; a name without a dot is one."""
_OTHER_VARIABLE = r"(?:os\.environ|env|process\.env)[/:.](\w+)|\{env:(\w+)\}|\$(\w+)|%(\w+)%"


class Wrong(NamedTuple):
    """What is wrong with an address, and the next step."""

    severity: Severity
    message: str
    hint: str


def wrong(address: str, *, keyless: bool = False) -> Wrong | None:
    """What is wrong with an address as a base URL; None if nothing is. Its text is not repeated where it is a secret.

    `keyless`: no key is sent to it, so it need not be encrypted.

    >>> wrong("https://${HOST}/v1")
    >>> wrong("localhost:1234/v1").hint
    'Write "http://localhost:1234/v1".'
    """
    if re.fullmatch(_PLAIN, address) and not address.rstrip("/").endswith(REQUESTS):
        return None
    found = f'(found "{address}")'
    if re.search(_BARE, address) is not None:
        right = re.sub(_BARE, lambda one: f"${{{one[1] or one[2]}}}", address)
        return _error(f"a variable is written ${{NAME}} {found}", f'Write "{right}".' if can_work(right) else "")
    if (bare := re.sub(_SPACES, "", address)) != address:
        right = f'Write "{bare}".' if can_work(bare) else ""
        return _error(f"a base URL has no spaces and no control characters {found}", right)
    other = re.match(_OTHER_VARIABLE, address)
    if other is not None:
        name, rest = other[other.lastindex or 0], address[other.end() :]
        return _error(f"a variable is written ${{NAME}} {found}", f'Write "${{{name}}}{rest}".')
    plain = re.sub(_VARIABLE, "0", address)
    scheme = re.match(_SCHEME, plain)
    is_variable = re.match(_VARIABLE, address) is not None
    if (scheme is None or scheme[1].lower() not in ("http", "https")) and not is_variable:
        hosts = re.match(r"[\w.-]+(?::\d+)?(?:/|$)", address)
        hint = f'Write "{_with_scheme(address)}".' if hosts and not address.startswith("http") else ""
        return _error(f'expected http:// or https:// at the beginning of a base URL (found "{address}")', hint)
    fault = _wrong_rest(address, plain[scheme.end() if scheme else 0 :], found)
    if fault is None and not (scheme is None or scheme[1].lower() == "https" or is_variable or keyless):
        parts = re.match(_PARTS, plain[scheme.end() :])
        if parts is not None and not _is_private(parts["host"]):
            text = f"http:// sends keys and prompts unencrypted to another network {found}"
            return Wrong("warning", text, "Write https:// if the server has it.")
    return fault


def can_work(address: str) -> bool:
    """Whether an address can be a base URL; a warning is no reason against it."""
    fault = wrong(address)
    return fault is None or fault.severity == "warning"


def _is_private(host: str) -> bool:
    """Whether a host is the own machine, or in the own network."""
    if re.fullmatch(_PRIVATE, host):
        return True
    from ipaddress import ip_address

    try:
        return not ip_address(host.strip("[]").partition("%")[0]).is_global
    except ValueError:
        return False


def _wrong_rest(address: str, rest: str, found: str) -> Wrong | None:
    """The same, of what follows the scheme."""
    parts = re.fullmatch(_PARTS, rest)
    if parts is None or "\\" in rest or '"' in rest or printable(rest) != rest:
        return _error(f"a base URL has only the characters of an address {found}", "")
    if parts["user"] is not None:
        return _error("a base URL has no user and no password", "Name the variable that holds the key in env.")
    if re.fullmatch(_HOST, parts["host"]) is None:
        return _error(f"a base URL names a host, in ASCII {found}", "")
    if parts["port"] is not None and not (parts["port"].isdigit() and int(parts["port"][:6]) < 65536):
        return _error(f"the port of a base URL is a number below 65536 {found}", "")
    path = parts["path"]
    if "?" in path or "#" in path:
        cut = re.split(r"[?#]", address)[0]
        return _error(f"a base URL ends before '?' and '#', because clients add a path {found}", f'Write "{cut}".')
    ending = next((one for one in REQUESTS if path.rstrip("/").endswith(one)), None)
    if ending is not None:
        return Wrong(
            "warning", f"clients add '{ending}' to a base URL themselves {found}", f'Write "{base_of(address)}".'
        )
    return None


def base_of(address: str) -> str:
    """An address without the path of one request.

    >>> base_of("http://ollama:11434/v1/chat/completions")
    'http://ollama:11434/v1'
    """
    bare = address.rstrip("/")
    ending = next((one for one in REQUESTS if bare.endswith(one)), None)
    return address if ending is None else bare.removesuffix(ending)


def _with_scheme(address: str) -> str:
    host = re.split(r"[:/?#]", address)[0]
    return f"{'http' if _is_private(host) else 'https'}://{address.lstrip('/')}"


def _error(message: str, hint: str) -> Wrong:
    return Wrong("error", message, hint)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost.example.com")
    (True, True, False)
    """
    import ipaddress

    name = host.lower().rstrip(".")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
