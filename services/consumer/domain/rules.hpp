#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "services/consumer/ports.hpp"

// What applying a record means, shared by all adapters.
namespace loquat::consumer {

// A message whose client id is taken by `first`; both sums are of the texts as they were sent.
contracts::Outcome repeat_of(contracts::StoredMessage first, std::int64_t first_text_sum,
                             std::int64_t sum);

// Nobody waits for the outcome of `record`, so its sender was told that it counts.  When its client
// id turns out to be taken by another text, it is a message under a client id of its own.
bool is_promised(const contracts::MessageRecord& record);
std::string own_client_id(const contracts::MessageRecord& record);

// What an edit or a removal makes of `found`: edited, deleted, duplicate (already so) or refused.
contracts::Outcome change(const contracts::MessageRecord& record,
                          std::optional<contracts::StoredMessage> found);

inline contracts::Outcome refused(std::string_view code) {
    return {.kind = contracts::OutcomeKind::refused, .message = {}, .code = std::string{code}};
}

}  // namespace loquat::consumer
