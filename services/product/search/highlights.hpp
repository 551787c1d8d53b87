#pragma once
#include <string>
#include <vector>

#include "contracts/product/search.hpp"

namespace loquat::product {

// Where name, brand, category and the beginning of the description have one of the words (as
// WordReader gives them), each place once, in this order of fields.
std::vector<contracts::Highlight> highlights_of(const contracts::Product& product,
                                                const std::vector<std::string>& words);

}  // namespace loquat::product
