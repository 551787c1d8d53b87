"""Frames, streams, settings, flow control: RFC 9113 sections 3 to 7. Each case gets a function that connects."""
import struct

from hyperframe import frame as frames

from wire import (CALM, CANCEL, COMPRESSION, CONTINUATION, DATA, END_HEADERS, END_STREAM, FLOW_CONTROL, FRAME_SIZE, GOAWAY, HEADERS, PADDED,
                  PING, PREFACE, PRIORITY, PROTOCOL, PUSH_PROMISE, REFUSED, RST_STREAM, SETTINGS, ACK, STREAM_CLOSED, WINDOW_UPDATE,
                  Wrong, frame, settings)

ALL = {}
HEADER_TABLE, ENABLE_PUSH, STREAMS_MAX, WINDOW, FRAME_MAX = 1, 2, 3, 4, 5
MAX = 2**31 - 1
BODY = b'{"x":1}'


def number(value):
    return struct.pack("!I", value)


def rule(name):
    def keep(case):
        ALL[name] = case
        return case
    return keep


def breaking(name, make, *codes):
    """After what `make` sends the connection must end, with one of the codes."""
    @rule(name)
    def _(connect):
        with connect() as client:
            client.send(*make(client))
            client.breaks(*codes)


def refusing(name, make, *codes):
    """After what `make` sends stream 1 must end with one of the codes, or the connection."""
    @rule(name)
    def _(connect):
        with connect() as client:
            client.send(*make(client))
            client.refuses(1, *codes)


def passing(name, make, stream=1, wanted=200):
    """After what `make` sends the stream is answered, and the connection goes on."""
    @rule(name)
    def _(connect):
        with connect() as client:
            client.send(*make(client))
            client.answers(stream, wanted)
            client.acknowledges()


def closing(name, make):
    """After what `make` sends stream 1 is said to be closed."""
    @rule(name)
    def _(connect):
        with connect() as client:
            client.send(*make(client))
            client.tells_closed(1)


# Section 3: starting.
@rule("3.4 a preface is answered with SETTINGS, and with their ACK")
def _(connect):
    with connect() as client:
        if not isinstance(client.next(), frames.SettingsFrame):
            raise Wrong("the first frame is none of SETTINGS")
        client.until(lambda one: isinstance(one, frames.SettingsFrame) and "ACK" in one.flags, "an ACK of SETTINGS")


@rule("3.4 a preface that is none is no HTTP/2")
def _(connect):
    with connect(b"INVALID CONNECTION PREFACE\r\n\r\n") as client:
        if not client.socket.recv(4096).startswith(b"HTTP/1.1 4"):
            raise Wrong("it was not refused as a bad request")


@rule("3.4 a preface is followed by SETTINGS and nothing else")
def _(connect):
    with connect(PREFACE + frame(PING, 0, 0, b"12345678")) as client:
        client.breaks(PROTOCOL)


# Section 4: frames.
passing("4.1 a type that nobody knows is ignored", lambda c: [frame(0x16, 0, 0, b"12345678"), c.get()])
passing("4.1 flags that nobody knows are ignored", lambda c: [frame(PING, 0x16, 0, b"12345678"), c.get()])
passing("4.1 the reserved bit is ignored", lambda c: [frame(PING, 0, 1 << 31, b"12345678"), c.get()])
passing("4.2 a frame of 16,384 bytes is taken", lambda c: [c.post(), frame(DATA, END_STREAM, 1, b"x" * 16_384)], wanted=400)
refusing("4.2 a larger DATA frame is too large", lambda c: [c.post(), frame(DATA, END_STREAM, 1, b"x" * 16_385)], FRAME_SIZE)
breaking("4.2 a larger HEADERS frame is too large", lambda c: [c.get(1, *[(f"x-{n}", "x~" * 900) for n in range(20)])], FRAME_SIZE)
breaking("4.3 what is no field section cannot be read", lambda _: [frame(HEADERS, END_STREAM | END_HEADERS, 1, b"\x40" + b"\xff" * 8)],
         COMPRESSION)
breaking("4.3 PRIORITY does not stand within a field section",
         lambda c: [c.get(1, flags=END_STREAM), frame(PRIORITY, 0, 1, number(3) + b"\xff"), frame(CONTINUATION, END_HEADERS, 1)], PROTOCOL)
