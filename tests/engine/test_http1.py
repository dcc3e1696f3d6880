"""What is read off a connection, against h11, which reads the same bytes: an answer, its end, and what is none."""

from __future__ import annotations

from itertools import pairwise

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uni_cli.transport.calls import Unsendable, joined
from uni_cli.transport.http1 import HEAD_LIMIT, Garbled, Reader, written

Read = tuple[int, dict[str, str], bytes] | str
BROKEN, MORE = "broken", "more"


def pieces(said: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(said), *(cut % (len(said) + 1) for cut in cuts)})
    return [said[a:b] for a, b in pairwise(edges)]


def _told(headers: dict[str, str]) -> dict[str, str]:
    """h11 writes some words of its own in small letters."""
    return {name: value.lower() if name == "transfer-encoding" else value for name, value in headers.items()}


def by_us(parts: list[bytes]) -> Read:
    """Status, headers and body of the first answer; or what is wrong with it."""
    reader, body, headed = Reader(), bytearray(), False
    try:
        for part in [*parts, None]:
            reader.end() if part is None else reader.feed(part)
            headed = headed or reader.head()
            while headed and (block := reader.block()) is not None:
                if not block:
                    return reader.status, _told(reader.headers), bytes(body)
                body += block
    except Garbled:
        return BROKEN
    return MORE


def by_h11(parts: list[bytes]) -> Read:
    talk, body = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_LIMIT), bytearray()
    talk.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
    talk.send(h11.EndOfMessage())
    head = None
    try:
        for part in [*parts, b""]:
            talk.receive_data(part)
            while (event := talk.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.Response):
                    head = event
                elif isinstance(event, h11.Data):
                    body += bytes(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    assert head is not None
                    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
                    return head.status_code, _told(joined(headers)), bytes(body)
    except h11.RemoteProtocolError:
        return BROKEN
    return MORE


NAME = st.sampled_from(["Server", "x-a", "X-Ratelimit-Limit", "content-type", "Connection", "Set-Cookie", "x~!#$%&'*+"])
VALUE = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20).map(str.strip)
HEADERS = st.lists(st.tuples(NAME, VALUE), max_size=6)
BLOCKS = st.lists(st.binary(min_size=1, max_size=40), max_size=5)
END = st.sampled_from(["\r\n", "\r\n", "\r\n", "\n"])


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """An answer as a host may say it, and its body."""
    end, body = draw(END), b"".join(blocks := draw(BLOCKS))
    lines = [f"{name}:{draw(st.sampled_from([' ', '', '  ', chr(9)]))}{value}" for name, value in draw(HEADERS)]
    kind = draw(st.sampled_from(["length", "chunks", "end", "bare"]))
    status = draw(st.sampled_from([204, 304])) if kind == "bare" else draw(st.sampled_from([200, 206, 404, 429, 500]))
    said = b""
    if kind == "length":
        lines.append(f"Content-Length: {len(body)}")
        said = body
    elif kind == "chunks":
        lines.append("Transfer-Encoding: chunked")
        more = draw(st.sampled_from([b"", b";name=value"]))
        said = b"".join(b"%x%b\r\n%b\r\n" % (len(block), more, block) for block in blocks)
        said += b"0\r\n" + draw(st.sampled_from([b"", b"x-sum: 1\r\n"])) + b"\r\n"
    elif kind == "end":
        said = body
    lines = draw(st.permutations(lines))
    version = draw(st.sampled_from(["1.1", "1.1", "1.0"]))
    before = draw(st.sampled_from(["", "", f"HTTP/1.1 100 Continue{end}{end}"]))
    head = (
        before + end.join([f"HTTP/{version} {status} {draw(st.sampled_from(['OK', '', 'No way']))}", *lines]) + end * 2
    )
    return head.encode("latin-1") + said, b"" if kind == "bare" else body


@settings(max_examples=300, deadline=None)
@given(answers(), st.lists(st.integers(0, 10_000), max_size=6))
def test_an_answer_is_read_as_h11_reads_it(answer: tuple[bytes, bytes], cuts: list[int]) -> None:
    said, body = answer
    ours = by_us(pieces(said, cuts))
    assert ours == by_h11(pieces(said, cuts))
    assert isinstance(ours, tuple)
    assert ours[2] == body


