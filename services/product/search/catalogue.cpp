#include "services/product/search/catalogue.hpp"

#include <algorithm>

#include "services/product/search/words.hpp"

namespace loquat::product {
namespace {

// Before every score of words.
constexpr float exact_code = 10'000;
constexpr float exact_name = 1'000;
// Who means nearly the same: less near is something else (docs/shop-quality.md).
constexpr float near_enough = 0.4F;

std::string joined_words(std::string_view text) {
    std::string joined;
    WordReader reader{text};
    while (reader.next()) {
        joined.append(joined.empty() ? "" : " ").append(reader.word());
    }
    return joined;
}

std::vector<std::string> codes_of(const contracts::Product& product) {
    std::vector<std::string> codes{code_key(product.sku)};
    if (product.ean) {
        codes.push_back(code_key(*product.ean));
    }
    for (const contracts::Variant& variant : product.variants) {
        codes.push_back(code_key(variant.sku));
    }
    std::ranges::sort(codes);
    const auto rest = std::ranges::unique(codes);
    codes.erase(rest.begin(), rest.end());
    std::erase(codes, "");
    return codes;
}

std::string attribute_words(const contracts::Product& product) {
    std::string words;
    const auto add = [&words](std::string_view text) { words.append(text).push_back('\n'); };
    for (const auto& [name, value] : product.attributes) {
        if (const std::string* text = value.if_string()) {
            add(*text);
        } else if (const bool* flag = value.if_bool(); flag != nullptr && *flag) {
            add(name);
        } else if (const wire::Array* values = value.if_array()) {
            for (const wire::Value& one : *values) {
                add(value_text(one));
            }
        }
    }
    for (const auto& [name, values] : product.options) {
        std::ranges::for_each(values, add);
    }
    return words;
}

void erase_one(std::unordered_multimap<std::string, TextIndex::Place>& from, const std::string& key,
               TextIndex::Place place) {
    auto [begin, end] = from.equal_range(key);
    for (auto at = begin; at != end; ++at) {
        if (at->second == place) {
            from.erase(at);
            return;
        }
    }
}

// Whether both are found by the same words and codes.
bool reads_the_same(const contracts::Product& one, const contracts::Product& other) {
    return one.name == other.name && one.brand == other.brand && one.category == other.category &&
           one.description == other.description && one.options == other.options &&
           attribute_words(one) == attribute_words(other) && codes_of(one) == codes_of(other);
}

// How well a code fits a product that has it in some spelling; the lower the better.
int distance_of(const contracts::Product& product, std::string_view code) {
    const auto is_variants = [&](const contracts::Variant& variant) { return variant.sku == code; };
    return product.sku == code                                  ? 0
           : std::ranges::any_of(product.variants, is_variants) ? 1
           : product.ean && *product.ean == code                ? 2
                                                                : 3;
}

}  // namespace

void Catalogue::note_category(const Entry& entry, std::int64_t difference) {
    if (!entry.product->category) {
        return;
    }
    const auto counted = categories_.try_emplace(*entry.product->category, 0).first;
    counted->second += difference;
    if (counted->second == 0) {
        categories_.erase(counted);
    }
}

void Catalogue::put(ProductPtr product) {
    if (const auto known = places_.find(product->id); known != places_.end()) {
        Entry& entry = entries_[known->second];
        if (reads_the_same(*entry.product, *product)) {
            entry.row = to_row(*product, texts_);
            entry.product = std::move(product);
            return;
        }
        remove(product->id);
    }
    const std::string attributes = attribute_words(*product);
    const Place place =
        index_.add({.name = product->name,
                    .brand = product->brand ? *product->brand : std::string_view{},
                    .category = product->category ? *product->category : std::string_view{},
                    .attributes = attributes,
                    .description = product->description});
    if (place >= entries_.size()) {
        entries_.resize(place + 1);
    }
    Entry& entry = entries_[place];
    entry.row = to_row(*product, texts_);
    entry.codes = codes_of(*product);
    entry.name = joined_words(product->name);
    places_[product->id] = place;
    for (const std::string& code : entry.codes) {
        codes_.emplace(code, place);
    }
    names_.emplace(entry.name, place);
    meanings_.put(place, *product);
    entry.product = std::move(product);
    note_category(entry, 1);
}

void Catalogue::remove(contracts::ProductId id) {
    const auto found = places_.find(id);
    if (found == places_.end()) {
        return;
    }
    const Place place = found->second;
    Entry& entry = entries_[place];
    for (const std::string& code : entry.codes) {
        erase_one(codes_, code, place);
    }
    erase_one(names_, entry.name, place);
    note_category(entry, -1);
    entry = {};
    places_.erase(found);
    meanings_.remove(place);
    index_.remove(place);
}

ProductPtr Catalogue::find(contracts::ProductId id) const {
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : entries_[found->second].product;
}

Catalogue::Coded Catalogue::find_code(std::string_view code) const {
    const std::string key = code_key(code);
    if (key.empty()) {
        return {};
    }
    ProductPtr best;
    int distance = 0;
    const auto [begin, end] = codes_.equal_range(key);
    for (auto at = begin; at != end; ++at) {
        const ProductPtr& product = entries_[at->second].product;
        const int its = distance_of(*product, code);
        if (!best || its < distance || (its == distance && product->id < best->id)) {
            best = product;
            distance = its;
        }
    }
    Coded coded{best, std::nullopt};
    if (best && code_key(best->sku) != key) {
        const auto variant = std::ranges::find_if(
            best->variants, [&](const auto& one) { return code_key(one.sku) == key; });
        if (variant != best->variants.end()) {
            coded.variant = variant->id;
        }
    }
    return coded;
}

Browsed Catalogue::browse(const Browse& wanted) const {
    Browsed browsed;
    auto at = wanted.after ? places_.upper_bound(*wanted.after) : places_.begin();
    for (; at != places_.end(); ++at) {
        const ProductPtr& product = entries_[at->second].product;
        if ((wanted.category && product->category != wanted.category) ||
            (wanted.brand && product->brand != wanted.brand)) {
            continue;
        }
        if (browsed.items.size() == wanted.limit) {
            browsed.has_more = true;
            break;
        }
        browsed.items.push_back(product);
    }
    return browsed;
}

std::vector<Facet::Value> Catalogue::categories() const {
    std::vector<Facet::Value> values;
    for (const auto& [value, count] : categories_) {
        values.push_back({value, count});
    }
    return values;
}

// Who is named by code or by the whole name comes first, also where the words alone find others.
void Catalogue::add_exact(std::string_view question, std::vector<TextIndex::Hit>& hits) const {
    const auto add = [&hits](const auto& range, float score) {
        for (auto at = range.first; at != range.second; ++at) {
            const auto hit = std::ranges::find(hits, at->second, &TextIndex::Hit::place);
            if (hit != hits.end()) {
                hit->score += score;
            } else {
                hits.push_back({at->second, score});
            }
        }
    };
    if (const std::string key = code_key(question); !key.empty()) {
        add(codes_.equal_range(key), exact_code);
    }
    if (const std::string name = joined_words(question); !name.empty()) {
        add(names_.equal_range(name), exact_name);
    }
}

std::vector<TextIndex::Hit> Catalogue::hits_of(const Search& wanted, Found& found) {
    std::vector<TextIndex::Hit> hits;
    if (wanted.question.empty()) {
        for (const auto& [id, place] : places_) {
            hits.push_back({place, 0});
        }
        return hits;
    }
    std::string question = wanted.question;
    const bool is_code = codes_.contains(code_key(question));
    if (wanted.correct && !is_code) {
        if (std::string better = index_.correct(question); !better.empty()) {
            question = std::move(better);
            found.corrected = question;
        }
    }
    TextIndex::Asked asked = index_.ask(question);
    hits = index_.find(asked);
    found.words = std::move(asked.words);
    add_exact(question, hits);
    if (hits.empty() && wanted.correct && Meanings::says_something(wanted.question)) {
        hits = meanings_.near(embedding::embed(wanted.question), near_enough);
    }
    return hits;
}

double Catalogue::value_of(Order order, const Entry& entry, float score) const {
    switch (order) {
        case Order::relevance:
            return -static_cast<double>(score);
        case Order::price:
            return static_cast<double>(entry.product->price.amount);
        case Order::price_descending:
            return -static_cast<double>(entry.product->price.amount);
        case Order::rating:
            return -entry.product->rating.value_or(-1);
        case Order::newest:
            return -static_cast<double>(entry.product->id.uuid.unix_ms());
    }
    return 0;
}

bool Catalogue::is_before(const Ranked& one, const Ranked& other) const {
    return one.value != other.value
               ? one.value < other.value
               : entries_[one.place].product->id < entries_[other.place].product->id;
}

Found Catalogue::search(const Search& wanted) {
    Found found;
    const auto hits = hits_of(wanted, found);
    return ranked(hits, wanted, std::move(found));
}

Found Catalogue::search_near(const embedding::Vector& vector, const Filters& filters,
                             std::size_t limit) {
    constexpr float any = -1;
    const Search wanted{.question = {}, .filters = filters, .facets = {}, .limit = limit};
    return ranked(meanings_.near(vector, any), wanted, {});
}

Found Catalogue::ranked(const std::vector<TextIndex::Hit>& hits, const Search& wanted,
                        Found found) {
    const FilterTest filters{wanted.filters, texts_};
    FacetCounts counts{wanted.facets, filters, texts_};
    const bool is_tested = !filters.is_open() || !wanted.facets.empty();
    std::vector<Ranked> passed;
    for (const auto& hit : hits) {
        const Entry& entry = entries_[hit.place];
        if (is_tested) {
            filters.test(entry.row, outcome_);
            counts.count(entry.row, outcome_);
            if (!outcome_.passes()) {
                continue;
            }
        }
        ++found.total;
        const Ranked ranked{hit.place, value_of(wanted.order, entry, hit.score), hit.score};
        const bool was_shown =
            wanted.after &&
            (ranked.value < wanted.after->value ||
             (ranked.value == wanted.after->value && entry.product->id <= wanted.after->id));
        if (!was_shown) {
            passed.push_back(ranked);
        }
    }
    const std::size_t shown = std::min(wanted.limit, passed.size());
    std::ranges::partial_sort(
        passed, passed.begin() + static_cast<std::ptrdiff_t>(shown),
        [this](const Ranked& one, const Ranked& other) { return is_before(one, other); });
    for (std::size_t i = 0; i < shown; ++i) {
        const Entry& entry = entries_[passed[i].place];
        Found::Item item{entry.product, std::nullopt, passed[i].score};
        filters.test(entry.row, outcome_);
        for (std::size_t form = 0; form < entry.row.forms.size() && !item.variant; ++form) {
            if (outcome_.form_passes(form)) {
                item.variant = entry.row.forms[form].variant;
            }
        }
        found.items.push_back(std::move(item));
    }
    if (passed.size() > shown && shown > 0) {
        found.next = Mark{passed[shown - 1].value, entries_[passed[shown - 1].place].product->id};
    }
    found.facets = counts.take();
    return found;
}

}  // namespace loquat::product
