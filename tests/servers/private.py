"""What the private servers for mail have in common: ports, a certificate, and how a test speaks to them.

A test holds the standard input of such a script. It may write `stop` and `start`, an outage with the same ports
and the same mail afterwards, and reads one line of JSON as the answer. The end of the input, SIGTERM or SIGINT ends
everything.
"""
import json
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time


def free_ports(count):
    """Loopback ports below the range from which the system takes ports for outgoing connections: nobody else gets
    one of them while its server is stopped."""
    found = []
    while len(found) < count:
        port = random.randrange(12000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


def wait_until(ready, what, seconds=30):
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} within {seconds} s: no")
        time.sleep(0.02)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def make_certificate(folder):
    """A certificate for localhost that signs itself: the same file is the list of authorities for clients."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-out", certificate, "-keyout", key], check=True, stderr=subprocess.DEVNULL)
    return certificate, key


def say(**fields):
    print(json.dumps(fields, default=str), flush=True)


def run(kind, prepare):
    """prepare(folder) returns the server: start(), stop() and the fields that tell a test where it is."""
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, lambda *_: sys.exit(0))
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"theke-{kind}-"))
    server = None
    try:
        folder.chmod(0o755)
        server = prepare(folder)
        server.start()
        say(**server.fields, folder=folder)
        for line in sys.stdin:
            obey(server, line.strip())
    finally:
        # A second signal, as from a test that is in a hurry, must not leave half of it behind.
        for end in (signal.SIGTERM, signal.SIGINT):
            signal.signal(end, signal.SIG_IGN)
        try:
            if server:
                server.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def obey(server, command):
    if command not in ("stop", "start"):
        say(error=f"unknown command: {command}")
        return
    getattr(server, command)()
    say(done=command)