breaking("4.3 HEADERS of another stream do not stand within a field section", lambda c: [c.get(1, flags=END_STREAM), c.get(3)], PROTOCOL)
breaking("4.3 a type that nobody knows does not stand within a field section",
         lambda c: [c.get(1, flags=END_STREAM), frame(0x16, 0, 1, b"12345678")], PROTOCOL)


# Section 5: streams.
breaking("5.1 an idle stream takes no DATA", lambda _: [frame(DATA, END_STREAM, 1, b"x")], PROTOCOL)
breaking("5.1 an idle stream takes no RST_STREAM", lambda _: [frame(RST_STREAM, 0, 1, number(CANCEL))], PROTOCOL)
breaking("5.1 an idle stream takes no WINDOW_UPDATE", lambda _: [frame(WINDOW_UPDATE, 0, 1, number(100))], PROTOCOL)
breaking("5.1 an idle stream takes no CONTINUATION", lambda _: [frame(CONTINUATION, END_HEADERS, 1, b"\x88")], PROTOCOL)
closing("5.1 a request that has ended takes no DATA", lambda c: [c.get(), frame(DATA, END_STREAM, 1, b"x")])
closing("5.1 a request that has ended takes no HEADERS", lambda c: [c.get(), c.get()])
breaking("5.1 a request that has ended takes no CONTINUATION", lambda c: [c.get(), frame(CONTINUATION, END_HEADERS, 1, b"\x88")],
         STREAM_CLOSED, PROTOCOL)


def after_the_end(name, make, begin):
    """Frames of a stream that is closed on both sides: told, or ignored without getting out of step."""
    @rule(name)
    def _(connect):
        with connect() as client:
            begin(client)
            client.send(make(client), frame(PING, 0, 0, b"12345678"))
            client.until(lambda one: isinstance(one, frames.PingFrame) or isinstance(one, frames.GoAwayFrame) and one.error_code in
                         (STREAM_CLOSED, PROTOCOL), "a PING's answer or GOAWAY")


def reset_it(client):
    client.send(client.post(), frame(RST_STREAM, 0, 1, number(CANCEL)))


def end_it(client):
    client.send(client.get())
    client.answers()
    client.acknowledges(b"87654321")


for state, begin in {"reset": reset_it, "closed": end_it}.items():
    after_the_end(f"5.1 DATA of a stream that is {state}", lambda _: frame(DATA, END_STREAM, 1, b"x"), begin)
    after_the_end(f"5.1 HEADERS of a stream that is {state}", lambda c: c.get(), begin)
    after_the_end(f"5.1 WINDOW_UPDATE of a stream that is {state}", lambda _: frame(WINDOW_UPDATE, 0, 1, number(1)), begin)
    after_the_end(f"5.1 PRIORITY of a stream that is {state}", lambda _: frame(PRIORITY, 0, 1, number(0) + b"\xff"), begin)

    @rule(f"5.1 CONTINUATION of a stream that is {state}")
    def _(connect, begin=begin):
        with connect() as client:
            begin(client)
            client.send(frame(CONTINUATION, END_HEADERS, 1, b"\x88"))
            client.breaks(STREAM_CLOSED, PROTOCOL)

breaking("5.1.1 clients have odd streams", lambda c: [c.get(2)], PROTOCOL)
breaking("5.1.1 numbers of streams grow", lambda c: [c.get(5), c.get(3)], PROTOCOL, STREAM_CLOSED)


@rule("5.1.2 no more streams are taken than were offered")
def _(connect):
    with connect() as client:
        offered = client.until(lambda one: isinstance(one, frames.SettingsFrame), "SETTINGS").settings.get(STREAMS_MAX)
        client.send(settings((WINDOW, 0)), *[client.get(1 + 2 * n) for n in range(offered + 1)])
        client.until(lambda one: isinstance(one, frames.RstStreamFrame) and one.error_code in (PROTOCOL, REFUSED) or
                     isinstance(one, frames.GoAwayFrame) and one.error_code in (PROTOCOL, CALM), "a refusal")


passing("5.5 an unknown type on a stream is ignored", lambda c: [c.get(1, flags=END_HEADERS), frame(0x16, 0, 1, b"x"), frame(DATA, END_STREAM, 1)])

