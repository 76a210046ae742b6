"""Reading a source: anything but a catalogue in strict JSON is refused in one line, quickly, and in little memory."""

from __future__ import annotations

import json
import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command import python
from support.peak import PEAK

from llm_models import transforms, upstream
from llm_models.errors import SourceError

GOOD = b'{"acme": {"id": "acme", "models": {"m-1": {"id": "m-1", "cost": {"input": 0.5}}}}}'

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


def read(data: bytes, name: str = "up.json") -> object:
    """The document of models.dev in `data`."""
    return transforms.read(data, name, "models_dev")[0]


def refusal(data: bytes, name: str = "up.json") -> str:
    """The one line with which `data` is refused, without the name that it begins with."""
    with pytest.raises(SourceError) as caught:
        read(data, name)
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert message.isprintable(), "one line, and nothing that a terminal would obey"
    assert len(message) < 400
    assert caught.value.__cause__ is None
    return message.removeprefix(f"{name}: ")


def with_value(text: str) -> bytes:
    return GOOD.replace(b"0.5", text.encode())


def with_name(raw: bytes) -> bytes:
    return GOOD.replace(b'"id": "m-1"', b'"name": "' + raw + b'"')


class TestGood:
    def test_is_what_json_says(self) -> None:
        assert read(GOOD) == json.loads(GOOD)

    @pytest.mark.parametrize(
        ("raw", "name"),
        [
            (rb"\ud83d\ude00", "\U0001f600"),
            ("\U0001f600 é".encode(), "\U0001f600 é"),
            (rb"\\ud800", r"\ud800"),
            (rb"\\\uD83D\uDE00", "\\\U0001f600"),
            (rb"\u0000", "\0"),
        ],
    )
    def test_takes_every_text_that_is_one(self, raw: bytes, name: str) -> None:
        assert upstream.parse(with_name(raw), "up.json")["acme"]["models"]["m-1"]["name"] == name

    def test_odd_records_are_not_its_business(self) -> None:
        data = b'{"a": 3, "b": null, "c": [], "d": {"models": []}, "e": {"models": {}}, "f": {"models": {"m": null}}}'
        assert transforms.read(data, "up.json", "models_dev") == (json.loads(data), {"providers": 6, "models": 1})

    def test_nesting_up_to_the_limit(self) -> None:
        room = upstream.MAX_DEPTH - 5
        read(with_value("[" * room + "]" * room))
        assert "nested more than" in refusal(with_value("[" * (room + 1) + "]" * (room + 1)))

    @given(VALUES)
    def test_reads_back_whatever_json_can_say(self, value: object) -> None:
        document = {"acme": {"models": {"m": value}}}
        for ascii_only in (True, False):
            data = json.dumps(document, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
            assert read(data) == document
            assert upstream.parse(json.dumps(value).encode(), "up.json") == value, "in any shape"


class TestNotJson:
    def test_cut_short_anywhere(self) -> None:
        for end in range(1, len(GOOD)):
            assert refusal(GOOD[:end]).startswith("is not valid JSON: "), GOOD[:end]
        assert "cut short (after 30 characters)" in refusal(GOOD[:30])

    @given(st.data())
    def test_any_byte_changed_is_read_or_refused(self, data: st.DataObject) -> None:
        raw = bytearray(GOOD)
        for _ in range(data.draw(st.integers(1, 3))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        try:
            read(bytes(raw))
        except SourceError as error:
            said = str(error)
        else:
            said = "up.json: fine"
        assert said.startswith("up.json: ")
        assert said.isprintable()

    @pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
    def test_not_a_number(self, text: str) -> None:
        assert refusal(with_value(text)) == f"is not valid JSON: {text} is not a finite number"

    @pytest.mark.parametrize("text", ["1e999", "-1e999", "1.5E+400"])
    def test_number_beyond_all_bounds(self, text: str) -> None:
        assert refusal(with_value(text)) == f"is not valid JSON: {text} is not a finite number"

    @pytest.mark.parametrize("text", ["9" * 5000, "-" + "9" * 4999, "0." + "9" * 4998, "1e" + "0" * 4998])
    def test_number_of_5000_digits(self, text: str) -> None:
        assert refusal(with_value(text)) == "is not a catalogue: a number is 5,000 characters long"

    def test_longest_number_still_fits_a_float(self) -> None:
        document = upstream.parse(with_value("9" * upstream.MAX_DIGITS), "up.json")
        value = document["acme"]["models"]["m-1"]["cost"]["input"]
        assert float(value) < float("inf")

    @pytest.mark.parametrize(
        "data",
        [
            b'{"acme": {}, "acme": {"models": {"m": {}}}}',
            b'{"acme": {"models": {"m": {}, "m": {}}}}',
            b'{"acme": {"models": {"m": {"deep": [{"\\u0061": 1, "a": 1}]}}}}',
        ],
    )
    def test_repeated_key(self, data: bytes) -> None:
        assert "duplicate key '" in refusal(data)

    @pytest.mark.parametrize(
        "text",
        ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000, "[" * 400 + "]" * 400],
    )
    def test_depth(self, text: str) -> None:
        assert refusal(with_value(text)) == "is not a catalogue: nested more than 64 levels deep"

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"\xef\xbb\xbf" + GOOD, "begins with a byte order mark"),
            (GOOD.decode().encode("utf-16"), "is UTF-16"),
            (b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), "is UTF-16"),
            (GOOD.decode().encode("utf-16-le"), "NUL characters, as UTF-16"),
            (GOOD.decode().encode("utf-32-be"), "NUL characters, as UTF-16"),
            (b"\x1f\x8b\x08\x00" + GOOD, "is compressed with gzip"),
            (with_name(b"\xff"), "is not UTF-8 (at byte 52: "),
            (with_name(b"\xc0\x80"), "is not UTF-8"),
            (with_name(b"caf\xe9"), "is not UTF-8"),
            (with_name(b"\xed\xa0\x80"), "is not UTF-8"),
        ],
    )
    def test_other_encodings(self, data: bytes, said: str) -> None:
        assert said in refusal(data)

    @pytest.mark.parametrize("raw", [rb"\ud800", rb"\uDFFF", rb"\ude00\ud83d", rb"\\\uD800", rb"x\ud83dx"])
    def test_lone_surrogates(self, raw: bytes) -> None:
        assert "half a surrogate pair" in refusal(with_name(raw))
        assert "half a surrogate pair" in refusal(GOOD.replace(b'"m-1": {', b'"' + raw + b'": {'))

    @pytest.mark.parametrize("more", [b"x", b"{}", b",", b"\0", GOOD])
    def test_trailing_data(self, more: bytes) -> None:
        assert "something follows its end (line 1, column 83)" in refusal(GOOD + more)
        read(GOOD + b" \r\n\t")

    @pytest.mark.parametrize(
        "text",
        [
            *("+1", "01", "-01", "1.", "-", ".5", "1e", "1e+", "0x1", "1_000", "--1", "1.5.5", "\uff11", "-Inf"),
            *("nul", "True", "None", "undefined", "tru", "'a'", "a", "$", '"\\x41"', '"\\u12"', '"\\u{41}"', '"\\"'),
            *('"\t"', '"\n"', '"\0"', '"a', '"\\', "[1,,2]", "[,1]", "[1,]", "[1 2]", "[1:2]", "[", "]", "{]", "[1}"),
            *('{"a":1,,"b":2}', '{"a" 1}', '{"a"}', "{1:1}", "{,}", '{"a":}', '{"a":1 "b":2}', '{a:1}', '{"a",1}'),
            *("/* */ 1", "1 // no", "# 1", "<a>", "[1]]", "", "\u2028", "\xa01", "\ufeff1"),
        ],
    )  # fmt: skip
    def test_what_the_grammar_refuses(self, text: str) -> None:
        """One of each kind that parsers are known to let through."""
        assert refusal(with_value(text)).startswith(("is not valid JSON: ", "is not a catalogue: "))

    @pytest.mark.parametrize(
        "text",
        [
            "0",
            "-0",
            "1e5",
            "1E+5",
            "1.5e-400",
            '"\\ud83d\\ude00 \\/ \\u0000"',
            '"\u2028"',
            "[[]]",
            "{}",
            " [ ] ",
            '{"": 1}',
        ],
    )
    def test_what_the_grammar_takes(self, text: str) -> None:
        read(with_value(text))

    @pytest.mark.parametrize("data", [b"", b" ", b"\n\t " * 1000])
    def test_empty(self, data: bytes) -> None:
        assert refusal(data) == "is empty"

    @pytest.mark.parametrize(
        "data", [b"{'a': 1}", b'{"a": 1,}', b"{a: 1}", b'{"a": "\x1b"}', b"// no\n{}", b"[1 2]", b"{" * 3]
    )
    def test_almost_json(self, data: bytes) -> None:
        assert refusal(data).startswith("is not valid JSON: ")


