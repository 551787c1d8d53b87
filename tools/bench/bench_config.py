"""Processes that follow the config service: from the change of a file until all of them apply it, and what reading costs."""
import asyncio
import json
import pathlib
import statistics
import subprocess
import tempfile
import time
import urllib.parse

from tools.bench import measure
from tools.testing.process import ready_address, stop

KEY = "a key of thirty-two characters or more"


class Follower:
    """One that judges nothing: it accepts, and notes when it was told to apply."""

    def __init__(self, port, number):
        self.port, self.number, self.id, self.applied = port, number, None, asyncio.Queue()

    async def request(self, head, body=b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"{head} HTTP/1.1\r\nHost: bench\r\nX-Internal-API-Key: {KEY}\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return reader, writer

    async def follow(self, ready):
        reader, _ = await self.request(f"GET /api/config/follow?applications=loquat,s{self.number % 8}&instance=b:{self.number}")
        votes = await self.request("GET /api/config/changes")
        await votes[0].readuntil(b"\r\n\r\n")
        event = None
        while True:
            line = (await reader.readline()).decode().rstrip("\r\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
                if event == "hello":
                    self.id = data["follower"]
                    ready.release()
                elif event == "proposed":
                    body = json.dumps({"follower": self.id, "change": data["state"]["change"], "verdict": "accepts"}).encode()
                    votes[1].write(f"POST /api/config/votes HTTP/1.1\r\nHost: bench\r\nX-Internal-API-Key: {KEY}\r\n"
                                   f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
                elif event == "applied":
                    self.applied.put_nowait(time.perf_counter())


async def changes(address, folder, followers, rounds):
    port = urllib.parse.urlsplit(address).port
    ready = asyncio.Semaphore(0)
    all_of_them = [Follower(port, number) for number in range(followers)]
    tasks = [asyncio.create_task(one.follow(ready)) for one in all_of_them]
    for _ in all_of_them:
        await asyncio.wait_for(ready.acquire(), 30)
    rows = []
    for number in range(rounds):
        begun = time.perf_counter()
        (folder / "application.yml").write_text(f"gateway: {{limits: {{user_per_minute: {number + 2}}}}}\n")
        times = [await asyncio.wait_for(one.applied.get(), 30) - begun for one in all_of_them]
        rows.append({"first_ms": min(times) * 1e3, "median_ms": statistics.median(times) * 1e3, "last_ms": max(times) * 1e3})
    for task in tasks:
        task.cancel()
    return rows


def once(chosen, followers):
    with tempfile.TemporaryDirectory(prefix="bench-config-") as data:
        folder = pathlib.Path(data) / "files"
        folder.mkdir()
        (folder / "application.yml").write_text("gateway: {limits: {user_per_minute: 1}}\n")
        with open(pathlib.Path(data) / "bench.log", "wb") as log:
            process = subprocess.Popen([chosen.binaries / "loquat", "serve", "config", "--data", f"{data}/data",
                                        "--set", "config.port=0", "--set", f"config.folder={folder}",
                                        "--set", f"platform.internal_key={KEY}"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        try:
            address = ready_address(process, pathlib.Path(data) / "bench.log")
            before = measure.cpu_seconds(process.pid)
            rows = asyncio.run(changes(address, folder, followers, 2 if chosen.smoke else 10))
            cpu = measure.cpu_seconds(process.pid) - before
            rss = measure.rss_bytes(process.pid)
        finally:
            stop(process, 30)
            process.stdout.close()
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]} | {
        "cpu_ms_a_change": cpu * 1e3 / len(rows), "rss_bytes": rss}


def main():
    chosen = measure.parse(measure.options(__doc__, rounds=3))
    sizes = [20] if chosen.smoke else [1, 20, 200]
    results = {str(size): [once(chosen, size) for _ in range(chosen.rounds)] for size in sizes}
    measure.table(["followers", "first ms", "median ms", "last ms", "server CPU ms a change", "RSS MiB"],
                  [[size, *(measure.median_of(rounds, key) for key in ("first_ms", "median_ms", "last_ms", "cpu_ms_a_change")),
                    measure.median_of(rounds, "rss_bytes") / 2**20] for size, rounds in results.items()])
    measure.report("config", chosen, results)


if __name__ == "__main__":
    main()
