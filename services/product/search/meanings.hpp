#pragma once
#include <vector>

#include "base/embedding/embedder.hpp"
#include "contracts/product/product.hpp"
#include "services/product/search/text_index.hpp"

namespace loquat::product {

// What products mean, by their places: for questions whose words no product has. All are looked at,
// so what is found is exact. A vector is made when it is needed first.
class Meanings {
  public:
    using Place = TextIndex::Place;

    void put(Place place, const contracts::Product& product);
    void remove(Place place);
    // Makes some of the vectors that are not made yet; false when there are none left.
    bool make_some(std::size_t most);

    // Those that are at least so near, in no order; the score is the cosine.
    std::vector<TextIndex::Hit> near(const embedding::Vector& question, float least);

    // Whether the words of a text are mostly words: of letters put together anyhow a vector means
    // nothing.
    static bool says_something(std::string_view text);

  private:
    struct Entry {
        std::string text;  // until its vector is made
        embedding::Small vector;
        bool is_there = false;
    };
    std::vector<Entry> entries_;
    std::vector<Place> to_make_;
};

}  // namespace loquat::product
