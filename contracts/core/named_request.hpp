#pragma once
#include "contracts/core/route.hpp"

namespace loquat::contracts {

// Whether a JSON object has a text as `client_id`: such a request names what it asks for, and sent
// again, to whichever instance, it is done once.  What it is asked of is not parsed: inside of a
// text a quotation mark has a backslash before it, so that this can only be the member itself.
constexpr bool names_itself(std::string_view body) {
    return body.find(R"("client_id":")") != std::string_view::npos ||
           body.find(R"("client_id": ")") != std::string_view::npos;
}

// Whether this call of the row may be sent again: by its row, or by its name.
inline bool may_repeat(Repeat row, bool has_key, std::string_view body) {
    return row == Repeat::safe || (row == Repeat::with_key && has_key) || names_itself(body);
}

}  // namespace loquat::contracts
