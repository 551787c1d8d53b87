"""Catalogues and ratings as loquat-bench reads them: lines of JSON."""
import csv
import gzip
import json
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "services" / "product" / "demo" / "dummyjson-products.json"


def icecat(path):
    """(product as POST /products takes it, its id there) of each line of Icecat's products (querqy/chorus)."""
    taken = set()
    with gzip.open(path, "rt") as lines:
        for line in lines:
            read = json.loads(line)
            sku = read["name"] if read["name"] not in taken else f"{read['name']}-{read['id']}"
            taken.add(sku)
            attributes = {key[7:]: value for key, value in read.items() if key.startswith(("attr_t_", "attr_n_", "attr_b_"))}
            eans = read.get("ean") or []
            yield {"sku": sku, "ean": eans[0] if eans else None, "name": read["title"], "description": read.get("short_description") or "",
                   "brand": read.get("supplier"), "category": read.get("attr_t_product_type"), "attributes": attributes, "stock": 1,
                   "images": [read["img_500x500"]] if read.get("img_500x500") else [],
                   "price": {"amount": read.get("price") or 0, "currency": "EUR"}}, read["id"]


def ratings(path, skus):
    """Of people, as {"query", "sku", "rating"}; `skus`: by the id that the file has."""
    with open(path, newline="") as lines:
        for row in csv.DictReader(lines):
            if row["product_id"] in skus:
                yield {"query": row["query"], "sku": skus[row["product_id"]], "rating": int(row["rating"])}


def invented(count, seed=7):
    """Products put together of the demo catalogue's words, so that a bench needs no data of others."""
    words = random.Random(seed)
    demo = json.loads(DEMO.read_text())
    names = [word for one in demo for word in one["title"].split()]
    texts = [word for one in demo for word in one["description"].split()]
    for number in range(count):
        yield {"sku": f"INV-{number:06}", "name": " ".join(words.sample(names, 4)) + f" {number % 977}",
               "description": " ".join(words.sample(texts, 20)), "brand": words.choice(names), "stock": number % 5,
               "category": words.choice(demo)["category"], "price": {"amount": words.randrange(100, 100_000), "currency": "EUR"},
               "attributes": {"colour": words.choice(["red", "blue", "green", "black"]), "weight": words.randrange(1, 900)}}


def write_lines(path, rows):
    with open(path, "w") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    return path
