"""Requests and their fields: RFC 9113 section 8, and RFC 7541 on how they are packed."""
from cases import BODY, breaking, passing, refusing, rule
from wire import COMPRESSION, DATA, END_HEADERS, END_STREAM, HEADERS, PROTOCOL, Wrong, frame

PSEUDO = (":method", ":scheme", ":path")


def whole(block):
    return frame(HEADERS, END_STREAM | END_HEADERS, 1, block)


# Section 8.1: what a message is.
passing("8.1 a body may come in pieces", lambda c: [c.post(), frame(DATA, 0, 1, BODY[:3]), frame(DATA, END_STREAM, 1, BODY[3:])], wanted=422)
passing("8.1 trailers end a request",
        lambda c: [c.post(), frame(DATA, 0, 1, BODY), frame(HEADERS, END_STREAM | END_HEADERS, 1, c.encoder.encode([("x-sum", "1")]))], wanted=422)
refusing("8.1 a second HEADERS frame ends the request", lambda c: [c.post(), frame(HEADERS, END_HEADERS, 1, c.encoder.encode([("x-sum", "1")]))], PROTOCOL)
refusing("8.1 trailers have no pseudo fields",
         lambda c: [c.post(), frame(DATA, 0, 1, BODY), frame(HEADERS, END_STREAM | END_HEADERS, 1, c.encoder.encode([(":method", "200")]))], PROTOCOL)
refusing("8.1.1 one DATA frame has the length that was said",
         lambda c: [c.post(1, ("content-length", "8")), frame(DATA, END_STREAM, 1, BODY)], PROTOCOL)
refusing("8.1.1 many DATA frames have the length that was said",
         lambda c: [c.post(1, ("content-length", "8")), frame(DATA, 0, 1, BODY), frame(DATA, END_STREAM, 1, BODY)], PROTOCOL)
refusing("8.1.1 no body is not a body of one byte", lambda c: [c.get(1, ("content-length", "1"))], PROTOCOL)
refusing("8.1.1 a length is a number", lambda c: [c.post(1, ("content-length", "1,1")), frame(DATA, END_STREAM, 1, b"x")], PROTOCOL)

# Section 8.2: fields.
refusing("8.2 names are in small letters", lambda c: [whole(c.block(("X-Test", "ok")))], PROTOCOL)
for what, name in {"a blank": "x test", "a colon": "x:test", "nothing": "", "a control character": "x\x01", "DEL": "x\x7f", "eight bits": "x\xe9"}.items():
    refusing(f"8.2.1 no name has {what}", lambda c, name=name: [whole(c.block((name.encode("latin-1"), b"ok")))], PROTOCOL)
for what, value in {"NUL": "a\0b", "LF": "a\nb", "CR": "a\rb"}.items():
    refusing(f"8.2.1 no value has {what}", lambda c, value=value: [whole(c.block(("x-test", value)))], PROTOCOL)
for what, value in {"begins": " a", "ends": "a\t"}.items():
    refusing(f"8.2.1 no value {what} with a blank", lambda c, value=value: [whole(c.block(("x-test", value)))], PROTOCOL)
for name, value in {"connection": "keep-alive", "keep-alive": "1", "proxy-connection": "keep-alive", "transfer-encoding": "chunked",
                    "upgrade": "h2c"}.items():
    refusing(f"8.2.2 {name} is no field of HTTP/2", lambda c, name=name, value=value: [whole(c.block((name, value)))], PROTOCOL)
refusing("8.2.2 TE is no other than trailers", lambda c: [whole(c.block(("te", "trailers, deflate")))], PROTOCOL)
passing("8.2.2 TE may be trailers", lambda c: [whole(c.block(("te", "trailers")))])
passing("8.2.3 cookies may be cut", lambda c: [whole(c.block(("cookie", "a=b"), ("cookie", "c=d")))])

