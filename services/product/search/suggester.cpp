#include "services/product/search/suggester.hpp"

#include <algorithm>
#include <set>

#include "services/product/search/words.hpp"

namespace loquat::product {
namespace {

using contracts::Suggestion;
using contracts::SuggestionKind;

// What one letter begins may be half of a catalogue: as much is looked at as takes no time.
constexpr std::size_t looked_at_max = 4'096;
constexpr std::size_t words_looked_at_max = 8'192;
constexpr std::size_t typed_words_max = 8;
constexpr std::size_t completions_max = 3;
constexpr std::size_t categories_max = 2;

std::vector<std::string> written_words(std::string_view text) {
    std::vector<std::string> words;
    WordReader reader{text};
    while (reader.next()) {
        words.emplace_back(reader.written());
    }
    return words;
}

std::string spaced(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text.append(" ").append(word);
    }
    return text;
}

bool has_all(const std::string& name, const std::vector<std::string>& beginnings) {
    return std::ranges::all_of(beginnings, [&](const std::string& beginning) {
        return name.find(" " + beginning) != std::string::npos;
    });
}

}  // namespace

void Suggester::put(ProductPtr product) {
    if (const auto known = places_.find(product->id); known != places_.end()) {
        Entry& entry = entries_[known->second];
        if (entry.product->name == product->name && entry.product->category == product->category) {
            entry.product = std::move(product);
            return;
        }
        remove(product->id);
    }
    if (free_.empty()) {
        free_.push_back(static_cast<Place>(entries_.size()));
        entries_.emplace_back();
    }
    const Place place = free_.back();
    free_.pop_back();
    Entry& entry = entries_[place];
    entry.words = written_words(product->name);
    entry.name = spaced(entry.words);
    std::ranges::sort(entry.words);
    const auto twice = std::ranges::unique(entry.words);
    entry.words.erase(twice.begin(), twice.end());
    for (const std::string& word : entry.words) {
        words_[word].push_back(place);
    }
    if (product->category) {
        ++categories_[*product->category];
    }
    places_[product->id] = place;
    entry.product = std::move(product);
}

void Suggester::remove(contracts::ProductId id) {
    const auto found = places_.find(id);
    if (found == places_.end()) {
        return;
    }
    const Place place = found->second;
    Entry& entry = entries_[place];
    for (const std::string& word : entry.words) {
        const auto at = words_.find(word);
        std::erase(at->second, place);
        if (at->second.empty()) {
            words_.erase(at);
        }
    }
    if (const auto& category = entry.product->category) {
        const auto counted = categories_.find(*category);
        if (--counted->second == 0) {
            categories_.erase(counted);
        }
    }
    entry = {};
    places_.erase(found);
    free_.push_back(place);
}

std::vector<Suggester::Place> Suggester::matching(const Typed& typed) const {
    // The longest has the fewest that begin so.
    const std::string& rarest = *std::ranges::max_element(typed, {}, &std::string::size);
    std::vector<Place> found;
    for (auto at = words_.lower_bound(rarest); at != words_.end(); ++at) {
        if (!at->first.starts_with(rarest) || found.size() >= looked_at_max) {
            break;
        }
        const std::size_t room = std::min(looked_at_max - found.size(), at->second.size());
        found.insert(found.end(), at->second.begin(),
                     at->second.begin() + static_cast<std::ptrdiff_t>(room));
    }
    std::ranges::sort(found);
    const auto twice = std::ranges::unique(found);
    found.erase(twice.begin(), twice.end());
    if (typed.size() > 1) {
        std::erase_if(found, [&](Place place) { return !has_all(entries_[place].name, typed); });
    }
    return found;
}

std::vector<Suggester::Completion> Suggester::completions(
    const Typed& typed, const std::vector<Place>& products) const {
    const std::string& last = typed.back();
    std::vector<Completion> all;
    if (typed.size() == 1) {
        std::size_t looked_at = 0;
        for (auto at = words_.lower_bound(last); at != words_.end() && at->first.starts_with(last);
             ++at) {
            if (++looked_at > words_looked_at_max) {
                break;
            }
            if (at->first != last) {
                all.push_back({at->first, at->second.size()});
            }
        }
    } else {
        std::map<std::string_view, std::size_t> counts;
        for (const Place place : products) {
            for (const std::string& word : entries_[place].words) {
                const bool is_typed = std::ranges::find(typed, word) != typed.end();
                if (!is_typed && word.starts_with(last)) {
                    ++counts[word];
                }
            }
        }
        for (const auto& [word, count] : counts) {
            all.push_back({std::string{word}, count});
        }
    }
    const std::size_t shown = std::min(completions_max, all.size());
    std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(shown),
                              [](const Completion& one, const Completion& other) {
                                  return one.products != other.products
                                             ? one.products > other.products
                                             : one.word < other.word;
                              });
    all.resize(shown);
    return all;
}

void Suggester::add_categories(const Typed& typed, std::vector<Suggestion>& all) const {
    std::vector<std::pair<std::size_t, const std::string*>> found;
    for (const auto& [category, count] : categories_) {
        if (has_all(spaced(written_words(category)), typed)) {
            found.emplace_back(count, &category);
        }
    }
    std::ranges::sort(found, [](const auto& one, const auto& other) {
        return one.first != other.first ? one.first > other.first : *one.second < *other.second;
    });
    for (std::size_t i = 0; i < std::min(categories_max, found.size()); ++i) {
        all.push_back({SuggestionKind::category, *found[i].second, std::nullopt});
    }
}

std::vector<Suggestion> Suggester::suggest(std::string_view text, std::size_t limit) const {
    Typed typed = written_words(text);
    if (typed.empty()) {
        return {};
    }
    typed.resize(std::min(typed.size(), typed_words_max));
    std::vector<Place> products = matching(typed);
    std::vector<Suggestion> all;
    const std::string before = spaced({typed.begin(), typed.end() - 1});
    for (const Completion& completion : completions(typed, products)) {
        const std::string whole = before + " " + completion.word;
        all.push_back({SuggestionKind::query, whole.substr(1), std::nullopt});
    }
    add_categories(typed, all);
    all.resize(std::min(all.size(), limit > 1 ? limit - 1 : limit));
    const std::string start = spaced(typed);
    const auto rank = [&](Place place) {
        const Entry& entry = entries_[place];
        return std::tuple{!entry.name.starts_with(start), entry.name.size(), entry.product->id};
    };
    const std::size_t room = std::min(limit - all.size(), products.size());
    std::ranges::partial_sort(products, products.begin() + static_cast<std::ptrdiff_t>(room), {},
                              rank);
    for (std::size_t i = 0; i < room; ++i) {
        const ProductPtr& product = entries_[products[i]].product;
        all.push_back({SuggestionKind::product, product->name, product->id});
    }
    return all;
}

}  // namespace loquat::product
