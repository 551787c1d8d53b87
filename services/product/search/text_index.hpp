#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/product/search/spelling.hpp"
#include "services/product/search/synonyms.hpp"

namespace loquat::product {

// What of a product is searched. The texts are valid UTF-8.
struct Texts {
    std::string_view name{};
    std::string_view brand{};
    std::string_view category{};
    std::string_view attributes{};  // their values
    std::string_view description{};
};

// Finds texts by words and says how well they fit: BM25F, which saturates the sum over the parts of
// a text instead of summing what is saturated (Robertson, Zaragoza and Taylor 2004); whoever holds
// all words comes before whoever lacks one (docs/shop-quality.md has what each rule is worth).
// Everything is in memory; what was added or removed shows at once. Not for several threads.
class TextIndex {
  public:
    // Of a text, from 0; those of removed texts are given to later ones.
    using Place = std::uint32_t;

    explicit TextIndex(const Synonyms& synonyms) : synonyms_(synonyms) {}

    Place add(const Texts& texts);
    void remove(Place place);
    std::size_t size() const { return places_.size() - free_.size() - dead_; }

    // A question's words, each with what is as good; made by `ask`, good until the next change.
    struct Asked {
        struct Term {
            std::uint32_t id;
            float weight;
        };
        std::vector<std::vector<Term>> groups;
        std::vector<std::string> words;  // of all groups
        std::size_t unknown = 0;         // words that no text has
        std::uint64_t accessories = 0;
    };
    Asked ask(std::string_view question) const;

    struct Hit {
        Place place;
        float score;
    };
    // Texts with all of the words if at least `enough` have them, else those with any; in no order.
    // The reference holds until the next call.
    const std::vector<Hit>& find(const Asked& asked);

    // The question with each unknown word in the nearest known spelling; empty if that changes
    // nothing.
    std::string correct(std::string_view question) const;

  private:
    static constexpr std::size_t part_count = 5;
    static constexpr std::size_t enough = 10;
    using Counts = std::array<std::uint8_t, part_count>;

    struct Posting {
        Place place;
        Counts counts;  // how often in each part
    };
    struct Term {
        std::string word;
        std::vector<Posting> postings;
        std::uint32_t texts = 0;  // that are not removed
    };
    struct Text {
        std::array<std::uint16_t, part_count> lengths{};  // words
        std::array<float, part_count> factors{};          // what one occurrence in each part counts
        std::vector<std::uint32_t> terms;                 // each once
        std::uint64_t accessories = 0;
        bool is_there = false;
    };

    std::uint32_t term_of(std::string_view word);
    const Term* known(std::string_view word) const;
    std::uint32_t id_of(const Term& term) const {
        return static_cast<std::uint32_t>(&term - terms_.data());
    }
    std::vector<bool> texts_with_all(const std::vector<const Term*>& terms) const;
    void add_part(Place place, std::size_t part, std::string_view text);
    void set_factors(Text& text) const;
    void refresh_factors();
    void sweep();
    void gather(const std::vector<Asked::Term>& group);
    void rank(const Asked& asked);

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view word) const {
            return std::hash<std::string_view>{}(word);
        }
    };

    const Synonyms& synonyms_;
    std::vector<Term> terms_;
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> ids_;
    Spelling spelling_;
    std::vector<Text> places_;
    std::vector<Place> free_;
    std::size_t dead_ = 0;                           // removed, but still in lists of postings
    std::array<std::uint64_t, part_count> words_{};  // of all texts that are there
    std::size_t changes_ = 0;                        // since the factors were made

    // Of one search; kept for their memory.
    struct Found {
        float score = 0;
        float now = 0;  // of the group that is looked at
        std::uint16_t groups = 0;
    };
    std::vector<Found> found_;
    std::vector<Place> touched_;
    std::vector<Place> in_group_;
    std::vector<Hit> hits_;
};

}  // namespace loquat::product
