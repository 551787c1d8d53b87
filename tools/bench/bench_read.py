"""The last 50 messages of a room out of 10 million at PostgreSQL, at the store and over HTTP; and out of fewer at FerretDB.

It starts both, writes the messages straight into the databases, and takes all of it away again: some 6 GB of disk with 10 million.
FerretDB, which speaks MongoDB here, looks through a whole collection for each question: it says what a read costs, and not what
MongoDB's would.
"""
import contextlib
import pathlib
import subprocess
import tempfile

from tools.bench import measure, people, servers
from tools.bench.bench_history import SCRIPT, sign_in
from tools.infra.ferretdb import FerretDb
from tools.infra.postgres import Postgres

# Rooms in turn, as they come in from a log: those of one room lie apart. Ids ascend, as those that are made of the time do.
FILL = """
SET search_path = messages;
SET synchronous_commit = off;
DELETE FROM messages; DELETE FROM chats;
CREATE TEMPORARY TABLE rooms (place bigserial, id uuid);
\\copy rooms (id) FROM '{chats}'
INSERT INTO chats (id, last_seq) SELECT uuid_send(id), {each} FROM rooms ORDER BY place;
ALTER TABLE messages DROP CONSTRAINT messages_pkey;
DROP INDEX messages_by_id, messages_by_client_id;
INSERT INTO messages (chat, seq, id, sender, sender_kind, username, display_name, client_id, text, created_at, sent_sum)
    SELECT number, seq, int8send(seq) || int8send(number), uuid_send('{sender}'), 0, 'bench', 'Bench', 'h' || seq,
           left(repeat('does not load after upgrade try again with sudo apt install thanks that works now ', 3),
                (20 + (seq * 7919 + number * 104729) % 180)::int),
           1700000000000 + seq, 1
    FROM generate_series(1, {each}) AS seq CROSS JOIN (SELECT number FROM chats) AS numbers;
ALTER TABLE messages ADD PRIMARY KEY (chat, seq);
CREATE UNIQUE INDEX messages_by_id ON messages (id);
CREATE UNIQUE INDEX messages_by_client_id ON messages (chat, client_id, sender);
ANALYZE messages; ANALYZE chats; CHECKPOINT;
"""


class RoomyPostgres(Postgres):
    """With the memory that one gives it for so many messages, and the time to write them."""

    def command(self):
        return [*super().command(), "-c", "shared_buffers=1GB", "-c", "max_wal_size=4GB", "-c", "wal_level=minimal", "-c", "max_wal_senders=0",
                "-c", "maintenance_work_mem=256MB"]


def make_rooms(chosen, folder, settings):
    with servers.loquat(chosen.binaries, folder / "data", settings) as (address, _):
        api = people.Api(address)
        owner = api.register("bench")
        people.write_lines(folder / "chats", [api.make_room(owner, f"room {n}") for n in range(chosen.rooms)])
        return owner["user"]["id"]


def rows(chosen, settings, url, folder, results):
    """At the store and over HTTP, in turns."""
    for _ in range(chosen.rounds):
        results["store"].append(measure.load(chosen.binaries, "history-read", "--url", url, "--chats", folder / "chats",
                                             "--reads", chosen.reads))
        with servers.loquat(chosen.binaries, folder / "data", settings) as (address, process):
            script = SCRIPT % (folder / "chats", sign_in(people.Api(address)))
            results["http"].append(measure.wrk_with_cpu(process.pid, address, chosen.seconds, connections=chosen.connections, script=script))
    return results


def at_postgres(chosen, folder):
    with servers.real(RoomyPostgres) as (postgres,):
        settings = servers.at_postgres(postgres)
        sender = make_rooms(chosen, folder, settings)
        fill = FILL.format(chats=folder / "chats", each=max(50, chosen.messages // chosen.rooms), sender=sender)
        psql = [postgres.program("psql"), postgres.url(), "-q", "-v", "ON_ERROR_STOP=1"]
        subprocess.run([str(word) for word in psql], input=fill, text=True, check=True)
        size = subprocess.run([*map(str, psql), "-Atc", "SELECT pg_total_relation_size('messages.messages')"], capture_output=True, text=True,
                              check=True)
        return rows(chosen, settings, postgres.url(), folder, {"bytes": int(size.stdout), "store": [], "http": []})


def at_ferretdb(chosen, folder):
    with servers.real(FerretDb) as (ferretdb,):
        settings = ["store.messages.kind=mongo", f"store.messages.url={ferretdb.url()}"]
        chosen.rooms, chosen.reads = min(chosen.rooms, 20), min(chosen.reads, 200)
        sender = make_rooms(chosen, folder, settings)
        measure.load(chosen.binaries, "history-fill", "--url", ferretdb.url(), "--chats", folder / "chats", "--sender", sender,
                     "--messages", chosen.documents)
        return rows(chosen, settings, ferretdb.url(), folder, {"store": [], "http": []})


def main():
    parser = measure.options(__doc__, seconds=5, rounds=3)
    parser.add_argument("--messages", type=int, default=10_000_000, help="at PostgreSQL (default 10000000)")
    parser.add_argument("--documents", type=int, default=2_000, help="at FerretDB (default 2000); 0: not at all")
    parser.add_argument("--rooms", type=int, default=1000)
    parser.add_argument("--reads", type=int, default=20_000, help="at the store (default 20000)")
    parser.add_argument("--connections", type=int, default=8)
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.messages, chosen.documents, chosen.rooms, chosen.reads = 2_000, 200, 10, 100
    results = {"messages": chosen.messages, "documents": chosen.documents, "rooms": chosen.rooms}
    with contextlib.ExitStack() as stack:
        folders = [pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-read-"))) for _ in range(2)]
        results["postgres"] = at_postgres(chosen, folders[0])
        if chosen.documents:
            results["ferretdb"] = at_ferretdb(chosen, folders[1])
    table = []
    for name in [name for name in ("postgres", "ferretdb") if name in results]:
        store, http = results[name]["store"], results[name]["http"]
        table += [[f"{name}, store", measure.median_of(store, "latency.p50_ms"), measure.median_of(store, "latency.p99_ms"), float("nan")],
                  [f"{name}, HTTP", measure.median_of(http, "p50_ms"), measure.median_of(http, "p99_ms"),
                   measure.median_of(http, "requests_per_second")]]
    measure.table(["", "p50 ms", "p99 ms", "reads/s"], table)
    measure.report("read", chosen, results)


if __name__ == "__main__":
    main()
