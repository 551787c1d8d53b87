#include "services/product/search/highlights.hpp"

#include <algorithm>

#include "services/product/search/words.hpp"

namespace loquat::product {
namespace {

using contracts::Highlight;

constexpr std::uint32_t looked_at_max = 2'000;  // code points of a field
constexpr std::size_t highlights_max = 50;

class Marker {
  public:
    explicit Marker(const std::vector<std::string>& words) : words_(words) {}

    void mark(std::string_view field, std::string_view text) {
        WordReader reader{text};
        std::string joined;
        std::uint32_t joined_from = 0;
        while (reader.next() && reader.begin() < looked_at_max && all_.size() < highlights_max) {
            const std::uint32_t end = reader.begin() + reader.length();
            const bool goes_on = reader.follows_hyphen();
            joined = goes_on ? joined + std::string{reader.word()} : std::string{reader.word()};
            joined_from = goes_on ? joined_from : reader.begin();
            if (goes_on && is_wanted(joined)) {
                add(field, joined_from, end);
            } else if (is_wanted(reader.word())) {
                add(field, reader.begin(), end);
            }
        }
    }
    std::vector<Highlight> take() { return std::move(all_); }

  private:
    bool is_wanted(std::string_view word) const {
        return std::ranges::find(words_, word) != words_.end();
    }
    void add(std::string_view field, std::uint32_t begin, std::uint32_t end) {
        // 33cm is two words at one place.
        while (!all_.empty() && all_.back().field == field && all_.back().start >= begin) {
            all_.pop_back();
        }
        all_.push_back({.field = std::string{field}, .start = begin, .length = end - begin});
    }

    const std::vector<std::string>& words_;
    std::vector<Highlight> all_;
};

}  // namespace

std::vector<Highlight> highlights_of(const contracts::Product& product,
                                     const std::vector<std::string>& words) {
    Marker marker{words};
    if (!words.empty()) {
        marker.mark("name", product.name);
        marker.mark("brand", product.brand.value_or(""));
        marker.mark("category", product.category.value_or(""));
        marker.mark("description", product.description);
    }
    return marker.take();
}

}  // namespace loquat::product
