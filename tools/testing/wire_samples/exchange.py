"""One request and what must come back, to the byte."""
import dataclasses
import gzip
import http.client
import re
import urllib.parse

# What differs from run to run: a moment in milliseconds, a number, a commit, the folder of the files, any text.
HOLES = {"<ms>": r"1[0-9]{12}", "<n>": r"[0-9]+", "<sha>": r"[0-9a-f]{40}", "<any>": r"[^\r\n]*?"}


@dataclasses.dataclass
class Ask:
    name: str
    method: str
    path: str
    fields: dict = dataclasses.field(default_factory=dict)
    body: object = None            # text or bytes
    status: int = 200
    says: object = None            # the whole body with holes; None: any
    has: tuple = ()                # parts of the body
    lacks: tuple = ()
    type: object = None            # of the content, whole; "" for none
    heads: dict = dataclasses.field(default_factory=dict)   # fields of the answer; None: it is not there


@dataclasses.dataclass
class Answer:
    status: int
    fields: object
    body: str


def send(address, ask):
    url = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
    try:
        body = ask.body.encode() if isinstance(ask.body, str) else ask.body
        connection.putrequest(ask.method, ask.path, skip_accept_encoding=True)
        for name, value in ask.fields.items():
            connection.putheader(name, value)
        if body is not None or ask.method in ("POST", "PUT"):
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        response = connection.getresponse()
        raw = response.read()
    finally:
        connection.close()
    if response.getheader("Content-Encoding") == "gzip":
        raw = gzip.decompress(raw)
    return Answer(response.status, response, raw.decode("utf-8", "replace"))


def fits(template, text):
    pattern = "".join(HOLES.get(part, re.escape(part)) for part in re.split("(" + "|".join(HOLES) + ")", template))
    return re.fullmatch(pattern, text, re.S) is not None


def faults(ask, answer):
    """What is not as it must be, a line each."""
    found = []
    if answer.status != ask.status:
        found.append(f"status {answer.status} instead of {ask.status}")
    given = answer.fields.getheader("Content-Type") or ""
    if ask.type is not None and given != ask.type:
        found.append(f"Content-Type {given!r} instead of {ask.type!r}")
    if ask.says is not None and not fits(ask.says, answer.body):
        found.append(f"body\n    {answer.body}\n  instead of\n    {ask.says}")
    found += [f"{part!r} is not in {answer.body}" for part in ask.has if part not in answer.body]
    found += [f"{part!r} is in {answer.body}" for part in ask.lacks if part in answer.body]
    for name, value in ask.heads.items():
        given = answer.fields.getheader(name)
        if (given is None) != (value is None) or (value is not None and not fits(value, given)):
            found.append(f"{name}: {given!r} instead of {value!r}")
    return found


def run(address, table, prefix=""):
    """Asks one after the other; prints a line for each and gives how many were wrong."""
    wrong = 0
    for ask in table:
        ask = dataclasses.replace(ask, path=prefix + ask.path)
        bad = faults(ask, send(address, ask))
        print(f"{'not ok' if bad else 'ok'} {ask.name}: {ask.method} {ask.path}", flush=True)
        print("".join(f"  {line}\n" for line in bad), end="", flush=True)
        wrong += bool(bad)
    return wrong
