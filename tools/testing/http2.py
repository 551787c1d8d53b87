"""HTTP/2 as a strict peer sees it: each rule of RFC 9113 and RFC 7541 that a client can break, broken against the gateway.

The cases are those that conformance testers of HTTP/2 usually try. They stand in tools/testing/http2; what reads the
server's frames is hyperframe and hpack, which share nothing with the gateway and come into .cache/http2 when the suite
first runs.
"""
import re
import urllib.parse

from tools.testing.pinned import install
from tools.testing.process import ROOT, loquat, run

PINS = ROOT / "tools" / "testing" / "http2"
HOME = ROOT / ".cache" / "http2"
# A connection that only breaks rules is told so many times a second; the cases come faster than any browser would.
SETTINGS = ["--set", "gateway.limits.enabled=false", "--set", "registry.port=0", "--set", "config.port=0"]


def check(binary, log):
    """An exit code for each case."""
    if not install(PINS, HOME, log):
        return [1]
    with loquat(binary, log.with_name("http2-loquat.log"), SETTINGS) as address:
        url = urllib.parse.urlsplit(address)
        code = run([HOME / "python" / "bin" / "python", PINS / "run.py", url.hostname, url.port], log, 240)
    said = re.findall(r"^(not )?ok ", log.read_text(errors="replace"), re.M)
    return [1 if one else 0 for one in said] or [code or 1]
