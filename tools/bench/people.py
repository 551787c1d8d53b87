"""Users, rooms and tokens for a bench, through the platform's own API."""
import base64
import http.client
import json
import pathlib
import subprocess
import urllib.parse

PASSWORD = "a long enough password"


class Api:
    """One keep-alive connection."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=30)

    def call(self, method, path, body=None, token=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text) if text else None

    def register(self, name):
        return self.call("POST", "/api/auth/register", {"username": name, "password": PASSWORD})

    def make_room(self, owner, title, members=()):
        body = {"kind": "group", "title": title, "visibility": "public", "member_ids": [user["user"]["id"] for user in members]}
        return self.call("POST", "/api/chats", body, owner["access_token"])["id"]


def write_lines(path, lines):
    pathlib.Path(path).write_text("".join(f"{line}\n" for line in lines))
    return path


def different_tokens(api, session, count):
    """`count` access tokens of one user, all valid and all different, by refreshing as often."""
    tokens = []
    while len(tokens) < count:
        tokens.append(session["access_token"])
        session = api.call("POST", "/api/auth/refresh", {"refresh_token": session["refresh_token"]})
    return tokens


def der(tag, content):
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([0x80 | (length.bit_length() + 7) // 8]) + length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag]) + size + content


def integer(text):
    value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return der(0x02, b"\0" + value if value[0] & 0x80 else value)


def coordinate(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).rjust(32, b"\0")


def write_public_key(api, path, algorithm="RS256"):
    """The first key of that algorithm in the JWKS as PEM (SubjectPublicKeyInfo, RFC 5280; RFC 5480 for ES256)."""
    key = next(key for key in api.call("GET", "/.well-known/jwks.json")["keys"] if key["alg"] == algorithm)
    if algorithm == "ES256":
        kind = bytes.fromhex("06072a8648ce3d0201") + bytes.fromhex("06082a8648ce3d030107")
        public = b"\x04" + coordinate(key["x"]) + coordinate(key["y"])
    else:
        kind = bytes.fromhex("06092a864886f70d010101") + b"\x05\0"
        public = der(0x30, integer(key["n"]) + integer(key["e"]))
    whole = der(0x30, der(0x30, kind) + der(0x03, b"\0" + public))
    body = base64.encodebytes(whole).decode()
    pathlib.Path(path).write_text(f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n")
    subprocess.run(["openssl", "pkey", "-pubin", "-in", path, "-noout"], check=True)
    return path
