"""The OpenAPI document against what the field uses: a linter reads it, a tester of schemas tries the started server, and
tools/testing/attack.py sends it what the document says is wrong.

Linter and tester are pinned in tools/testing/api and come into .cache/api-tools when the suite first runs.
"""
import json
import urllib.request

from tools.testing.attack import attack
from tools.testing.pinned import install
from tools.testing.process import ROOT, loquat, run

PINS = ROOT / "tools" / "testing" / "api"
HOME = ROOT / ".cache" / "api-tools"
PYTHON = HOME / "python" / "bin"
SEED = 20261127
SECONDS = 45
SECONDS_EACH = 5  # of one operation alone
SETTINGS = [part for setting in ("gateway.limits.enabled=false", "auth.back_off=false", "auth.hash_memory_kib=64",
                                 "auth.hash_passes=1") for part in ("--set", setting)]

# They end the session that the tester works with: each has a run and an account of its own.
ENDS_SESSION = ["/api/auth/logout", "/api/auth/logout-all"]
# What the server does is compared with what the document says of it.
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
          "missing_required_header", "ignored_auth", "unsupported_method", "response_headers_conformance",
          "negative_data_rejection"]


def ask(address, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def strict(document):
    """Without the answers "of any other status": each one that comes must be named."""
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("default", None)
    return document


def lint(document, log):
    return run([HOME / "node_modules" / ".bin" / "redocly", "lint", "--config", PINS / "redocly.yaml", document], log,
               120, HOME, {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"})


def try_server(document, address, token, log, chosen):
    return run([PYTHON / "schemathesis", "--config-file", PINS / "schemathesis.toml", "run", document, "--url", address,
                "--header", f"Authorization: Bearer {token}",
                "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--max-examples", "12",
                "--seed", str(SEED), "--generation-deterministic", "--workers", "1",
                *chosen, "--warnings", "off",
                "--suppress-health-check", "all", "--continue-on-failure", "--no-color"], log, 4 * SECONDS, HOME, append=True)


def register(address, name):
    return ask(address, "/api/auth/register", {"username": name, "password": "a long enough password"})["access_token"]


def check(binary, log):
    """The exit codes of linter, attack and tester."""
    if not install(PINS, HOME, log):
        return [1]
    with loquat(binary, log.with_name("api-loquat.log"), SETTINGS) as address:
        token = register(address, "tester")
        document = ask(address, "/api/openapi.json")
        whole, named = log.with_name("openapi.json"), log.with_name("openapi-strict.json")
        whole.write_text(json.dumps(document, indent=1))
        named.write_text(json.dumps(strict(document)))
        schema_log = log.with_name("api-schema.log")
        schema_log.unlink(missing_ok=True)
        codes = [lint(whole, log.with_name("api-lint.log")),
                 attack(address, token, document, log.with_name("api-attack.log"), SEED),
                 try_server(named, address, token, schema_log,
                            ["--max-time", str(SECONDS)] + [part for path in ENDS_SESSION for part in ("--exclude-path", path)])]
        for path in ENDS_SESSION:
            own = register(address, "tester-of" + path.replace("/", "-").removeprefix("-api-auth"))
            codes.append(try_server(named, address, own, schema_log, ["--max-time", str(SECONDS_EACH), "--include-path", path]))
    return codes
