#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "contracts/events/topics.hpp"

// What cannot be stored, in a log of its own: `chat.messages.dead` and its like.
namespace loquat::contracts {

// Where a record was in the log before it was given up.
struct DeadOrigin {
    std::string topic;
    std::uint32_t partition = 0;
    std::uint64_t offset = 0;
    Uuid log;  // store::EventLog::identity

    friend auto operator<=>(const DeadOrigin&, const DeadOrigin&) = default;
};

enum class DeadStep : std::uint8_t {
    given_up = 1,  // with all that is known of it
    retried = 2,   // it was appended again to where it came from; only `origin` and `at`
    dropped = 3,   // nobody wants it; the same
};

// One record of such a log; its key is that of the record that was given up.  There may be several
// `given_up` of one origin, as after a crash between the two writes: they are one.
struct DeadRecord {
    DeadStep step = DeadStep::given_up;
    DeadOrigin origin;
    Time at{};
    std::string reason;       // `record.unreadable`, or the code with which the store refused it
    std::string detail;       // its words, up to 500 bytes
    std::uint64_t tries = 0;  // how often it was tried
    std::string payload;      // its bytes
    std::uint64_t bytes = 0;  // that it had: more than `payload` has when it was cut

    bool is_whole() const { return bytes == payload.size(); }

    friend bool operator==(const DeadRecord&, const DeadRecord&) = default;
};

std::string encode(const DeadRecord& record);
// None for anything that `encode` did not write.
template <>
std::optional<DeadRecord> decode<DeadRecord>(std::string_view bytes);

}  // namespace loquat::contracts
