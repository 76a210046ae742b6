"""Credentials: which texts are keys, tokens or passwords, and where data holds one; standard library only.

No message, file or snapshot may repeat such a value. `hide` takes it out of data, so that later code cannot.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str | int, ...]

HIDDEN = "(not shown)"
"""What stands in place of a value that is not shown."""

FORMS = (
    r"sk-(?=[\w-]*\d)(?=[\w-]*[A-Z]|[\w-]*[a-z0-9]{16})[\w-]{12,}",  # OpenAI, Anthropic, OpenRouter, DeepSeek, ...
    r"AIza[\w-]{12,}",  # Google
    r"AQ\.Ab[\w-]{16,}",
    r"ya29\.[\w-]{16,}",
    r"gh[opsur]_[A-Za-z0-9]{12,}",  # GitHub
    r"github_pat_\w{16,}",
    r"glpat-[\w-]{12,}",  # GitLab
    r"gsk_[A-Za-z0-9]{12,}",  # Groq
    r"xai-[A-Za-z0-9]{12,}",  # xAI
    r"hf_[A-Za-z0-9]{12,}",  # Hugging Face
    r"r8_[A-Za-z0-9]{12,}",  # Replicate
    r"fw_[A-Za-z0-9]{12,}",  # Fireworks
    r"csk-[a-z0-9]{16,}",  # Cerebras
    r"pplx-[A-Za-z0-9]{16,}",  # Perplexity
    r"nvapi-[\w-]{16,}",  # NVIDIA
    r"jina_[a-z0-9]{16,}",  # Jina
    r"pa-[A-Za-z0-9_-]{40,}",  # Voyage
    r"tgp_v1_[\w-]{16,}",  # Together
    r"dapi[0-9a-f]{32}",  # Databricks
    r"ABSK[A-Za-z0-9+/=]{16,}",  # Bedrock
    r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])",  # AWS
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}",  # Stripe
    r"xox[abeprs]-[\w-]{10,}",  # Slack
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[\w-]{30,}",
    r"eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?",  # a JSON Web Token
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"(?i:bearer)[ +](?=[\w.~+/-]*\d)[\w.~+/-]{12,}",  # the value of an Authorization header
)
"""The forms of keys that their makers gave a beginning of their own."""

_FORM = rf"(?<![A-Za-z0-9])(?:{'|'.join(FORMS)})"  # compiled where a text begins like one: that takes milliseconds
_BEGINNINGS = re.compile(r"sk[-_]|rk_|pk_|AI|AQ|ya29|gh[opsur]_|github_|glpat|gsk_|xai-|hf_|r8_|fw_|pplx|nvapi|jina_"
                         r"|pa-|tgp_|dapi|ABSK|AKIA|ASIA|xox|npm_|pypi-|eyJ|-----B"
                         r"|b(?i:earer)|B(?i:earer)")  # fmt: skip
"""A quick look: a text without one of these holds no form. Each begins with one letter: `re` finds that faster."""

NAMES = {"key", "token", "secret", "password", "passwd", "pwd", "passphrase", "authorization", "bearer", "credential"}
"""Names of keys whose text is secret, folded."""
ENDINGS = ("apikey", "apitoken", "accesstoken", "authtoken", "bearertoken", "sessiontoken", "refreshtoken", "idtoken",
           "securitytoken", "secretkey", "accesskey", "accesskeyid", "privatekey", "masterkey", "authkey",
           "subscriptionkey", "secret", "password", "passwd", "passphrase", "authorization", "credentials")  # fmt: skip
"""Endings of such names."""
_OF_TEXTS = ("bos", "cls", "eos", "mask", "pad", "sep", "unk", "special", "start", "end", "stop", "think", "image",
             "audio", "video", "max", "min", "per")  # fmt: skip
"""`eos_token` is a token of a text, not one that opens a door."""

_REFERENCE = (
    r"\s*(?:(?i:bearer|basic|token)\s+)?"
    r"(?:\$\{[^}]*\}|\$\{\{.*\}\}|\{\{.*\}\}|\{[^}]*\}|\$\w+|%\w+%|<[^>]*>|(?:os\.environ|env|process\.env)[/:.]\w+"
    r"|[A-Z0-9]+(?:_[A-Z0-9]+)+|[A-Z]{2,}|[a-z][a-z0-9]*(?:_[a-z0-9]+)*_(?:key|token|secret|password))\s*"
)
"""A text that names a variable in place of a value, in the ways of several tools."""
_NONE = frozenset(("", "-", "none", "null", "n/a", "no-key", "no-key-needed", "not-needed", "not-required", "unused",
                   "empty", "dummy", "no_key", "not_needed", "sk-no-key-required"))  # fmt: skip
"""Texts that state that there is no key."""

_WORDS = frozenset(("bearer", "basic", "token", "os", "environ", "env", "process", "secrets"))
_PASSWORD_OF_URL = r"//[^/?#\s@]*?:([^/?#\s]+)@|//([^/?#\s:@]{20,})@"
_PARAMETER = r"[?&]([\w.-]+)=([^&#\s]+)"
_HEADER = r"\s*([\w-]{3,40})\s*[:=]\s*(\S.*)"
_STATED = r"""([\w.'"-]+)[ \t]*[=:](?!//)"""
_ONE_WORD = r"[A-Za-z0-9+/_-]{32,}={0,2}"
_NAMING = frozenset(("id", "match", "provider", "provider_model_id", "canonical", "successor", "resolves_to", "base",
                     "name", "served_as", "aliases", "family", "doc", "description", "known", "source_id"))  # fmt: skip
"""Keys of an entry that hold names or prose. A name may have any letters, so only the forms count in them."""


def is_variable(text: str) -> bool:
    """Whether a text can be the name of an environment variable, and is no key.

    >>> is_variable("302AI_API_KEY"), is_variable("sk-proj-EXAMPLE0000")
    (True, False)
    """
    letters = text.replace("_", "0")
    if not (letters.isascii() and letters.isalnum()) or has_form(text) or len(text) > 100:
        return False
    return "_" in text or len(text) < 20 or text.isalpha()  # a long word with digits is a key without a form


def variable_in(text: str) -> str | None:
    """The variable that a text names in the way of some tool, such as `${NAME}`; None where it names none.

    >>> variable_in("os.environ/MY_KEY"), variable_in("hunter2")
    ('MY_KEY', None)
    """
    names = [name for name in re.findall(r"\w+", text) if name.lower() not in _WORDS] if is_reference(text) else []
    return (
        names[-1]
        if names and "<" not in text and text.strip().lower() not in _NONE and is_variable(names[-1])
        else None
    )


def has_form(text: str) -> bool:
    """Whether a text holds a key in one of the known forms."""
    return len(text) >= 16 and _BEGINNINGS.search(text) is not None and re.search(_FORM, text) is not None


def masked(text: str) -> str:
    """The text with `HIDDEN` in place of each key in a known form."""
    return re.sub(_FORM, HIDDEN, text) if has_form(text) else text


_LONGEST_LINE = 5_000
"""The longest line that is searched for secrets, in characters: the time grows with the square of its length."""


def veiled(line: str) -> str:
    """A line of a text that may be no TOML, of the same length, with `*` for each letter of what may be a secret.

    That is the whole line where it is very long.

    >>> veiled('api_key = hunter2')
    'api_key = *******'
    """
    if len(line) > _LONGEST_LINE:
        return "*" * len(line)
    if has_form(line):
        line = re.sub(_FORM, lambda found: "*" * len(found[0]), line)
    if "://" in line:
        line = re.sub(r"(?<=://)[^/@\s]+(?=@)|(?<=[?&])[^#\s]+", lambda found: "*" * len(found[0]), line)
    for stated in re.finditer(_STATED, line):
        if names_secret(re.split(r"[.\s]", stated[1].strip("\"' "))[-1]):
            return line[: stated.end()] + re.sub(r"[^\s\"'{}\[\],#]", "*", line[stated.end() :])
    return line


def is_reference(text: str) -> bool:
    """Whether a text names a variable, or states that there is no key, where a key could stand.

    >>> is_reference("${MY_KEY}"), is_reference("MY_KEY"), is_reference("hunter2")
    (True, True, False)
    """
    return not has_form(text) and (text.strip().lower() in _NONE or re.fullmatch(_REFERENCE, text) is not None)


def names_secret(key: str) -> bool:
    """Whether the name of a key states that its text is secret.

    >>> names_secret("apiKey"), names_secret("eos_token"), names_secret("api_key_name")
    (True, False, False)
    """
    folded = "".join([letter for letter in key.lower() if letter.isascii() and letter.isalnum()])
    if folded in NAMES or folded.endswith(ENDINGS) or folded.removesuffix("s").endswith("apikey"):
        return True
    return folded.endswith("token") and not folded.removesuffix("token").endswith(_OF_TEXTS)


def found(data: Any) -> Iterator[Path]:
    """The path of each value of plain data that is a secret, and of each key that is one itself."""
    todo: list[tuple[Path, Any, bool, bool]] = [((), data, False, False)]
    while todo:
        path, value, named, naming = todo.pop()
        is_map = isinstance(value, dict)
        for key, item in value.items() if is_map else enumerate(value):
            is_form, is_secret, is_name = _of_key(key) if is_map else (False, named, naming)
            if is_form:
                yield (*path, key)
            elif isinstance(item, str):
                secret = (named or is_secret) and not is_reference(item)
                if secret or (len(item) > 7 and _in_text(item, is_name and "extra" not in path)):
                    yield (*path, key)
            elif isinstance(item, (dict, list)):
                todo.append(((*path, key), item, named or is_secret, is_name))


def in_name(text: str) -> bool:
    """Whether a name, or prose, holds a secret: a name may have any letters, so only known forms and logins count.

    >>> in_name("gpt-5.4-mini"), in_name("gsk_EXAMPLE00000000")
    (False, True)
    """
    return len(text) > 7 and _in_text(text, True)


@lru_cache(4096)
def _of_key(key: str) -> tuple[bool, bool, bool]:
    """Whether a key holds a key in a known form, names a secret, or names a name."""
    return has_form(key), names_secret(key), key in _NAMING


@lru_cache(16384)  # a catalogue repeats its names, dates and addresses
def _in_text(text: str, naming: bool) -> bool:
    """Whether a text holds a secret, whatever the name of its key is; `naming`: it is a name, or prose."""
    if has_form(text):
        return True
    # What each pattern needs is looked for first: compiling one takes longer than searching hundreds of texts.
    if "://" in text:
        login = re.search(_PASSWORD_OF_URL, text) if "@" in text else None
        if login is not None and not is_reference(login[1] or login[2]):
            return True
        parameters = re.findall(_PARAMETER, text) if "=" in text else ()
        return any(names_secret(name) and not is_reference(value) for name, value in parameters)
    if naming:
        return False
    header = re.fullmatch(_HEADER, text) if ":" in text or "=" in text else None
    if header is not None and names_secret(header[1]) and not is_reference(header[2]):
        return True
    return _is_random(text)


def _is_random(text: str) -> bool:
    """Whether a text is one long word of random small and capital letters and digits, as keys without a form are.

    Checksums (hexadecimal) are not: they have letters of one case.
    """
    if len(text) < 32 or re.fullmatch(_ONE_WORD, text) is None:
        return False
    if not any(len(part) >= 16 for part in re.split(r"[+/_=-]", text)):  # several words, such as a model's name
        return False
    kinds = [str.islower(letter) + 2 * str.isupper(letter) for letter in text]
    changes = sum(one != other for one, other in pairwise(kinds))
    return len({*kinds}) == 3 and changes >= 0.4 * len(text) and len({*text}) >= 16


def hide(data: Any, path: Path) -> Path:
    """Put `HIDDEN` in place of the value, or the key, at a path that `found` gave; the path as it is then."""
    *steps, last = path
    for step in steps:
        data = data[step]
    if isinstance(last, str) and has_form(last):
        data[HIDDEN] = data.pop(last)
        return (*steps, HIDDEN)
    data[last] = HIDDEN
    return path
