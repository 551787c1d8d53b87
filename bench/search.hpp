#pragma once
#include <string>

#include "wire/json.hpp"

namespace loquat::bench {

struct SearchOptions {
    std::string products_file;  // JSON lines as POST /products takes them
    std::string ratings_file;   // JSON lines {"query", "sku", "rating"}; empty: no quality
    std::size_t rounds = 20;    // of all queries, for the times
};

// A catalogue in memory, on this thread alone: what it costs to make, to search and to suggest,
// and how good what it finds is: nDCG@10 of all queries and of those with one mistake, and how
// often a SKU or EAN finds its product first.
wire::Value measure_search(const SearchOptions& options);

}  // namespace loquat::bench