# Section 6: each type.
breaking("6.1 DATA needs a stream", lambda _: [frame(DATA, 0, 0, b"x")], PROTOCOL)
breaking("6.1 padding is shorter than its DATA", lambda c: [c.post(), frame(DATA, PADDED | END_STREAM, 1, b"\x06test")], PROTOCOL)
passing("6.1 padded DATA is data", lambda c: [c.post(), frame(DATA, PADDED | END_STREAM, 1, b"\x02" + BODY + b"\0\0")], wanted=422)
breaking("6.2 HEADERS need a stream", lambda c: [c.get(0)], PROTOCOL)
breaking("6.2 padding is shorter than its HEADERS", lambda c: [frame(HEADERS, PADDED | END_STREAM | END_HEADERS, 1, b"\xff" + c.block())], PROTOCOL)
passing("6.2 padded HEADERS are headers", lambda c: [frame(HEADERS, PADDED | END_STREAM | END_HEADERS, 1, b"\x03" + c.block() + b"\0\0\0")])
passing("6.2 HEADERS with a priority are headers", lambda c: [frame(HEADERS, 0x20 | END_STREAM | END_HEADERS, 1, number(0) + b"\x0f" + c.block())])
breaking("6.3 PRIORITY needs a stream", lambda _: [frame(PRIORITY, 0, 0, number(0) + b"\xff")], PROTOCOL)
refusing("6.3 PRIORITY has five bytes", lambda c: [c.get(1, flags=END_HEADERS), frame(PRIORITY, 0, 1, b"\0\0\0\x01")], FRAME_SIZE)
passing("6.3 PRIORITY of an idle stream means nothing", lambda c: [frame(PRIORITY, 0, 9, number(0) + b"\xff"), c.get()])
breaking("6.4 RST_STREAM needs a stream", lambda _: [frame(RST_STREAM, 0, 0, number(CANCEL))], PROTOCOL)
breaking("6.4 RST_STREAM has four bytes", lambda c: [c.post(), frame(RST_STREAM, 0, 1, b"\0\0\0")], FRAME_SIZE)
breaking("6.5 an ACK of SETTINGS is empty", lambda _: [frame(SETTINGS, ACK, 0, b"\0")], FRAME_SIZE)
breaking("6.5 SETTINGS have no stream", lambda _: [frame(SETTINGS, 0, 1, b"\0\x03\0\0\0\x64")], PROTOCOL)
breaking("6.5 SETTINGS have six bytes each", lambda _: [frame(SETTINGS, 0, 0, b"\0\x03\0")], FRAME_SIZE)
breaking("6.5.2 ENABLE_PUSH is 0 or 1", lambda _: [settings((ENABLE_PUSH, 2))], PROTOCOL)
breaking("6.5.2 a window has 31 bits", lambda _: [settings((WINDOW, MAX + 1))], FLOW_CONTROL)
breaking("6.5.2 the largest frame is no smaller than 16,384", lambda _: [settings((FRAME_MAX, 16_383))], PROTOCOL)
breaking("6.5.2 the largest frame has 24 bits", lambda _: [settings((FRAME_MAX, 1 << 24))], PROTOCOL)
passing("6.5.2 settings that nobody knows are ignored", lambda c: [settings((0xFF, 1)), c.get()])
breaking("6.6 clients do not push", lambda c: [c.post(), frame(PUSH_PROMISE, END_HEADERS, 1, number(2) + c.block())], PROTOCOL)


@rule("6.5.3 the last of two values of one setting counts")
def _(connect):
    with connect() as client:
        client.send(settings((WINDOW, 100), (WINDOW, 1)), client.get())
        client.answers()
        if client.data(1, 1) != [1]:
            raise Wrong("more than one byte came")


@rule("6.7 a PING comes back with what it brought")
def _(connect):
    with connect() as client:
        client.acknowledges(b"\0\xffloquat")


passing("6.7 an ACK of no PING is ignored", lambda c: [frame(PING, ACK, 0, b"invalid!"), c.get()])
breaking("6.7 PING has no stream", lambda _: [frame(PING, 0, 1, b"12345678")], PROTOCOL)
breaking("6.7 PING has eight bytes", lambda _: [frame(PING, 0, 0, b"1234567")], FRAME_SIZE)
breaking("6.8 GOAWAY has no stream", lambda _: [frame(GOAWAY, 0, 1, number(0) + number(0))], PROTOCOL)


@rule("6.8 requests before a GOAWAY are answered")
def _(connect):
    with connect() as client:
        client.send(client.get(), frame(GOAWAY, 0, 0, number(0) + number(0)))
        client.answers()


