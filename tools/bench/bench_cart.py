"""Durable changes of carts, with and without an Idempotency-Key each; and a million random carts reckoned again."""
import pathlib
import tempfile

from tools.bench import measure


def main():
    parser = measure.options(__doc__, rounds=3)
    parser.add_argument("--outstanding", type=int, default=512, help="changes at the same time (default 512)")
    parser.add_argument("--carts", type=int, default=1_000_000, help="that are reckoned again (default 1000000)")
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.outstanding, chosen.carts = 8, 1_000
    ways = {"plain": [], "keyed": ["--keyed"]}
    results = {name: [] for name in ways}
    for _ in range(chosen.rounds):
        for name, flags in ways.items():
            with tempfile.TemporaryDirectory(prefix="bench-cart-") as folder:
                results[name].append(measure.load(chosen.binaries, "cart", "--folder", pathlib.Path(folder) / "cart", *flags,
                                                  "--outstanding", chosen.outstanding, "--seconds", chosen.seconds))
    results["cents"] = [measure.load(chosen.binaries, "cart-cents", "--carts", chosen.carts)]
    keys = ["per_second", "cpu_us_per_change", "latency.p50_ms", "latency.p99_ms"]
    measure.table(["changes", "a second", "CPU us each", "p50 ms", "p99 ms"],
                  [[name, *(measure.median_of(results[name], key) for key in keys)] for name in ways])
    measure.table(["random carts", "wrong"], [[str(chosen.carts), measure.median_of(results["cents"], "wrong")]])
    measure.report("cart", chosen, results)


if __name__ == "__main__":
    main()
