#include "store/log/served/topic_options.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "base/text.hpp"

namespace loquat::store {
namespace {

struct NumberOption {
    std::string_view name;
    std::uint64_t least;
    std::uint64_t most;
};

// Seven days, so that a reader that was away over a weekend has missed nothing.
constexpr std::array numbers{NumberOption{"partitions", 1, 256}, NumberOption{"replicas", 1, 15},
                             NumberOption{"retention_days", 7, 3'650},
                             NumberOption{"retention_gb", 1, 100'000}};
constexpr std::chrono::milliseconds try_again{200};

// What Kafka takes in the name of a topic.
bool is_prefix(std::string_view value) {
    constexpr std::string_view characters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return !value.empty() && value.size() <= 64 &&
           value.find_first_not_of(characters) == std::string_view::npos;
}

bool is_number_in(const NumberOption& option, const std::string& value) {
    const auto number = parse_number(value);
    return number && *number >= option.least && *number <= option.most;
}

}  // namespace

bool has_only(const UrlOptions& options, const std::set<std::string_view>& others) {
    return std::ranges::all_of(options, [&others](const auto& option) {
        if (option.first == "prefix") {
            return is_prefix(option.second);
        }
        const auto number = std::ranges::find(numbers, option.first, &NumberOption::name);
        return number == numbers.end() ? others.contains(option.first)
                                       : is_number_in(*number, option.second);
    });
}

ServedTopics topic_options(const UrlOptions& options) {
    const auto number = [&options](const char* name, std::uint64_t otherwise) {
        const auto found = options.find(name);
        return found == options.end() ? otherwise : parse_number(found->second).value_or(otherwise);
    };
    ServedTopics topics;
    topics.partitions = static_cast<std::uint32_t>(number("partitions", topics.partitions));
    topics.replicas = static_cast<std::uint32_t>(number("replicas", 0));
    topics.retention = std::chrono::days{number("retention_days", 14)};
    topics.retention_bytes = number("retention_gb", 0) << 30;
    if (const auto prefix = options.find("prefix"); prefix != options.end()) {
        topics.prefix = prefix->second;
    }
    return topics;
}

std::unique_ptr<EventLog> open_when_there(
    std::chrono::milliseconds start_max,
    const std::function<bool(const std::string& why)>& keep_waiting,
    const std::function<std::unique_ptr<EventLog>()>& open) {
    const Steady end = std::chrono::steady_clock::now() + start_max;
    for (;;) {
        try {
            return open();
        } catch (const Failure& failure) {
            const bool is_away = failure.code == "store.unavailable";
            const std::string& why = failure.detail.empty() ? failure.message : failure.detail;
            if (!is_away || std::chrono::steady_clock::now() >= end ||
                (keep_waiting && !keep_waiting(why))) {
                throw;
            }
        }
        std::this_thread::sleep_for(try_again);
    }
}

}  // namespace loquat::store
