"""Requests that the OpenAPI document says are wrong, at every operation of a started server: each must be refused, soon,
with a problem. A seed chooses among them; the same seed asks the same."""
import http.client
import json
import random
import time
import urllib.parse

SECONDS_MAX = 5
PROBLEM = "application/problem+json"
UUID = "01a21e09-f26a-700f-8faf-c4d5558437e8"

# Raw JSON, none of it a value of the type.
WRONG = {
    "integer": ["9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e400", "1.5", '"1"', "true", "[]",
                "{}", "01", "+1", "NaN", "0x1", "1" * 400],
    "number": ['"1"', "true", "[]", "{}", "1e999", "Infinity", "-", "1."],
    "boolean": ['"true"', "0", "1", "[]", "{}", "True"],
    "string": ["1", "true", "[]", "{}", '"\\ud800"', '"\\udc00\\ud800"', '"\\x41"', '"a\nb"', '"\x00"', "'a'", '"open'],
    "array": ["{}", '"x"', "1", "true", "[1,]", "[[[]]]", "[null]"],
    "object": ["[]", '"x"', "1", "true"],
    "uuid": ['"x"', '""', '"' + UUID[:-1] + '"', '"' + UUID + '0"', '"{' + UUID + '}"', '"' + UUID.replace("-", "") + '"',
             '"' + UUID + '\\u0000"', "0"],
    "email": ["1", "[]", '"x"', '"@"', '"a@"', '"a b@c.d"', '"a@b\\u0000"'],
    "date-time": ['"yesterday"', '""', '"2026-13-01T00:00:00Z"', '"2026-02-30T00:00:00Z"', '"2026-01-01"', "0"],
}
# Whole bodies that are no JSON object in UTF-8 of a sane depth.
BODIES = [b"[]", b"1", b'"x"', b"null", b"{", b"}", b"{}x", b"{'a':1}", b'{"a":1,}', b'{"a" 1}', b"\x00", b"\xef\xbb\xbf{}",
          b'{"a":"\xff"}', b'{"a":"\xc0\x80"}', b'{"a":"\xed\xa0\x80"}', "{}".encode("utf-16"), b"[" * 60000,
          b'{"a":' * 12000, b"[" * 5000 + b"]" * 5000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"{} {}", b"\x1f\x8b\x08\x00"]
# Of a query or a path, percent-encoded.
TEXTS = {"integer": ["9223372036854775808", "-9223372036854775809", "1.5", "x", "", "1%00", "%2B1", "0x1", "1" * 400, "%20", "1%0A"],
         "boolean": ["yes", "", "TRUE", "2", "true%00"],
         "uuid": ["x", "", UUID + "0", UUID[:-1], "%00", UUID + "%00", UUID + "%0A", "%FF", "x" * 1000],
         "date-time": ["x", "", "2026-13-01T00:00:00Z", "0", "2026-01-01T00:00:00Z%00"],
         "string": ["%FF", "%ED%A0%80", "%zz", "%"]}


