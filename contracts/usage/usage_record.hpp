#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "contracts/events/topics.hpp"
#include "contracts/model/model.hpp"

namespace loquat::contracts {

enum class UsagePurpose : std::uint8_t { answer = 0, title = 1 };
enum class UsageState : std::uint8_t { succeeded = 0, failed = 1, canceled = 2 };

// What one call of a model used: one record of the log `usage.events`; its key is the user's id as
// text.  Written when the call has ended, however it ended.  `generation_id` and `purpose` together
// are unique: the same pair again, as after a crash, changes nothing, and the first record stays.
struct UsageRecord {
    UserId user;
    ChatId chat;
    std::string generation_id;  // 1 to 64 characters
    UsagePurpose purpose = UsagePurpose::answer;
    std::string model;  // that answered
    std::string provider;
    std::int64_t input_tokens = 0;  // 0 to usage_tokens_max
    std::int64_t output_tokens = 0;
    UsageSource source = UsageSource::counted;
    UsageState state = UsageState::succeeded;
    std::optional<std::int64_t>
        cost_micros;  // millionths of the configured currency, 0 to usage_cost_max
    Time at{};        // when it ended: the day that it counts for

    friend bool operator==(const UsageRecord&, const UsageRecord&) = default;
};

// More in one record is refused as unreadable, so that no sum can overflow.
inline constexpr std::int64_t usage_tokens_max = token_figure_max;
inline constexpr std::int64_t usage_cost_max = 1'000'000'000'000;

std::string encode(const UsageRecord& record);
// None for anything that `encode` did not write, and for numbers out of range.
template <>
std::optional<UsageRecord> decode<UsageRecord>(std::string_view bytes);

}  // namespace loquat::contracts
