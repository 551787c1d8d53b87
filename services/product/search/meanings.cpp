#include "services/product/search/meanings.hpp"

#include <algorithm>
#include <limits>

namespace loquat::product {
namespace {

constexpr std::size_t described_bytes_max = 400;

std::string text_of(const contracts::Product& product) {
    std::string text = product.name;
    for (const auto& part : {product.brand, product.category}) {
        text.append(part ? "\n" + *part : "");
    }
    // A character that is cut makes a text that means nothing: it ends at a space.
    const std::string_view description = product.description;
    const std::size_t end = description.size() <= described_bytes_max
                                ? description.size()
                                : description.rfind(' ', described_bytes_max);
    if (end != std::string_view::npos) {
        text.append("\n").append(description.substr(0, end));
    }
    return text;
}

}  // namespace

void Meanings::put(Place place, const contracts::Product& product) {
    if (place >= entries_.size()) {
        entries_.resize(place + 1);
    }
    entries_[place] = {.text = text_of(product), .vector = {}, .is_there = true};
    to_make_.push_back(place);
}

void Meanings::remove(Place place) { entries_[place] = {}; }

bool Meanings::make_some(std::size_t most) {
    for (std::size_t made = 0; made < most && !to_make_.empty(); ++made) {
        Entry& entry = entries_[to_make_.back()];
        to_make_.pop_back();
        if (entry.is_there && !entry.text.empty()) {
            entry.vector = embedding::to_small(embedding::embed(entry.text));
            entry.text = {};
        }
    }
    return !to_make_.empty();
}

bool Meanings::says_something(std::string_view text) {
    const auto pieces = embedding::pieces_of(text);
    const auto inner = std::ranges::count_if(
        pieces, [](std::string_view piece) { return piece.starts_with("##"); });
    return static_cast<std::size_t>(inner) * 2 < pieces.size();
}

std::vector<TextIndex::Hit> Meanings::near(const embedding::Vector& question, float least) {
    make_some(std::numeric_limits<std::size_t>::max());
    const embedding::Small small = embedding::to_small(question);
    std::vector<TextIndex::Hit> found;
    for (Place place = 0; place < entries_.size(); ++place) {
        const Entry& entry = entries_[place];
        if (!entry.is_there) {
            continue;
        }
        const float cosine = embedding::similarity(entry.vector, small);
        if (cosine >= least) {
            found.push_back({place, cosine});
        }
    }
    return found;
}

}  // namespace loquat::product
