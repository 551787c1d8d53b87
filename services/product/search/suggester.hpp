#pragma once
#include <map>
#include <string>
#include <vector>

#include "contracts/product/search.hpp"
#include "services/product/search/catalogue.hpp"

namespace loquat::product {

// What somebody who types may mean: words that go on from the last one, categories and products
// of whose names some words begin as what was typed. Changes show at once. For one thread.
class Suggester {
  public:
    // In the place of the one with the same id.
    void put(ProductPtr product);
    void remove(contracts::ProductId id);

    // The commonest words first, then categories, then products: those whose names begin so, the
    // short ones first.
    std::vector<contracts::Suggestion> suggest(std::string_view typed, std::size_t limit) const;

  private:
    using Place = std::uint32_t;
    using Typed = std::vector<std::string>;
    struct Entry {
        ProductPtr product;
        std::string name;  // its words, a space before each
        std::vector<std::string> words;
    };
    struct Completion {
        std::string word;
        std::size_t products = 0;
    };

    // Products that have words which begin as each of those; at most `looked_at_max`.
    std::vector<Place> matching(const Typed& typed) const;
    std::vector<Completion> completions(const Typed& typed,
                                        const std::vector<Place>& products) const;
    void add_categories(const Typed& typed, std::vector<contracts::Suggestion>& all) const;

    std::vector<Entry> entries_;
    std::vector<Place> free_;
    std::map<contracts::ProductId, Place> places_;
    std::map<std::string, std::vector<Place>, std::less<>> words_;
    std::map<std::string, std::size_t> categories_;  // with how many products
};

}  // namespace loquat::product
