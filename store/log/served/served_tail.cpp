#include "store/log/served/served_tail.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace loquat::store {
namespace {

constexpr LogContext context{.service = "log"};

}  // namespace

void ServedTail::begin(const std::string& name, Uuid log) {
    const std::lock_guard lock{mutex_};
    parts_[name] = {.log = log};
}

void ServedTail::abandon(const std::string& name) {
    const std::lock_guard lock{mutex_};
    parts_.erase(name);
}

void ServedTail::open(const std::string& name, const LogServer::Followed& at) {
    const std::lock_guard lock{mutex_};
    Part& part = parts_[name];
    part.begin = part.quiet = before(at.next);
    part.is_open = true;
    tail_.open_topic(name, {.first = before(at.first) + 1, .last = part.begin});
    add(name, part, std::exchange(part.early, {}));
}

bool ServedTail::is_open(const std::string& name) const {
    const std::lock_guard lock{mutex_};
    const auto found = parts_.find(name);
    return found != parts_.end() && found->second.is_open;
}

void ServedTail::take(const std::string& name, std::vector<ServedEntry> entries) {
    const std::lock_guard lock{mutex_};
    const auto found = parts_.find(name);
    if (found == parts_.end()) {
        return;
    }
    Part& part = found->second;
    if (part.is_open) {
        add(name, part, std::move(entries));
    } else {
        std::move(entries.begin(), entries.end(), std::back_inserter(part.early));
    }
}

void ServedTail::add(const std::string& name, const Part& part, std::vector<ServedEntry> entries) {
    std::vector<LogRecordPtr> records;
    Offset last = tail_.ends(name).last;
    for (ServedEntry& entry : entries) {
        if (last_of(entry.offset) <= last) {
            continue;  // told again after a lost connection
        }
        last = last_of(entry.offset);
        try {
            std::vector<LogRecordPtr> more = records_of(std::move(entry), part.log);
            records.insert(records.end(), more.begin(), more.end());
        } catch (const Failure& failure) {
            log_error(context, "an entry of the log cannot be read and is passed over",
                      {{"partition", name}, {"error", failure.detail}});
        }
    }
    tail_.add(name, records, last);
}

void ServedTail::close(const std::string& name) {
    const std::lock_guard lock{mutex_};
    parts_.erase(name);
    tail_.close_topic(name);
}

Uuid ServedTail::log_of(const std::string& name) const {
    const std::lock_guard lock{mutex_};
    const auto found = parts_.find(name);
    return found == parts_.end() ? Uuid{} : found->second.log;
}

Offset ServedTail::quiet_behind(const std::string& name, Offset after) const {
    const std::lock_guard lock{mutex_};
    const auto found = parts_.find(name);
    const bool is_quiet = found != parts_.end() && after >= found->second.quiet;
    return is_quiet ? std::max(after, found->second.begin) : after;
}

// The tail may have dropped what came after it began.
void ServedTail::note_quiet(const std::string& name, Offset after, Offset through) {
    const std::lock_guard lock{mutex_};
    if (const auto found = parts_.find(name); found != parts_.end()) {
        found->second.quiet = after;
        found->second.begin = std::max(found->second.begin, through);
    }
}

void ServedTail::note_appended(const std::string& name, Offset last) {
    const std::lock_guard lock{mutex_};
    if (const auto found = parts_.find(name); found != parts_.end()) {
        found->second.appended = std::max(found->second.appended, last);
    }
}

Task<void> ServedTail::catch_up(std::string name, Steady deadline) {
    Offset appended = 0;
    {
        const std::lock_guard lock{mutex_};
        if (const auto found = parts_.find(name); found != parts_.end()) {
            appended = found->second.appended;
        }
    }
    if (appended > tail_.ends(name).last) {
        co_await tail_.wait(std::move(name), appended - 1, deadline);
    }
}

}  // namespace loquat::store
