"""A whole life of PyPI's py_eureka_client at two registries, one of which dies: life.py URL1 URL2 (.../eureka).

Says `lose` when the first registry is to die, and goes on when it reads a line.
"""
import asyncio
import json
import sys
import urllib.request

from py_eureka_client.eureka_client import EurekaClient

FIRST, SECOND = sys.argv[1:]
PATIENCE = 20


def ask(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Accept": "application/json", "Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def add(url, port):
    status, _ = ask("POST", f"{url}/apps/OTHER", {"instance": {
        "app": "OTHER", "instanceId": f"other:{port}", "hostName": "127.0.0.1", "ipAddr": "127.0.0.1",
        "port": {"$": port, "@enabled": "true"}, "status": "UP", "dataCenterInfo": {"name": "MyOwn"}}})
    assert status == 204, status


def status_at(url):
    code, body = ask("GET", f"{url}/apps/PY-LIFE/py:life:9090")
    return json.loads(body)["instance"]["status"] if code == 200 else None


async def until(what, holds):
    for _ in range(PATIENCE * 10):
        if holds():
            print("ok", what, flush=True)
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"never: {what}")


def known(client):
    app = client.applications.get_application("OTHER")
    return {instance.port.port for instance in app.up_instances} if app else set()


async def main():
    client = EurekaClient(eureka_server=f"{FIRST}/,{SECOND}/", app_name="py-life", instance_id="py:life:9090",
                          instance_host="127.0.0.1", instance_ip="127.0.0.1", instance_port=9090,
                          renewal_interval_in_secs=1, duration_in_secs=4)
    await client.start()
    await until("registered, and replicated", lambda: status_at(FIRST) == status_at(SECOND) == "UP")
    add(SECOND, 8001)
    await until("sees an instance that came to the other registry", lambda: known(client) == {8001})
    add(FIRST, 8002)
    await until("sees another one in the delta", lambda: known(client) == {8001, 8002})
    await client.status_update("OUT_OF_SERVICE")
    await until("is out of service", lambda: status_at(FIRST) == status_at(SECOND) == "OUT_OF_SERVICE")
    await client.delete_status_override()
    await until("is up again", lambda: status_at(FIRST) == status_at(SECOND) == "UP")
    print("lose", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    add(SECOND, 8003)
    await until("goes on at the second registry", lambda: 8003 in known(client))
    await asyncio.sleep(6)
    await until("is kept alive by beats", lambda: status_at(SECOND) == "UP")
    await client.stop()
    await until("is gone", lambda: status_at(SECOND) is None)


asyncio.run(main())
