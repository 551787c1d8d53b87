#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/codec.hpp"

namespace loquat::contracts {

// Something of a feed was left out.  Of a conversation: page the messages of these seqs; with
// `generations` parts of answers that are being written too, whose text GET /api/generations/{id}
// has, and the range may then be empty.  Of a queue of one's own, with 0, 0: anything; read again.
struct ResyncEvent {
    static constexpr std::string_view event_type = "resync";
    std::int64_t from_seq = 0;
    std::int64_t to_seq = 0;
    std::optional<bool> generations;  // true where it is there
};
BOOST_DESCRIBE_STRUCT(ResyncEvent, (), (from_seq, to_seq, generations))

}  // namespace loquat::contracts