class Document:
    def __init__(self, document):
        self.all = document

    def operations(self):
        for path, methods in self.all["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def whole(self, schema):
        """Without references; of what may be null the other part; of a text that may be empty besides, one that may."""
        while "$ref" in schema or "anyOf" in schema:
            if "$ref" in schema:
                schema = self.all["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
            else:
                first, *others = [one for one in schema["anyOf"] if one.get("type") != "null"]
                may_be_empty = any(one.get("maxLength") == 0 for one in others)
                schema = {**first, "minLength": 0} if may_be_empty else first
        return schema

    def body_of(self, operation):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return self.whole(content["schema"]) if content else None

    def good(self, schema):
        """Some value that the schema allows."""
        schema = self.whole(schema)
        if "enum" in schema:
            return schema["enum"][0]
        kind = kind_of(schema)
        if kind == "object":
            return {name: self.good(one) for name, one in schema.get("properties", {}).items()
                    if name in schema.get("required", [])}
        if kind == "array":
            return [self.good(schema["items"])] * schema.get("minItems", 0)
        if kind in ("integer", "number"):
            return max(schema.get("minimum", 1), 1)
        return {"uuid": UUID, "email": "a@example.org", "date-time": "2026-01-01T00:00:00Z", "boolean": True}.get(
            kind, "a" * max(schema.get("minLength", 1), 1))

    def bad(self, schema):
        """Raw JSON of values that the schema does not allow."""
        schema = self.whole(schema)
        kind = kind_of(schema)
        wrong = list(WRONG.get(kind, []))
        if "enum" in schema:
            wrong += ['"no such"', '""', json.dumps(schema["enum"][0].upper()), json.dumps(schema["enum"][0] + "\0")]
        if "maxLength" in schema:
            wrong.append(json.dumps("a" * (schema["maxLength"] + 1)))
        if schema.get("minLength", 0) > 0:
            wrong.append(json.dumps("a" * (schema["minLength"] - 1)))
        if "maximum" in schema:
            wrong.append(json.dumps(schema["maximum"] + 1))
        if "minimum" in schema:
            wrong.append(json.dumps(schema["minimum"] - 1))
        if "maxItems" in schema:
            wrong.append(json.dumps([self.good(schema["items"])] * (schema["maxItems"] + 1)))
        if kind == "object":
            for name, one in schema.get("properties", {}).items():
                wrong += ["{%s:%s}" % (json.dumps(name), value) for value in self.bad(one)]
        return wrong


def kind_of(schema):
    kind = schema.get("format", "")
    return kind if kind in WRONG else schema.get("type", "")


def with_member(body, name, raw):
    parts = [f"{json.dumps(key)}:{json.dumps(value)}" for key, value in body.items() if key != name]
    return "{" + ",".join([*parts, f"{json.dumps(name)}:{raw}"]) + "}"


def bodies(document, schema):
    good = document.good(schema)
    for name, one in schema.get("properties", {}).items():
        for raw in document.bad(one):
            yield with_member(good, name, raw).encode("utf-8", "surrogatepass")
        raw = json.dumps(document.good(one))
        yield ("{%s:%s,%s" % (json.dumps(name), raw, with_member(good, name, raw)[1:])).encode()  # given twice
    for name in schema.get("required", []):
        yield json.dumps({key: value for key, value in good.items() if key != name}).encode()
        yield with_member(good, name, "null").encode()
    yield from BODIES


def target_of(path, values, query=""):
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    return path + ("?" + query if query else "")


def requests_of(document, method, path, operation):
    """Method, target, fields and body of wrong requests; the fields beside those of everybody."""
    parameters = operation.get("parameters", [])
    placed = {one["name"]: str(document.good(one["schema"])) for one in parameters if one["in"] == "path"}
    asked = [one for one in parameters if one["in"] == "query"]
    needed = urllib.parse.urlencode([(one["name"], "1") for one in asked if one["required"]])
    schema = document.body_of(operation)
    good = json.dumps(document.good(schema)).encode() if schema else None
    fields = {"Content-Type": "application/json"} if schema else {}
    plain = target_of(path, placed, needed)
    for name in placed:
        one = next(one for one in parameters if one["name"] == name)
        for text in TEXTS.get(kind_of(document.whole(one["schema"])), []):
            yield method, target_of(path, {**placed, name: text}, needed), fields, good
    for one in asked:
        one_schema = document.whole(one["schema"])
        item = document.whole(one_schema["items"]) if "items" in one_schema else one_schema
        kind = "enum" if "enum" in item else kind_of(item)
        texts = list(TEXTS.get(kind, ["no+such", "", "%00"])) + ["a" * 9000]
        texts += [str(item[name] + step) for name, step in (("maximum", 1), ("minimum", -1)) if name in item]
        texts += ["a" * (item["maxLength"] + 1)] if "maxLength" in item else []
        for text in texts if kind != "uuid" or item is one_schema else [text for text in texts if text]:
            yield method, target_of(path, placed, f"{one['name']}={text}"), fields, good
        twice = urllib.parse.urlencode([(one["name"], document.good(item))] * 2)
        yield method, target_of(path, placed, twice), fields, good
    for key in ("k" * 256, "\x01", "\xff", "k" * 9000):
        if any(one["name"] == "Idempotency-Key" for one in parameters):
            yield method, plain, {**fields, "Idempotency-Key": key}, good
    if schema:
        for body in bodies(document, schema):
            yield method, plain, fields, body
        for kind in ("text/plain", "application/xml", "multipart/form-data", "application/jsonx", "json"):
            yield method, plain, {"Content-Type": kind}, good
        yield method, plain, {**fields, "Content-Encoding": "gzip"}, good
    if operation.get("security"):
        for value in ("", "Bearer", "Bearer a b", "Basic YTpi", "Bearer " + "a." * 3000, "Bearer \xff", "bearer  "):
            yield method, plain, {**fields, "Authorization": value}, good


def finding(method, target, status, kind, seconds):
    if status >= 500:
        return f"answered {status}"
    if status < 400:
        return f"took it with {status}"
    if seconds > SECONDS_MAX:
        return f"took {seconds:.1f} s"
    return "" if kind.startswith(PROBLEM) or status == 431 else f"answered {status} without a problem ({kind})"


def ask(connection, token, request):
    method, target, fields, body = request
    headers = {"Authorization": f"Bearer {token}", **fields}
    began = time.monotonic()
    try:
        connection.request(method, target, body, {name: value.encode("latin-1") for name, value in headers.items()})
        answer = connection.getresponse()
        answer.read()
        return finding(method, target, answer.status, answer.getheader("Content-Type", ""), time.monotonic() - began)
    except ValueError:
        return ""  # the client cannot say it
    except (OSError, http.client.HTTPException) as error:
        return f"broke off: {error!r}"
    finally:
        if connection.sock is not None and target:
            connection.close()


def attack(address, token, document, log, seed, each_max=120):
    """0 when every request was refused as it should be; what was not is in LOG."""
    chance = random.Random(seed)
    place = urllib.parse.urlsplit(address)
    asked, findings = 0, []
    document = Document(document)
    for method, path, operation in document.operations():
        requests = list(requests_of(document, method, path, operation))
        for request in chance.sample(requests, min(each_max, len(requests))):
            connection = http.client.HTTPConnection(place.hostname, place.port, timeout=4 * SECONDS_MAX)
            wrong = ask(connection, token, request)
            asked += 1
            if wrong:
                findings.append(f"{wrong}: {request[0]} {request[1][:300]} {request[2]} {(request[3] or b'')[:300]!r}")
    log.write_text("\n".join([f"{asked} requests, {len(findings)} findings", *findings]) + "\n")
    return 1 if findings else 0
