"""The shop's catalogue in memory on one core: making it, searching it, suggesting while somebody types.

--catalogue: products of querqy/chorus (icecat-products.jsonl.gz) instead of invented ones.
"""
import pathlib
import tempfile

from tools.bench import measure
from tools.quality import catalogues


def main():
    parser = measure.options(__doc__, rounds=3)
    parser.add_argument("--catalogue", type=pathlib.Path, help="icecat-products.jsonl.gz")
    parser.add_argument("--count", type=int, default=20_000, help="of invented products (default 20000)")
    chosen = measure.parse(parser)
    results = {"search": []}
    with tempfile.TemporaryDirectory(prefix="bench-search-") as name:
        rows = (product for product, _ in catalogues.icecat(chosen.catalogue)) if chosen.catalogue else \
            catalogues.invented(300 if chosen.smoke else chosen.count)
        products = catalogues.write_lines(pathlib.Path(name) / "products.jsonl", rows)
        for _ in range(chosen.rounds):
            results["search"].append(measure.load(chosen.binaries, "search", "--products", products,
                                                  "--rounds", 1 if chosen.smoke else 20))
    keys = ["products", "index_cpu_ms", "times.search.p50_cpu_ms", "times.search.p99_cpu_ms", "times.suggest.p50_cpu_ms", "times.suggest.p99_cpu_ms"]
    measure.table(["products", "index ms", "search p50", "p99 ms", "suggest p50", "p99 ms"],
                  [[measure.median_of(results["search"], key) for key in keys]])
    measure.report("search", chosen, results)


if __name__ == "__main__":
    main()
