#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace loquat::product {

// Words that mean the same thing, and words that name what goes with a thing.
class Synonyms {
  public:
    // The built-in ones.
    Synonyms();
    // And these: one rule a line, `laptop, notebook` for words that find each other, `mobile =>
    // phone` for one way; `#` begins a remark. Throws Failure 422 `shop.synonyms` that names the
    // line.
    void add(std::string_view rules);

    // In the form of WordReader; empty for most.
    const std::vector<std::string>& of(const std::string& word) const;

    // A bit for a word such as case, charger or lock, 0 for others. Who asks for a thing does not
    // want what only goes with it.
    static std::uint64_t accessory_bit(std::string_view word);

    // What an occurrence of a synonym counts beside the word itself.
    static constexpr float weight = 0.3F;

  private:
    std::unordered_map<std::string, std::vector<std::string>> same_;
};

}  // namespace loquat::product
