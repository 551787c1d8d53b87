#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

// What cart, session and assistant name alike.
namespace loquat::contracts {

using ShopSessionId = Id<struct ShopSessionTag>;
using OrderId = Id<struct OrderTag>;
// One try to buy; what is held for it has this name everywhere.
using CheckoutId = Id<struct CheckoutTag>;
using LineId = Id<struct LineTag>;

// An id as the outside writes it: alone, or behind the name of its table (`session:ID`).
template <class AnyId>
std::optional<AnyId> parse_ref(std::string_view text, std::string_view table) {
    if (text.size() > table.size() && text.starts_with(table) && text[table.size()] == ':') {
        text.remove_prefix(table.size() + 1);
    }
    return AnyId::parse(text);
}

}  // namespace loquat::contracts
