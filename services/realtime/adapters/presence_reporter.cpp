#include "services/realtime/adapters/presence_reporter.hpp"

#include "base/log.hpp"

namespace loquat::realtime {
namespace {

constexpr std::chrono::milliseconds interval{250};
constexpr std::chrono::seconds lease{10};
constexpr std::chrono::seconds pause_after_failure{2};
constexpr std::size_t entries_max = 5'000;

}  // namespace

PresenceReporter::PresenceReporter(aio::Loop& loop,
                                   contracts::Client<contracts::PresenceApi> presence,
                                   std::string node)
    : loop_(loop),
      presence_(std::move(presence)),
      node_(std::move(node)),
      scope_(loop, "presence reports") {}

void PresenceReporter::start() { scope_.start(run()); }
Task<void> PresenceReporter::stop() { co_await scope_.close(); }

void PresenceReporter::on_changed(const contracts::PresenceReportEntry& entry) {
    changed_.insert_or_assign(entry.user_id, entry);
    if (entry.connections > 0) {
        here_.insert_or_assign(entry.user_id, entry);
    } else {
        here_.erase(entry.user_id);
    }
}

Task<void> PresenceReporter::run() {
    while (true) {
        std::optional<Failure> failed;
        try {
            co_await report();
        } catch (const Failure& failure) {
            failed = failure;
        }
        if (failed) {
            needs_whole_ = true;
            if (failed->code != "presence.unknown_node") {
                log_warn({.service = "realtime"}, "presence could not be reported",
                         {{"code", failed->code}});
                co_await loop_.sleep_for(pause_after_failure);
            }
        }
        co_await loop_.sleep_for(interval);
    }
}

Task<void> PresenceReporter::report() {
    const Steady now = std::chrono::steady_clock::now();
    if (changed_.empty() && !needs_whole_ && now - reported_at_ < lease) {
        co_return;
    }
    const auto& source = needs_whole_ ? here_ : changed_;
    bool whole = std::exchange(needs_whole_, false);
    std::vector<contracts::PresenceReportEntry> all;
    all.reserve(source.size());
    for (const auto& [user, entry] : source) {
        all.push_back(entry);
    }
    changed_.clear();
    reported_at_ = now;
    std::size_t at = 0;
    do {
        const std::size_t count = std::min(entries_max, all.size() - at);
        const auto from = all.begin() + static_cast<std::ptrdiff_t>(at);
        std::vector<contracts::PresenceReportEntry> part{from,
                                                         from + static_cast<std::ptrdiff_t>(count)};
        co_await send(std::move(part), std::exchange(whole, false));
        at += count;
    } while (at < all.size());
}

Task<void> PresenceReporter::send(std::vector<contracts::PresenceReportEntry> entries, bool whole) {
    contracts::PresenceReport report{node_, whole, std::move(entries)};
    co_await presence_.call<&contracts::PresenceApi::report>({}, std::move(report));
}

}  // namespace loquat::realtime
