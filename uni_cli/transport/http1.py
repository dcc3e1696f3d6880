"""HTTP/1.1 (RFC 9112) as bytes: a request written, and answers read as they come.

Only what a client that sends one request after the other needs, and strict: an answer whose end is not certain is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx

from uni_cli.transport.calls import Unsendable, joined

HEAD_LIMIT = 1 << 18
WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
NAMES = re.compile(WORD)
TARGET = re.compile(r"[\x21-\x7e]+")
# Lines may end without a carriage return, which RFC 9112 2.2 allows whoever reads.
HEAD_END = re.compile(rb"\r?\n\r?\n")
TEXT = r"[\t\x20-\x7e\x80-\xff]*"
HEAD = re.compile(rf"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: {TEXT})?((?:\r?\n{WORD}:{TEXT})*)")
FIELD = re.compile(rf"({WORD}):[ \t]*([^\r\n]*)")
FOLD = re.compile(r"[ \t]*\r?\n[ \t]+")
CHUNK = re.compile(rf"([0-9A-Fa-f]{{1,16}})[ \t]*(?:;{TEXT})?\r\n".encode("latin-1"))
TRAILER = re.compile(rf"{WORD}:{TEXT}\r?\n".encode("latin-1"))
CHUNK_LINE_LIMIT = 1 << 14
# No body follows these, whatever their headers say.
BARE = frozenset({204, 304})


class Garbled(httpx.RemoteProtocolError):
    """What came is not HTTP, or does not say where it ends. In httpx's words, as all that goes wrong on a line."""


def written(method: str, target: str, headers: Mapping[str, str], content: bytes | None) -> bytes:
    """A request as bytes, `headers` with the host among them. Raises Unsendable where it cannot be one."""
    if content is not None or method != "GET":
        headers = {**headers, "content-length": str(len(content or b""))}
    values = "".join(headers.values())
    names_hold = all(headers) and NAMES.fullmatch("".join(headers))
    if not (method.isalpha() and TARGET.fullmatch(target) and names_hold and values.isascii() and values.isprintable()):
        # What is wrong is not quoted: it may be a key.
        raise Unsendable("HTTP does not allow such an address or header")
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + (content or b"")


class Reader:
    """Takes what a connection brings; gives the head of each answer, then its body, block by block."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._looked = 0
        self._ended = False
        self.status = 0
        self.headers: dict[str, str] = {}
        # How much of the body, or of its present chunk, is to come; None where only the end of the connection tells.
        self._left: int | None = 0
        self._in_chunks = False
        # Between chunks: a line end is due; only trailers are to come, so many bytes of them so far.
        self._line_is_due = False
        self._trailers: int | None = None
        self._is_over = True
        # May another answer come on this connection?
        self.keeps = True

    def feed(self, data: bytes) -> None:
        self._held += data

    def end(self) -> None:
        """The other side has said all; what it said so far may be a whole answer."""
        self._ended = True

    @property
    def is_clean(self) -> bool:
        """Nothing has come that belongs to no answer asked for."""
        return not self._held

    @property
    def is_over(self) -> bool:
        """The answer is read to its end."""
        return self._is_over

    def head(self) -> bool:
        """Is the head of an answer there? Then `status` and `headers` are its own. Raises Garbled."""
        while (text := self._head()) is not None:
            if self._open(text):
                return True
        return False

    def _head(self) -> str | None:
        found = HEAD_END.search(self._held, self._looked)
        if (found.start() if found else len(self._held)) > HEAD_LIMIT:
            raise Garbled("the head of the answer has no end")
        if not found:
            self._looked = max(0, len(self._held) - 3)
            return None
        text = self._held[: found.start()].decode("latin-1")
        del self._held[: found.end()]
        self._looked = 0
        return text

    def _open(self, text: str) -> bool:
        """Is it the answer itself, and not news on the way to it?"""
        head = HEAD.fullmatch(text) or HEAD.fullmatch(_unfolded(text))
        if not head:
            raise Garbled("the answer is not HTTP")
        version, status, lines = head.groups()
        self.status = int(status)
        if self.status == 101:
            raise Garbled("the host speaks another protocol than it was asked for")
        if self.status < 200:
            return False
        self.headers = joined(FIELD.findall(lines))
        self._frame(is_new=version == "1")
        return True

    def _frame(self, *, is_new: bool) -> None:
        """Where the body ends (RFC 9112 6.3)."""
        coding, length = self.headers.get("transfer-encoding"), self.headers.get("content-length")
        connection = self.headers.get("connection")
        self.keeps = is_new and (connection is None or "close" not in _words(connection))
        self._is_over, self._in_chunks, self._left = False, False, 0
        self._line_is_due, self._trailers = False, None
        if self.status in BARE:
            self._is_over = True
        elif coding is not None:
            if coding.lower() != "chunked":
                raise Garbled("the answer comes in an unknown transfer encoding")
            # Who says both has mixed up two answers, or wants us to.
            self.keeps = self.keeps and length is None
            self._in_chunks = True
        elif length is not None:
            # Whoever joins two headers into one may say the same twice.
            said = {length} if length.isdecimal() else _words(length)
            if len(said) != 1 or not (one := said.pop()).isdecimal() or not one.isascii() or len(one) > 18:
                raise Garbled("the answer does not say how long it is")
            self._left = int(one)
            self._is_over = self._left == 0
        else:
            self._left, self.keeps = None, False

    def block(self) -> bytes | None:
        """The next of the body that is there, None where more must come first; nothing at its end. Raises Garbled."""
        if self._is_over:
            return b""
        if self._in_chunks and not self._left and not self._next_chunk():
            return b"" if self._is_over else None
        if not self._held:
            if self._ended and self._left is None:
                self._is_over = True
                return b""
            return None
        if self._left is None or len(self._held) <= self._left:
            data, self._held = bytes(self._held), bytearray()
        else:
            data = bytes(self._held[: self._left])
            del self._held[: self._left]
        if self._left is not None:
            self._left -= len(data)
            self._is_over = not self._left and not self._in_chunks
        return data

    def _next_chunk(self) -> bool:
        """Is there a further chunk, of which some may be there already?"""
        while (line := self._line()) is not None:
            if self._trailers is not None:
                self._trailers += len(line)
                if not line.strip(b"\r\n"):
                    self._is_over = True
                    return False
                if self._trailers > HEAD_LIMIT or not TRAILER.fullmatch(line):
                    break
            elif self._line_is_due:
                if line != b"\r\n":
                    break
                self._line_is_due = False
            elif not (said := CHUNK.fullmatch(line)):
                break
            elif size := int(said[1], 16):
                self._left, self._line_is_due = size, True
                return True
            else:
                self._trailers = 0
        else:
            return False
        raise Garbled("the parts of the answer do not follow each other")

    def _line(self) -> bytes | None:
        end = self._held.find(b"\n") + 1
        if (end or len(self._held)) > CHUNK_LINE_LIMIT:
            raise Garbled("a line between the parts of the answer has no end")
        line = bytes(self._held[:end])
        del self._held[:end]
        return line or None


def _unfolded(text: str) -> str:
    """A head with each header on one line; what stands folded below the first line belongs to none."""
    first, end, lines = text.partition("\n")
    return "" if lines[:1] in " \t" else first + end + FOLD.sub(" ", lines)


def _words(text: str) -> set[str]:
    return {word.strip(" \t").lower() for word in text.split(",")}