@settings(max_examples=300, deadline=None)
@given(answers(), st.integers(0, 10_000))
def test_half_an_answer_is_none(answer: tuple[bytes, bytes], cut: int) -> None:
    said = answer[0]
    part = said[: cut % (len(said) + 1)]
    ours, theirs = by_us([part] if part else []), by_h11([part] if part else [])
    assert isinstance(ours, tuple) == isinstance(theirs, tuple)
    if isinstance(ours, tuple):
        assert ours == theirs


@settings(max_examples=300, deadline=None)
@given(answers(), st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
def test_what_we_take_for_an_answer_h11_takes_for_the_same(answer: tuple[bytes, bytes], at: int, noise: bytes) -> None:
    """Noise anywhere in it. We may refuse what h11 still reads, and never the other way round."""
    said, place = answer[0], at % (len(answer[0]) + 1)
    spoiled = said[:place] + noise + said[place + len(noise) :]
    ours, theirs = by_us([spoiled]), by_h11([spoiled])
    if isinstance(ours, tuple):
        assert theirs == ours


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "said",
    [
        OK + b"content-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        OK + b"content-length: +5\r\n\r\nabcde",
        OK + b"content-length: -1\r\n\r\n",
        OK + "content-length: ²\r\n\r\nab".encode("latin-1"),
        OK + b"content-length: 9999999999999999999999\r\n\r\n",
        OK + b"content-length:\r\n\r\n",
        OK + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n-1\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\nx\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n2;" + b"x" * 20_000,
        OK + b"transfer-encoding: chunked\r\n\r\n0\r\n" + b"x: y\r\n" * 50_000,
        OK + b"a name: b\r\n\r\n",
        OK + b"name : b\r\n\r\n",
        OK + b": b\r\n\r\n",
        OK + b"a: b\rc\r\n\r\n",
        OK + b"a: b\0\r\n\r\n",
        OK + b"a: " + b"b" * HEAD_LIMIT,
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
        b"HTTP/1.1 99 No\r\n\r\n",
        b"HTTP/1.1 2000 No\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"\x16\x03\x01\x02\r\n\r\n",
    ],
)
def test_what_has_no_certain_end_is_no_answer(said: bytes) -> None:
    assert by_us([said]) == BROKEN


def test_long_lines_folded_and_headers_said_twice() -> None:
    said = OK + b"x-a: one\r\n  two\r\nx-a: three\r\ncontent-length: 2, 2\r\n\r\nok"
    assert by_us([said]) == (200, {"x-a": "one two, three", "content-length": "2, 2"}, b"ok")


@pytest.mark.parametrize(
    ("lines", "body", "keeps"),
    [
        (b"content-length: 2\r\n", b"ok", True),
        (b"content-length: 2\r\nconnection: Keep-Alive, CLOSE\r\n", b"ok", False),
        (b"transfer-encoding: Chunked\r\n", b"2\r\nok\r\n0\r\n\r\n", True),
        (b"transfer-encoding: chunked\r\ncontent-length: 2\r\n", b"2\r\nok\r\n0\r\n\r\n", False),
    ],
)
def test_a_connection_is_kept_where_the_next_answer_cannot_be_mixed_up(lines: bytes, body: bytes, keeps: bool) -> None:
    reader = Reader()
    for _ in range(2):
        reader.feed(OK + lines + b"\r\n" + body)
        assert reader.head()
        assert reader.block() == b"ok"
        assert reader.block() == b""
        assert (reader.is_over, reader.is_clean, reader.keeps) == (True, True, keeps)


@settings(deadline=None)
@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_a_request_is_one_request_or_none(target: str, name: str, value: str) -> None:
    try:
        sent = written("POST", target, {"host": "x", name: value}, b"{}")
    except Unsendable as error:
        assert str(error) == "HTTP does not allow such an address or header"  # noqa: PT017  (no value: it may be a key)
        return
    talk = h11.Connection(h11.SERVER)
    talk.receive_data(sent)
    asked = talk.next_event()
    assert isinstance(asked, h11.Request)
    assert (asked.target.decode(), len(asked.headers)) == (target, 2 if name.lower() == "host" else 3)
    assert talk.next_event() == h11.Data(data=b"{}")
    assert talk.next_event() == h11.EndOfMessage()
