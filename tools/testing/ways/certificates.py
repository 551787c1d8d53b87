"""A private authority and what it signs, for servers on this machine."""
import pathlib
import subprocess

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30")


def request(*arguments):
    subprocess.run(["openssl", "req", "-x509", *KEY, *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """Files in FOLDER: `NAME.crt`, `NAME.key`, and both in `NAME.pem`."""

    def __init__(self, folder, name):
        self.folder, self.certificate, self.key = pathlib.Path(folder), folder / f"{name}.crt", folder / f"{name}.key"
        request("-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate)

    def issue(self, name):
        """A certificate for 127.0.0.1 and localhost, and its key."""
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        request("-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
                "-CA", self.certificate, "-CAkey", self.key, "-keyout", key, "-out", certificate)
        (self.folder / f"{name}.pem").write_text(key.read_text() + certificate.read_text())
        return certificate, key


def query(options):
    return ("?" if options else "") + "&".join(f"{name}={value}" for name, value in options.items())
