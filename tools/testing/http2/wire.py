"""A client of HTTP/2 that sends whatever bytes it is told to, and reads what comes with hyperframe and hpack."""
import socket
import struct

import hpack
from hyperframe import frame as frames

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, WITH_PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
NO_ERROR, PROTOCOL, INTERNAL, FLOW_CONTROL, SETTINGS_TIMEOUT, STREAM_CLOSED, FRAME_SIZE, REFUSED, CANCEL, COMPRESSION = range(10)
CALM = 0xB
SECONDS = 3


class Wrong(Exception):
    """The server did not do what the RFC says."""


def frame(kind, flags, stream, payload=b""):
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack("!HI", *pair) for pair in pairs))


class Client:
    """One connection. Sends its preface unless told not to."""

    def __init__(self, address, first=PREFACE + settings()):
        self.socket = socket.create_connection(address, SECONDS)
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.bytes, self.seen, self.is_closed = b"", [], False
        if first:
            self.send(first)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *pieces):
        try:
            self.socket.sendall(b"".join(pieces))
        except OSError:
            pass  # the server may be gone already; what it said is still to be read

    def block(self, *changes, method="GET", path="/healthz", leave_out=()):
        """An encoded field section; `changes` are put behind the usual fields."""
        fields = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "gateway.example")]
        return self.encoder.encode([field for field in fields if field[0] not in leave_out] + list(changes))

    def get(self, stream=1, *changes, flags=END_STREAM | END_HEADERS, **more):
        return frame(HEADERS, flags, stream, self.block(*changes, **more))

    def post(self, stream=1, *changes, **more):
        return self.get(stream, *changes, flags=END_HEADERS, method="POST", path="/user/login", **more)

    def next(self):
        """The next frame; None when the server has closed. Raises TimeoutError when it is silent."""
        while True:
            if len(self.bytes) >= 9:
                head, length = frames.Frame.parse_frame_header(memoryview(self.bytes[:9]))
                if len(self.bytes) >= 9 + length:
                    head.parse_body(memoryview(self.bytes[9:9 + length]))
                    self.bytes = self.bytes[9 + length:]
                    self.seen.append(head)
                    return head
            try:
                piece = self.socket.recv(65_536)
            except ConnectionError:
                piece = b""
            if not piece:
                self.is_closed = True
                return None
            self.bytes += piece

    def until(self, is_wanted, what):
        """The first frame that `is_wanted`; all frames before it stay in `seen`."""
        try:
            while (got := self.next()) is not None:
                if is_wanted(got):
                    return got
        except TimeoutError:
            pass
        end = "the server closed" if self.is_closed else "nothing more came"
        raise Wrong(f"{what} was wanted; {end} after {[type(one).__name__ for one in self.seen]}")

    def status(self, stream=1):
        """That of the answer; its body is left to be read."""
        head = self.until(lambda one: isinstance(one, frames.HeadersFrame) and one.stream_id == stream, f"an answer on {stream}")
        return int(dict(self.decoder.decode(head.data))[":status"])

    def answers(self, stream=1, wanted=200):
        got = self.status(stream)
        if got != wanted:
            raise Wrong(f"the status is {got}, not {wanted}")

    def acknowledges(self, data=b"12345678"):
        """It is alive: a PING comes back."""
        self.send(frame(PING, 0, 0, data))
        return self.until(lambda one: isinstance(one, frames.PingFrame) and "ACK" in one.flags and one.opaque_data == data, "a PING's answer")

    def breaks(self, *codes):
        """The connection ends: GOAWAY with one of these codes, or no more than its end."""
        try:
            while (got := self.next()) is not None:
                if isinstance(got, frames.GoAwayFrame) and got.error_code != NO_ERROR:
                    if got.error_code not in codes:
                        raise Wrong(f"GOAWAY says {got.error_code}, not {codes}")
                    return
        except TimeoutError:
            raise Wrong(f"the connection goes on after {[type(one).__name__ for one in self.seen]}") from None

    def refuses(self, stream, *codes):
        """The stream ends: RST_STREAM with one of these codes, or the whole connection as in `breaks`."""
        try:
            while (got := self.next()) is not None:
                if isinstance(got, frames.RstStreamFrame) and got.stream_id == stream or \
                        isinstance(got, frames.GoAwayFrame) and got.error_code != NO_ERROR:
                    if got.error_code not in codes:
                        raise Wrong(f"{type(got).__name__} says {got.error_code}, not {codes}")
                    return
                if isinstance(got, frames.HeadersFrame) and got.stream_id == stream:
                    status = int(dict(self.decoder.decode(got.data))[":status"])
                    if 400 <= status < 500:
                        return  # RFC 9113 section 8.1.1: a server may answer before it ends the stream
                    raise Wrong(f"it was answered with {status}")
        except TimeoutError:
            raise Wrong(f"the stream goes on after {[type(one).__name__ for one in self.seen]}") from None

    def tells_closed(self, stream):
        """STREAM_CLOSED for the stream or the connection, or the end; answers may come before."""
        try:
            while (got := self.next()) is not None:
                if isinstance(got, frames.GoAwayFrame) or isinstance(got, frames.RstStreamFrame) and got.stream_id == stream:
                    if got.error_code not in (STREAM_CLOSED, PROTOCOL):
                        raise Wrong(f"{type(got).__name__} says {got.error_code}")
                    return
        except TimeoutError:
            raise Wrong("nothing was said of a frame of a closed stream") from None

    def data(self, stream, count):
        """Reads until so many bytes of the answer's body have come; the sizes of its DATA frames."""
        sizes = []
        while sum(sizes) < count:
            got = self.until(lambda one: isinstance(one, frames.DataFrame) and one.stream_id == stream, f"DATA of {stream}")
            sizes.append(len(got.data))
        return sizes

    def is_silent(self, seconds=0.3):
        """Whether nothing comes."""
        self.socket.settimeout(seconds)
        try:
            return self.next() is None
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(SECONDS)
