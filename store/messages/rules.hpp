#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "store/messages/message_store.hpp"

// What applying a record means, shared by all adapters.
namespace loquat::store {

// Remembers a sent text, so that a repeat is recognised after the message was edited.
std::int64_t text_sum(std::string_view text);

// A message whose client id is taken by `first`; both sums are of the texts as they were sent.
Outcome repeat_of(StoredMessage first, std::int64_t first_text_sum, std::int64_t sum);

// Nobody waits for the outcome of `record`, so its sender was told that it counts.  When its client
// id turns out to be taken by another text, it is a message under a client id of its own.
bool is_promised(const MessageRecord& record);
std::string own_client_id(const MessageRecord& record);

// What an edit or a removal makes of `found`: edited, deleted, duplicate (already so) or refused.
Outcome change(const MessageRecord& record, std::optional<StoredMessage> found);

inline Outcome refused(std::string_view code) {
    return {.kind = OutcomeKind::refused, .message = {}, .code = std::string{code}};
}

// `request.invalid` unless 1 <= limit <= page_max.
void check_page(const PageQuery& query);
void check_heads(std::size_t count);

}  // namespace loquat::store