breaking("6.9 the connection's window grows by more than nothing", lambda _: [frame(WINDOW_UPDATE, 0, 0, number(0))], PROTOCOL)
refusing("6.9 a stream's window grows by more than nothing", lambda c: [c.post(), frame(WINDOW_UPDATE, 0, 1, number(0))], PROTOCOL)
breaking("6.9 WINDOW_UPDATE has four bytes", lambda _: [frame(WINDOW_UPDATE, 0, 0, b"\0\0\x01")], FRAME_SIZE)
breaking("6.9.1 the connection's window has 31 bits", lambda _: [frame(WINDOW_UPDATE, 0, 0, number(MAX)), frame(WINDOW_UPDATE, 0, 0, number(MAX))],
         FLOW_CONTROL)
refusing("6.9.1 a stream's window has 31 bits",
         lambda c: [c.post(), frame(WINDOW_UPDATE, 0, 1, number(MAX)), frame(WINDOW_UPDATE, 0, 1, number(MAX))], FLOW_CONTROL)
# The RFC ends the connection, nghttp2 those streams whose windows become too large.
refusing("6.9.2 a window that changes all windows leaves them 31 bits",
         lambda c: [c.post(), frame(WINDOW_UPDATE, 0, 1, number(MAX - 65_535)), settings((WINDOW, MAX))], FLOW_CONTROL)


@rule("6.9.1 no more is sent than the window takes")
def _(connect):
    with connect() as client:
        client.send(settings((WINDOW, 1)), client.get())
        client.answers()
        if client.data(1, 1) != [1] or not client.is_silent():
            raise Wrong("more than one byte came")
        client.send(frame(WINDOW_UPDATE, 0, 1, number(2)))
        if client.data(1, 2) != [2]:
            raise Wrong("other than two bytes came")


@rule("6.9.2 a change of the first window holds for open streams")
def _(connect):
    with connect() as client:
        client.send(settings((WINDOW, 0)), client.get())
        client.answers()
        client.send(settings((WINDOW, 1)))
        if client.data(1, 1) != [1]:
            raise Wrong("other than one byte came")


@rule("6.9.2 a window may become less than nothing")
def _(connect):
    with connect() as client:
        client.send(settings((WINDOW, 3)), client.get())
        client.answers()
        client.data(1, 3)
        client.send(settings((WINDOW, 2)), frame(WINDOW_UPDATE, 0, 1, number(2)))
        if client.data(1, 1) != [1]:
            raise Wrong("other than one byte came")


@rule("6.10 a field section may come in many pieces")
def _(connect):
    with connect() as client:
        block = client.block(("x-long", "x" * 100))
        client.send(frame(HEADERS, END_STREAM, 1, block[:30]), *[frame(CONTINUATION, 0, 1, block[n:n + 30]) for n in range(30, len(block), 30)],
                    frame(CONTINUATION, END_HEADERS, 1))
        client.answers()
        client.acknowledges()


breaking("6.10 only CONTINUATION goes on with a field section", lambda c: [c.get(1, flags=0), frame(DATA, END_STREAM, 1, b"x")], PROTOCOL)
breaking("6.10 CONTINUATION needs a stream", lambda c: [c.get(1, flags=0), frame(CONTINUATION, END_HEADERS, 0, b"\x88")], PROTOCOL)
breaking("6.10 CONTINUATION is of the same stream", lambda c: [c.get(1, flags=0), frame(CONTINUATION, END_HEADERS, 3, b"\x88")], PROTOCOL)
breaking("6.10 HEADERS that have ended are not gone on with", lambda c: [c.post(), frame(CONTINUATION, END_HEADERS, 1, b"\x88")],
         PROTOCOL, STREAM_CLOSED)
breaking("6.10 DATA are not gone on with", lambda c: [c.post(), frame(DATA, 0, 1, b"x"), frame(CONTINUATION, END_HEADERS, 1, b"\x88")],
         PROTOCOL, STREAM_CLOSED)

# Section 7: codes.
passing("7 a code that nobody knows resets a stream", lambda c: [c.post(), frame(RST_STREAM, 0, 1, number(0xFF)), c.get(3)], stream=3)


@rule("7 a code that nobody knows ends a connection")
def _(connect):
    with connect() as client:
        client.send(client.get(), frame(GOAWAY, 0, 0, number(0) + number(0xFF)))
        client.answers()
