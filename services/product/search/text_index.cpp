#include "services/product/search/text_index.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "services/product/search/words.hpp"

namespace loquat::product {
namespace {

// Of BM25F; docs/shop-quality.md has how they were chosen.
constexpr float saturation = 1.2F;
constexpr float length_share = 0.75F;
// Name, brand, category, attributes, description.
constexpr std::array<float, 5> part_weights{2.0F, 1.0F, 1.0F, 0.2F, 1.0F};
constexpr float all_words = 100.0F;  // more than any score of words
constexpr float accessory_factor = 0.9F;
constexpr std::uint64_t in_name = 10;  // as good as so many elsewhere
constexpr std::size_t question_words_max = 32;
constexpr std::size_t joined_max = 40;  // bytes

// What questions are put together with, and no text is looked for by.
bool is_small_word(std::string_view word) {
    constexpr std::array<std::string_view, 14> words{
        "a", "an", "and", "for", "from", "in", "of", "on", "or", "that", "the", "to", "with", "me"};
    return std::ranges::find(words, word) != words.end();
}

void count_up(std::uint8_t& count) {
    count = static_cast<std::uint8_t>(
        std::min<int>(count + 1, std::numeric_limits<std::uint8_t>::max()));
}

}  // namespace

std::uint32_t TextIndex::term_of(std::string_view word) {
    if (const auto found = ids_.find(word); found != ids_.end()) {
        return found->second;
    }
    const auto id = static_cast<std::uint32_t>(terms_.size());
    terms_.push_back({.word = std::string{word}, .postings = {}, .texts = 0});
    ids_.emplace(std::string{word}, id);
    spelling_.add(id, word);
    spelling_.add(id, plural_of(word));
    return id;
}

const TextIndex::Term* TextIndex::known(std::string_view word) const {
    const auto found = ids_.find(word);
    return found == ids_.end() || terms_[found->second].texts == 0 ? nullptr
                                                                   : &terms_[found->second];
}

void TextIndex::add_part(Place place, std::size_t part, std::string_view text) {
    Text& counted = places_[place];
    const auto count = [&](std::string_view word) {
        const std::uint32_t id = term_of(word);
        Term& term = terms_[id];
        if (term.postings.empty() || term.postings.back().place != place) {
            term.postings.push_back({.place = place, .counts = {}});
            ++term.texts;
            counted.terms.push_back(id);
        }
        count_up(term.postings.back().counts[part]);
    };
    WordReader reader{text};
    std::string before;
    std::size_t words = 0;
    while (reader.next()) {
        count(reader.word());
        ++words;
        if (reader.follows_hyphen() && before.size() + reader.word().size() <= joined_max) {
            count(before.append(reader.word()));
        }
        before = reader.word();
        if (part == 0) {
            counted.accessories |= Synonyms::accessory_bit(before);
        }
    }
    counted.lengths[part] = static_cast<std::uint16_t>(
        std::min<std::size_t>(words, std::numeric_limits<std::uint16_t>::max()));
    words_[part] += counted.lengths[part];
}

TextIndex::Place TextIndex::add(const Texts& texts) {
    Place place = 0;
    if (free_.empty()) {
        place = static_cast<Place>(places_.size());
        places_.emplace_back();
        found_.emplace_back();
    } else {
        place = free_.back();
        free_.pop_back();
        places_[place] = {};
    }
    places_[place].is_there = true;
    const std::array parts{texts.name, texts.brand, texts.category, texts.attributes,
                           texts.description};
    for (std::size_t part = 0; part < parts.size(); ++part) {
        add_part(place, part, parts[part]);
    }
    set_factors(places_[place]);
    ++changes_;
    return place;
}

void TextIndex::remove(Place place) {
    Text& text = places_[place];
    text.is_there = false;
    ++dead_;
    for (const std::uint32_t term : std::exchange(text.terms, {})) {
        --terms_[term].texts;
    }
    for (std::size_t part = 0; part < part_count; ++part) {
        words_[part] -= text.lengths[part];
    }
    ++changes_;
    if (dead_ > 64 && dead_ > size() / 4) {
        sweep();
    }
}

// Takes removed texts out of all lists, so that their places can be given again.
void TextIndex::sweep() {
    for (Term& term : terms_) {
        std::erase_if(term.postings,
                      [this](const Posting& posting) { return !places_[posting.place].is_there; });
    }
    std::vector<bool> is_free(places_.size(), false);
    for (const Place place : free_) {
        is_free[place] = true;
    }
    for (Place place = 0; place < places_.size(); ++place) {
        if (!places_[place].is_there && !is_free[place]) {
            free_.push_back(place);
        }
    }
    dead_ = 0;
}

void TextIndex::set_factors(Text& text) const {
    const auto count = static_cast<float>(std::max<std::size_t>(size(), 1));
    for (std::size_t part = 0; part < part_count; ++part) {
        const float average = std::max(static_cast<float>(words_[part]) / count, 1e-3F);
        const float length = static_cast<float>(text.lengths[part]) / average;
        text.factors[part] = part_weights[part] / (1 - length_share + length_share * length);
    }
}

// The averages move slowly: those of a moment ago are as good.
void TextIndex::refresh_factors() {
    if (changes_ * 100 <= size()) {
        return;
    }
    changes_ = 0;
    for (Text& text : places_) {
        set_factors(text);
    }
}

TextIndex::Asked TextIndex::ask(std::string_view question) const {
    std::vector<std::string> words;
    for (Word& word : words_of(question)) {
        if (std::ranges::find(words, word.text) == words.end() &&
            words.size() < question_words_max) {
            words.push_back(std::move(word.text));
        }
    }
    if (!std::ranges::all_of(words, is_small_word)) {
        std::erase_if(words, is_small_word);
    }
    Asked asked;
    asked.groups.resize(words.size());
    const auto add = [&](std::size_t group, const std::string& word, float weight) {
        asked.accessories |= Synonyms::accessory_bit(word);
        if (const Term* term = known(word)) {
            asked.groups[group].push_back({id_of(*term), weight});
            asked.words.push_back(word);
        }
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        add(i, words[i], 1);
        for (const std::string& other : synonyms_.of(words[i])) {
            add(i, other, Synonyms::weight);
        }
        if (i + 1 < words.size()) {
            const std::string joined = words[i] + words[i + 1];
            add(i, joined, 1);
            add(i + 1, joined, 1);
        }
    }
    asked.unknown = static_cast<std::size_t>(
        std::ranges::count_if(asked.groups, [](const auto& group) { return group.empty(); }));
    return asked;
}

// What the texts score for one word and what is as good.
void TextIndex::gather(const std::vector<Asked::Term>& group) {
    in_group_.clear();
    for (const Asked::Term& asked : group) {
        for (const Posting& posting : terms_[asked.id].postings) {
            const Text& text = places_[posting.place];
            if (!text.is_there) {
                continue;
            }
            float sum = 0;
            for (std::size_t part = 0; part < part_count; ++part) {
                sum += text.factors[part] * static_cast<float>(posting.counts[part]);
            }
            float& now = found_[posting.place].now;
            if (now == 0) {
                in_group_.push_back(posting.place);
            }
            now += sum * asked.weight;
        }
    }
    const auto all = static_cast<float>(size());
    const auto with = static_cast<float>(in_group_.size());
    const float rarity = std::log(1 + (all - with + 0.5F) / (with + 0.5F));
    for (const Place place : in_group_) {
        Found& found = found_[place];
        if (found.groups == 0) {
            touched_.push_back(place);
        }
        found.score += rarity * found.now * (saturation + 1) / (found.now + saturation);
        ++found.groups;
        found.now = 0;
    }
}

void TextIndex::rank(const Asked& asked) {
    const auto wanted = asked.groups.size();
    const auto has_all = [this, wanted](Place place) { return found_[place].groups == wanted; };
    const auto whole = static_cast<std::size_t>(std::ranges::count_if(touched_, has_all));
    const bool leaves_out = whole >= enough;
    for (const Place place : touched_) {
        Found& found = found_[place];
        const bool is_whole = has_all(place);
        if (is_whole || !leaves_out) {
            const bool goes_with_it = (places_[place].accessories & ~asked.accessories) != 0;
            const float score = found.score * (goes_with_it ? accessory_factor : 1);
            hits_.push_back({place, score + (is_whole ? all_words : 0)});
        }
        found = {};
    }
}

const std::vector<TextIndex::Hit>& TextIndex::find(const Asked& asked) {
    refresh_factors();
    hits_.clear();
    touched_.clear();
    for (const auto& group : asked.groups) {
        gather(group);
    }
    rank(asked);
    return hits_;
}

std::vector<bool> TextIndex::texts_with_all(const std::vector<const Term*>& terms) const {
    std::vector<std::uint16_t> counts(places_.size(), 0);
    for (const Term* term : terms) {
        for (const Posting& posting : term->postings) {
            counts[posting.place] += places_[posting.place].is_there ? 1 : 0;
        }
    }
    std::vector<bool> with_all(places_.size());
    for (std::size_t place = 0; place < counts.size(); ++place) {
        with_all[place] = counts[place] == terms.size();
    }
    return with_all;
}

std::string TextIndex::correct(std::string_view question) const {
    std::vector<Word> words;  // `text` as it is written
    std::vector<std::string> looked_up;
    WordReader reader{question};
    while (reader.next() && words.size() < question_words_max) {
        words.push_back({std::string{reader.written()}, reader.begin(), reader.length()});
        looked_up.emplace_back(reader.word());
    }
    const auto is_known = [&](std::size_t i) {
        const std::string& word = looked_up[i];
        return known(word) || is_small_word(word) || !synonyms_.of(word).empty() ||
               (i > 0 && known(looked_up[i - 1] + word)) ||
               (i + 1 < words.size() && known(word + looked_up[i + 1]));
    };
    std::vector<const Term*> others;
    std::vector<std::size_t> misspelt;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!is_known(i)) {
            misspelt.push_back(i);
        } else if (const Term* term = known(looked_up[i])) {
            others.push_back(term);
        }
    }
    if (misspelt.empty()) {
        return {};
    }
    // Of two that are as near the one that stands with the other words, best in names: dvd lpayer
    // is no layer.
    const std::vector<bool> with_others = texts_with_all(others);
    const auto worth = [&](std::uint32_t id) {
        std::uint64_t together = 0;
        for (const Posting& posting : terms_[id].postings) {
            if (with_others[posting.place] && places_[posting.place].is_there) {
                together += posting.counts.front() > 0 ? in_name : 1;
            }
        }
        return together << 32U | terms_[id].texts;
    };
    bool is_changed = false;
    for (const std::size_t i : misspelt) {
        if (const auto near = spelling_.nearest(words[i].text, worth)) {
            words[i].text = terms_[near->id].word;
            is_changed = true;
        }
    }
    std::string corrected;
    for (const Word& word : words) {
        corrected.append(corrected.empty() ? "" : " ").append(word.text);
    }
    return is_changed ? corrected : std::string{};
}

}  // namespace loquat::product