# Section 8.3: pseudo fields.
refusing("8.3 pseudo fields that nobody knows", lambda c: [whole(c.block((":test", "ok")))], PROTOCOL)
refusing("8.3 pseudo fields of answers", lambda c: [whole(c.block((":status", "200")))], PROTOCOL)
refusing("8.3 pseudo fields behind others",
         lambda c: [whole(c.encoder.encode([("x-test", "ok"), (":method", "GET"), (":scheme", "http"), (":path", "/healthz"), (":authority", "a")]))],
         PROTOCOL)
refusing("8.3.1 an empty :path", lambda c: [whole(c.block(path=""))], PROTOCOL)
refusing("8.3.1 a :path that is none", lambda c: [whole(c.block(path="healthz"))], PROTOCOL)
for name in PSEUDO:
    refusing(f"8.3.1 no {name}", lambda c, name=name: [whole(c.block(leave_out=(name,)))], PROTOCOL)
    refusing(f"8.3.1 two of {name}", lambda c, name=name: [whole(c.block((name, {":method": "GET", ":scheme": "http", ":path": "/"}[name])))], PROTOCOL)
refusing("8.3.1 two of :authority", lambda c: [whole(c.block((":authority", "other.example")))], PROTOCOL)
refusing("8.3.1 an :authority with a name of somebody", lambda c: [whole(c.block((":authority", "you@a.example"), leave_out=(":authority",)))], PROTOCOL)
refusing("8.3.1 a host that is not the :authority", lambda c: [whole(c.block(("host", "other.example")))], PROTOCOL)
passing("8.3.1 a host instead of :authority", lambda c: [whole(c.block(("host", "gateway.example"), leave_out=(":authority",)))])
passing("8.5 CONNECT is for proxies", lambda c: [whole(c.encoder.encode([(":method", "CONNECT"), (":authority", "a.example:443")]))], wanted=501)


@rule("8 HEAD has no body")
def _(connect):
    with connect() as client:
        client.send(client.get(method="HEAD"))
        client.answers()
        if "END_STREAM" not in client.seen[-1].flags:
            client.until(lambda one: one.stream_id == 1 and "END_STREAM" in one.flags and one.body_len == 0, "an empty end")


# RFC 7541.
breaking("HPACK 2.3.3 a field of a table that has it not", lambda _: [whole(b"\xff\xff\x7f")], COMPRESSION)
breaking("HPACK 2.3.3 a name of a table that has it not", lambda _: [whole(b"\x7f\xff\x7f\x01a")], COMPRESSION)
breaking("HPACK 4.2 the table changes its size before fields only", lambda c: [whole(c.block() + b"\x20")], COMPRESSION)
breaking("HPACK 5.1 a number without end", lambda c: [whole(b"\x7f" + b"\xff" * 12 + b"\x01")], COMPRESSION)
breaking("HPACK 5.2 padding longer than seven bits", lambda c: [whole(c.block() + b"\0\x85\xf2\xb2\x4a\x84\xff\x84\x49\x50\x9f\xff")], COMPRESSION)
breaking("HPACK 5.2 padding of zeros", lambda c: [whole(c.block() + b"\0\x85\xf2\xb2\x4a\x84\xff\x83\x49\x50\x90")], COMPRESSION)
breaking("HPACK 5.2 the end of a string within it", lambda c: [whole(c.block() + b"\0\x85\xf2\xb2\x4a\x84\xff\x87\x49\x51\xff\xff\xff\xfa\x7f")], COMPRESSION)
breaking("HPACK 5.2 a string longer than its field section", lambda c: [whole(c.block() + b"\0\x01a\x7fb")], COMPRESSION)
breaking("HPACK 6.1 the field number zero", lambda _: [whole(b"\x80")], COMPRESSION)
breaking("HPACK 6.3 a table larger than was offered", lambda c: [whole(b"\x3f\xe1\xff\x03" + c.block())], COMPRESSION)


@rule("HPACK 2.2 one table serves all requests of a connection")
def _(connect):
    with connect() as client:
        first, second = client.get(1, ("x-test", "y" * 50)), client.get(3, ("x-test", "y" * 50))
        if len(second) > len(first) - 50:
            raise Wrong("the client has no table")
        client.send(first, second)
        client.answers(1)
        client.answers(3)