class TestNoCatalogue:
    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"<!doctype html><html><body>Sign in</body></html>", "is not a catalogue but a page of HTML or XML"),
            (b"\n  <?xml version='1.0'?>", "is not a catalogue but a page of HTML or XML"),
            (b"{}", "is not a catalogue of models.dev: no provider with models in it (found an empty object)"),
            (b"[]", "is not a catalogue of models.dev: no provider with models in it (found a list)"),
            (b"[" + GOOD + b"]", "is not a catalogue of models.dev: no provider with models in it (found a list)"),
            (b"null", "is not a catalogue of models.dev: no provider with models in it (found null)"),
            (b'"ok"', "is not a catalogue of models.dev: no provider with models in it (found text)"),
            (b"12", "is not a catalogue of models.dev: no provider with models in it (found a number)"),
            (
                b'{"error": {"message": "rate limited"}}',
                "is not a catalogue of models.dev: no provider with models in it (found the keys 'error')",
            ),
            (
                b'{"error": "no", "models": {"m": 1}}',
                "is not a catalogue of models.dev: no provider with models in it (found the keys 'error', 'models')",
            ),
            (
                b'{"a": {"models": {}}, "b": {"models": ["m"]}}',
                "is not a catalogue of models.dev: no provider with models in it (found the keys 'a', 'b')",
            ),
        ],
    )
    def test_is_refused(self, data: bytes, said: str) -> None:
        assert refusal(data) == said

    def test_hostile_names_stay_on_one_line(self) -> None:
        with pytest.raises(SourceError) as caught:
            read(b'{"\\u001b[31m\\nx": 1, "' + b"y" * 100_000 + b'": 2}', "a\nb\x1b[2J")
        assert str(caught.value).startswith(r"a\nb\x1b[2J: ")
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 300


