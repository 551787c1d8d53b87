#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "store/position/position.hpp"

namespace loquat::store {

// Sums of one model on one day.
struct UsageSum {
    std::size_t day = 0;  // as in UsageQuery::days
    std::string model;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t generations = 0;  // answers
    std::int64_t titles = 0;       // calls for titles: their tokens and cost are in the sums too
    std::optional<std::int64_t> cost_micros;  // none when no call had a price

    friend bool operator==(const UsageSum&, const UsageSum&) = default;
};

struct UsageQuery {
    UserId user;
    // Where days begin, ascending, and where the last one ends: day i is [days[i], days[i + 1]).  2
    // to days_max + 1.
    std::vector<Time> days;
};

// What a person used on a day, and up to where of the log that is known.
struct UsedTokens {
    std::int64_t tokens = 0;
    Progress through;
};

// What models used, for who reads it: the consumer alone writes.  Fails as store/sql/database.hpp
// says.
class UsageHistory {
  public:
    static constexpr std::size_t days_max = 400;

    virtual ~UsageHistory() = default;

    // Up to where of the log all records are in it.
    virtual Task<Progress> stored() = 0;

    // Input and output together on a day that begins at midnight UTC, titles and failed calls
    // included.
    virtual Task<UsedTokens> used_of(UserId user, std::chrono::sys_days day) = 0;
    // Ascending by day, then by model; without those that used nothing.  422 `request.invalid` for
    // other counts of days or days that do not ascend.
    virtual Task<std::vector<UsageSum>> sums(UsageQuery query) = 0;
};

void check_days(const UsageQuery& query);

}  // namespace loquat::store
