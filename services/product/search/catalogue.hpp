#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/product/search/facets.hpp"
#include "services/product/search/meanings.hpp"
#include "services/product/search/text_index.hpp"

namespace loquat::product {

using ProductPtr = std::shared_ptr<const contracts::Product>;

enum class Order { relevance, price, price_descending, rating, newest };

// Where a page ended: the next one goes on behind it.
struct Mark {
    double value = 0;  // of what is sorted by
    contracts::ProductId id;
};

struct Search {
    std::string question;  // empty: everything
    bool correct = true;
    Filters filters;
    Order order = Order::relevance;
    std::vector<std::string> facets;
    std::size_t limit = 20;
    std::optional<Mark> after;
};

struct Found {
    struct Item {
        ProductPtr product;
        std::optional<contracts::VariantId> variant;  // the first that passes the filters
        double score = 0;                             // 0 without a question
    };
    std::vector<Item> items;
    std::size_t total = 0;
    std::vector<Facet> facets;
    std::optional<std::string> corrected;  // what was searched instead
    std::optional<Mark> next;              // none at the end
    std::vector<std::string> words;        // that were looked for, as WordReader gives them
};

// Products in the order of their ids.
struct Browse {
    std::optional<std::string> category;
    std::optional<std::string> brand;
    std::optional<contracts::ProductId> after;
    std::size_t limit = 50;
};
struct Browsed {
    std::vector<ProductPtr> items;
    bool has_more = false;
};

// Every product in memory, found by words, codes and filters. Changes show at once. For one thread.
class Catalogue {
  public:
    explicit Catalogue(const Synonyms& synonyms) : index_(synonyms) {}

    // In the place of the one with the same id, if there is one.
    void put(ProductPtr product);
    void remove(contracts::ProductId id);
    std::size_t size() const { return places_.size(); }

    ProductPtr find(contracts::ProductId id) const;
    // By SKU or EAN, also a variant's SKU, however it is spelt: MX-500 is mx500, if nothing is
    // called mx500. Null for none.
    struct Coded {
        ProductPtr product;
        std::optional<contracts::VariantId> variant;
    };
    Coded find_code(std::string_view code) const;

    // Where no word of a question is known, what means nearly the same is found.
    Found search(const Search& wanted);
    // Products that mean what the vector means, the nearest first, however far they are.
    Found search_near(const embedding::Vector& vector, const Filters& filters, std::size_t limit);
    // Makes what that needs, some at a time; false when all is made. The first search by meaning
    // makes the rest.
    bool make_some_vectors(std::size_t most) { return meanings_.make_some(most); }
    Browsed browse(const Browse& wanted) const;
    // With how many products each has, by name.
    std::vector<Facet::Value> categories() const;

  private:
    using Place = TextIndex::Place;
    struct Entry {
        ProductPtr product;  // null: the place is free
        Row row;
        std::vector<std::string> codes;
        std::string name;  // as one types it: without case and punctuation
    };
    struct Ranked {
        Place place;
        double value;
        float score;
    };
    // The hits with their scores.
    std::vector<TextIndex::Hit> hits_of(const Search& wanted, Found& found);
    Found ranked(const std::vector<TextIndex::Hit>& hits, const Search& wanted, Found found);
    void note_category(const Entry& entry, std::int64_t difference);
    void add_exact(std::string_view question, std::vector<TextIndex::Hit>& hits) const;
    double value_of(Order order, const Entry& entry, float score) const;
    bool is_before(const Ranked& one, const Ranked& other) const;

    TextIndex index_;
    Meanings meanings_;
    Interned texts_;
    std::vector<Entry> entries_;  // by place
    std::map<contracts::ProductId, Place> places_;
    std::unordered_multimap<std::string, Place> codes_;
    std::unordered_multimap<std::string, Place> names_;
    std::map<std::string, std::int64_t> categories_;
    FilterTest::Outcome outcome_;
};

}  // namespace loquat::product
