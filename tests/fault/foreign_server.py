"""An application of somebody else: answers every GET, and is registered at the registry as Eureka's clients are.

python3 foreign_server.py ADDRESS PORT LEASE_SECONDS REGISTRY...; says `ready http://ADDRESS:PORT`.  SIGTERM signs off,
answers what still comes for a moment, and ends.
"""
import http.server
import json
import signal
import sys
import threading
import urllib.request

address, port, lease, registries = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
instance_id = f"{address}:demo:{port}"
leaving = threading.Event()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = address.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def instance():
    return {"instance": {
        "instanceId": instance_id, "hostName": address, "app": "DEMO", "ipAddr": address, "vipAddress": "demo",
        "status": "UP", "port": {"$": port, "@enabled": "true"},
        "leaseInfo": {"renewalIntervalInSecs": 1, "durationInSecs": lease},
        "dataCenterInfo": {"@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name": "MyOwn"}}}


def ask(method, path, body=None):
    """The status of the first registry that answers."""
    for registry in registries:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(registry + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=0.5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            continue
    return 0


def stay_registered():
    while not leaving.is_set():
        if ask("PUT", f"/eureka/apps/DEMO/{instance_id}") == 404 and not leaving.is_set():
            ask("POST", "/eureka/apps/DEMO", instance())
        leaving.wait(lease / 4)


def leave(*_):
    def sign_off():
        leaving.set()
        ask("DELETE", f"/eureka/apps/DEMO/{instance_id}")
        threading.Event().wait(0.3)
        server.shutdown()
    threading.Thread(target=sign_off).start()


server = http.server.ThreadingHTTPServer((address, port), Answer)
signal.signal(signal.SIGTERM, leave)
ask("POST", "/eureka/apps/DEMO", instance())
threading.Thread(target=stay_registered, daemon=True).start()
print(f"ready http://{address}:{port}", flush=True)
server.serve_forever()
