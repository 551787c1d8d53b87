#include "services/product/search/synonyms.hpp"

#include <algorithm>
#include <array>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/product/search/words.hpp"

namespace loquat::product {
namespace {

// Only what is the same thing: bag and case, or earphones and headsets, find worse with each other
// than without.
constexpr std::string_view built_in =
    "laptop, notebook\n"
    "tv, television\n"
    "fridge, refrigerator\n"
    "sofa, couch\n"
    "sneaker, trainer\n"
    "trousers, pants\n"
    "cellphone, smartphone\n"
    "flashlight, torch\n"
    "perfume, fragrance\n"
    "tshirt, t-shirt, tee\n"
    "grey, gray\n"
    "colour, color\n"
    "aluminium, aluminum\n"
    "jewellery, jewelry\n";

// Singular. A bit for each: at most 64.
constexpr std::array<std::string_view, 56> accessories{
    "accessory", "adapter",  "backpack",  "bag",       "battery",  "bracket",   "cable",
    "cartridge", "case",     "cart",      "charger",   "cleaner",  "converter", "cover",
    "dock",      "docking",  "enclosure", "extension", "film",     "filter",    "holder",
    "hub",       "inverter", "kit",       "license",   "lock",     "memory",    "module",
    "mount",     "pad",      "paper",     "pen",       "port",     "pouch",     "protector",
    "remote",    "screen",   "security",  "shell",     "skin",     "sleeve",    "splitter",
    "stand",     "station",  "strap",     "stylus",    "toner",    "tray",      "tripod",
    "upgrade",   "wall",     "warranty",  "headset",   "keyboard", "mouse",     "speaker"};

std::string looked_up(std::string_view written) {
    std::string joined;
    for (const Word& word : words_of(written)) {
        joined += word.text;
    }
    return joined;
}

Failure bad_line(std::size_t line) {
    return Failure{Kind::invalid, "shop.synonyms",
                   "Line " + std::to_string(line) +
                       " of the synonyms is neither `word, word` nor `word => word`."};
}

}  // namespace

Synonyms::Synonyms() { add(built_in); }

void Synonyms::add(std::string_view rules) {
    std::size_t number = 0;
    for (const std::string_view line : split(rules, '\n')) {
        ++number;
        const std::string_view rule = trim(line.substr(0, line.find('#')));
        if (rule.empty()) {
            continue;
        }
        const std::size_t arrow = rule.find("=>");
        const bool is_one_way = arrow != std::string_view::npos;
        std::vector<std::string> left;
        std::vector<std::string> right;
        for (const std::string_view written : split(rule.substr(0, arrow), ',')) {
            left.push_back(looked_up(written));
        }
        if (is_one_way) {
            for (const std::string_view written : split(rule.substr(arrow + 2), ',')) {
                right.push_back(looked_up(written));
            }
        } else {
            right = left;
        }
        const auto is_empty = [](const std::string& word) { return word.empty(); };
        if (std::ranges::any_of(left, is_empty) || std::ranges::any_of(right, is_empty) ||
            (!is_one_way && left.size() < 2)) {
            throw bad_line(number);
        }
        for (const std::string& from : left) {
            for (const std::string& to : right) {
                std::vector<std::string>& known = same_[from];
                if (from != to && std::ranges::find(known, to) == known.end()) {
                    known.push_back(to);
                }
            }
        }
    }
}

const std::vector<std::string>& Synonyms::of(const std::string& word) const {
    static const std::vector<std::string> none;
    const auto found = same_.find(word);
    return found == same_.end() ? none : found->second;
}

std::uint64_t Synonyms::accessory_bit(std::string_view word) {
    const auto* const found = std::ranges::find(accessories, word);
    return found == accessories.end() ? 0 : std::uint64_t{1} << (found - accessories.begin());
}

}  // namespace loquat::product