def child(build: str) -> tuple[str, float]:
    """What a fresh process says of the data that the expression `build` makes, and its peak of memory in MB."""
    code = f"""
        import httpx  # what a pull holds besides
        from llm_models.transforms import read
        data = {build}
        try:
            said = str(read(data, "up.json", "models_dev")[1])
        except Exception as error:
            said = f"{{type(error).__name__}} {{error}}"
        print(peak(), said)
    """
    done = python(PEAK + textwrap.dedent(code))
    peak, said = done.out.split(" ", 1)
    return said.strip(), float(peak) / (1 << 20)


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
class TestBounds:
    """Whatever 32 MiB hold, the process stays under 300 MB."""

    @pytest.mark.parametrize(
        ("build", "said"),
        [
            ("b'[' + b'[],' * ((32 << 20) // 3 - 1) + b'1]'", "has more than 500,000 values"),
            ("b'{' + b'\"a\":{},' * ((32 << 20) // 7 - 1) + b'\"b\":1}'", "has more than 500,000 values"),
            ("b'[' * (32 << 20)", "has more than 500,000 values"),
            ("b'{' + b','.join(b'\"k%024d\":\"v%024d\"' % (i, i) for i in range(490_000)) + b'}'", "no provider"),
            ("('{\"a\":\"\U0001f600' + 'x' * (17 << 20) + '\"}').encode()", "its text takes more than"),
            ("('{\"a\":\"\u2014' + 'x' * ((32 << 20) - 20) + '\\\\n\"}').encode()", "no provider"),
            ("('{\"a\":\"\u2014' + 'x' * ((32 << 20) - 20) + '\\\\ud800\"}').encode()", "half a surrogate pair"),
            ("b'[' + b'9' * ((32 << 20) - 2) + b']'", "characters long"),
            ("b' ' * (32 << 20)", "is empty"),
            ("b' ' * ((32 << 20) + 1)", "is too long (found 33,554,433 bytes, expected at most 33,554,432)"),
        ],
    )
    def test_memory(self, build: str, said: str) -> None:
        answer, peak = child(build)
        assert said in answer
        assert answer.startswith("SourceError up.json: ")
        assert peak < 300

    @pytest.mark.parametrize(
        ("limit", "value", "said"),
        [
            ("MAX_VALUES", 3, "it has more than 3 values"),
            ("MAX_BYTES", 50, f"found {len(GOOD)} bytes, expected at most 50"),
            ("MAX_TEXT", 50, "its text takes more than 50 bytes of memory"),
            ("MAX_DIGITS", 2, "a number is 3 characters long"),
            ("MAX_DEPTH", 3, "is not a catalogue: nested more than"),
        ],
    )
    def test_each_limit_is_asked(self, limit: str, value: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(upstream, limit, value)
        assert said in refusal(GOOD)

    def test_a_catalogue_three_times_the_real_one_fits(self) -> None:
        model = '{"id": "m", "name": "M — 1", "cost": {"input": 0.5, "output": 1}, "tags": [1, 2], "x": {"a": "b"}}'
        models = ", ".join(f'"vendor/model-{n}": {model}' for n in range(30_000))
        data = f'{{"acme": {{"models": {{{models}}}}}}}'.encode()
        assert transforms.read(data, "up.json", "models_dev")[1] == {"providers": 1, "models": 30_000}
