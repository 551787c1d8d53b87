"""Runs every case: run.py HOST PORT [PART OF A NAME]. Prints `ok NAME` or `not ok NAME: why` for each."""
import sys

import cases
import fields  # noqa: F401  its cases join the others
from wire import Client, Wrong


def main():
    address, part = (sys.argv[1], int(sys.argv[2])), sys.argv[3] if len(sys.argv) > 3 else ""
    failed = 0
    for name, case in cases.ALL.items():
        if part not in name:
            continue
        try:
            case(lambda *more: Client(address, *more))
            print(f"ok {name}", flush=True)
        except (Wrong, OSError) as error:
            failed += 1
            print(f"not ok {name}: {error}", flush=True)
    return 1 if failed else 0


sys.exit(main())
