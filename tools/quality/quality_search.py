"""How good the shop's search is: nDCG@10 by people's ratings, with typing mistakes too, and codes first.

The data is not part of the repository: products and ratings of querqy/chorus (the products' content is Icecat's).
"""
import argparse
import pathlib
import tempfile

from tools.bench import measure
from tools.quality import catalogues


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True,
                        help="a folder with icecat-products.jsonl.gz and a CSV of query, product_id, rating")
    parser.add_argument("--ratings", default="ratings-dev.csv", help="the CSV's name there (default ratings-dev.csv)")
    parser.add_argument("--binaries", type=pathlib.Path, default=measure.ROOT / "build" / "release" / "bin")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quality-search-") as name:
        folder = pathlib.Path(name)
        read = list(catalogues.icecat(chosen.data / "icecat-products.jsonl.gz"))
        products = catalogues.write_lines(folder / "products.jsonl", (product for product, _ in read))
        skus = {known: product["sku"] for product, known in read}
        ratings = catalogues.write_lines(folder / "ratings.jsonl", catalogues.ratings(chosen.data / chosen.ratings, skus))
        result = measure.load(chosen.binaries, "search", "--products", products, "--ratings", ratings, "--rounds", 5)
    quality, times = result["quality"], result["times"]
    print(f"{result['products']} products, {quality['queries']} queries that somebody rated well")
    print(f"nDCG@10                {quality['ndcg']:.3f}")
    print(f"  with one mistake     {quality['ndcg_mistaken']:.3f}   ({quality['mistaken_queries']} queries, "
          f"{quality['mistaken_without_result']} without a result)")
    print(f"SKU or EAN first       {result['codes_first']:.2%}")
    print(f"index                  {result['index_cpu_ms']:.0f} ms")
    for what in ("search", "suggest"):
        print(f"{what:22} p50 {times[what]['p50_cpu_ms']:.3f} ms, p99 {times[what]['p99_cpu_ms']:.3f} ms")
    print("the worst:")
    for row in sorted(quality["worst"], key=lambda row: row["ndcg"])[:10]:
        print(f"  {row['ndcg']:.2f}  {row['query']}")


if __name__ == "__main__":
    main()
