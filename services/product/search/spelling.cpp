#include "services/product/search/spelling.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <utility>

namespace loquat::product {
namespace {

constexpr std::size_t from_one = 5;
constexpr std::size_t from_two = 9;

bool has_digit(std::string_view word) {
    return std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

std::uint64_t letters_of(std::string_view word) {
    std::uint64_t letters = 0;
    for (const char c : word) {
        letters |= std::uint64_t{1} << (static_cast<unsigned char>(c) % 64U);
    }
    return letters;
}

}  // namespace

int mistakes_allowed(std::size_t letters) {
    return letters < from_one ? 0 : letters < from_two ? 1 : 2;
}

int spelling_distance(std::string_view one, std::string_view other, int most) {
    constexpr std::size_t longest = 64;
    if (one.size() > longest || other.size() > longest ||
        std::abs(static_cast<int>(one.size()) - static_cast<int>(other.size())) > most) {
        return one == other ? 0 : most + 1;
    }
    std::array<std::array<int, longest + 1>, 3> rows{};
    for (std::size_t j = 0; j <= other.size(); ++j) {
        rows[0][j] = static_cast<int>(j);
    }
    for (std::size_t i = 1; i <= one.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i + 2) % 3];
        const auto& two_above = rows[(i + 1) % 3];
        row[0] = static_cast<int>(i);
        int least = row[0];
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const int changed = above[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
            row[j] = std::min({changed, above[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]) {
                row[j] = std::min(row[j], two_above[j - 2] + 1);
            }
            least = std::min(least, row[j]);
        }
        if (least > most) {
            return most + 1;
        }
    }
    return std::min(rows[one.size() % 3][other.size()], most + 1);
}

void Spelling::add(std::uint32_t id, std::string_view word) {
    if (word.size() > longest || word.size() < from_one - 1 || has_digit(word)) {
        return;
    }
    by_length_[word.size()].push_back({.letters = letters_of(word),
                                       .id = id,
                                       .begin = static_cast<std::uint32_t>(characters_.size()),
                                       .length = static_cast<std::uint8_t>(word.size())});
    characters_.insert(characters_.end(), word.begin(), word.end());
}

std::optional<Spelling::Near> Spelling::nearest(std::string_view word, const Worth& worth) const {
    int most = mistakes_allowed(word.size() + 1);
    if (most == 0 || has_digit(word) || word.size() > longest) {
        return std::nullopt;
    }
    std::optional<Near> best;
    std::pair<std::uint64_t, bool> best_value{};
    const std::uint64_t letters = letters_of(word);
    const auto allowed = static_cast<std::size_t>(most);
    const std::size_t last = std::min(word.size() + allowed, longest);
    for (std::size_t length = word.size() - allowed; length <= last; ++length) {
        for (const Entry& entry : by_length_[length]) {
            // Each mistake takes at most one letter away and brings one.
            if (std::popcount(letters ^ entry.letters) > 2 * most) {
                continue;
            }
            const std::string_view other{characters_.data() + entry.begin, entry.length};
            const int allowed_here =
                std::min(most, mistakes_allowed(std::max(word.size(), other.size())));
            const int distance = spelling_distance(word, other, allowed_here);
            if (distance > allowed_here) {
                continue;
            }
            const std::pair value{worth(entry.id), word.front() == other.front()};
            if (value.first > 0 && (!best || distance < most || value > best_value)) {
                best = {entry.id, distance};
                best_value = value;
                most = distance;
            }
        }
    }
    return best;
}

}  // namespace loquat::product
