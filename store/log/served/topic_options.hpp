#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "store/log/served/log_server.hpp"

namespace loquat::store {

using UrlOptions = std::map<std::string, std::string>;

// Whether all are known: `partitions`, `replicas`, `retention_days`, `retention_gb`, as numbers in
// their limits, `prefix`, 1 to 64 of a-z A-Z 0-9 . _ -, and `others`.
bool has_only(const UrlOptions& options, const std::set<std::string_view>& others);

// What the options of a URL say of the topics.
ServedTopics topic_options(const UrlOptions& options);

// Opens as soon as the server is there; `store.unavailable` is tried again until `start_max` or
// until `keep_waiting` says no.
std::unique_ptr<EventLog> open_when_there(
    std::chrono::milliseconds start_max,
    const std::function<bool(const std::string& why)>& keep_waiting,
    const std::function<std::unique_ptr<EventLog>()>& open);

}  // namespace loquat::store
