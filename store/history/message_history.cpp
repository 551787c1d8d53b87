#include "store/history/message_history.hpp"

#include "base/failure.hpp"
#include "store/checksum.hpp"

namespace loquat::store {

std::int64_t text_sum(std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    return static_cast<std::int64_t>(std::uint64_t{size} << 32 | crc32c(text));
}

void check_page(const PageQuery& query) {
    if (query.limit < 1 || query.limit > MessageHistory::page_max) {
        throw invalid_field("limit", "range", "1 to 200");
    }
}

void check_heads(std::size_t count) {
    if (count > MessageHistory::heads_max) {
        throw invalid_field("chats", "count", "at most 500");
    }
}

}  // namespace loquat::store
