"""Clients of Spring Cloud Config that others wrote, against the config service.

npm's cloud-config-client is pinned in tools/testing/config_client and comes into .cache/config-client when the suite
first runs.
"""
import pathlib
import re
import subprocess
import tempfile

from tools.testing.pinned import install
from tools.testing.process import ROOT, ready_address, run, stop

PINS = ROOT / "tools" / "testing" / "config_client"
HOME = ROOT / ".cache" / "config-client"
# "mysecret" under the key "foo", as Spring wrote it.
SECRET = "682bc583f4641835fa2db009355293665d2647dade3375c0ee201de2a49f7bda"
FILES = {
    "application.yml": "price: {digits: 2, currency: USD}\ntags: [one, two]\n",
    "shop.yml": "open: true\n",
    "shop-dev.yml": "tags: [one]\naddress: 'http://${HOST:nowhere}:80/'\n"
                    f"secret: '{{cipher}}{SECRET}'\nbroken: '{{cipher}}00'\n",
    "shop-eu.properties": "price.currency=EUR\n",
    "feature/new/shop.yml": "open: false\n",
}


def check(binary, log):
    """The exit codes: of the installation, and of each step of the client."""
    if not install(PINS, HOME, log):
        return [1]
    with tempfile.TemporaryDirectory(prefix="loquat-config-") as folder:
        files = pathlib.Path(folder) / "files"
        for name, text in FILES.items():
            (files / name).parent.mkdir(parents=True, exist_ok=True)
            (files / name).write_text(text)
        with open(log.with_name("config-client-loquat.log"), "wb") as errors:
            server = subprocess.Popen([binary, "serve", "config", "--data", f"{folder}/data", "--set", "config.port=0",
                                       "--set", f"config.folder={files}", "--set", "config.encrypt.key=foo",
                                       "--set", "config.password=a-password"],
                                      stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
        try:
            address = ready_address(server, log)
            code = run(["node", PINS / "life.mjs", address, files], log, 120, HOME)
        finally:
            stop(server)
            server.stdout.close()
    said = re.findall(r"^(not )?ok ", log.read_text(errors="replace"), re.M)
    return [1 if one else 0 for one in said] or [code or 1]
