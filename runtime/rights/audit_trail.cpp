#include "runtime/rights/audit_trail.hpp"

#include <algorithm>

#include "base/cut.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace loquat::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t text_max = 256;
constexpr std::size_t batch_max = 100;
constexpr seconds finishing_interval{5};
constexpr seconds stopping_max{2};

// What comes from outside: short, and harmless wherever it is shown.
std::string to_harmless(std::string_view text) {
    std::string cut{cut_text(text, text_max)};
    if (!is_utf8(cut) || find_control_character(cut) || cut.contains('\n') || cut.contains('\t')) {
        std::ranges::replace_if(cut, [](char c) { return c < ' ' || c > '~'; }, '?');
    }
    return cut;
}

// Counts what was not written when its task ends, also when it was cancelled.
struct Unwritten {
    Unwritten(Counter& given, std::size_t records) : lost(given), count(records) {}
    ~Unwritten() { lost.add(count); }
    Unwritten(const Unwritten&) = delete;
    Unwritten& operator=(const Unwritten&) = delete;

    Counter& lost;
    std::size_t count;
};

}  // namespace

AuditTrail::AuditTrail(Parts parts)
    : parts_(std::move(parts)),
      written_(parts_.metrics.counter("loquat_audit_written_total",
                                      "Audit records that became durable",
                                      {{"service", parts_.service}})),
      lost_(parts_.metrics.counter("loquat_audit_lost_total",
                                   "Audit records that could not be written",
                                   {{"service", parts_.service}})),
      waiting_(waiting_max),
      pauses_(milliseconds{50}, seconds{5}),
      scope_(parts_.loop, "audit") {}

void AuditTrail::start() {
    scope_.start(keep_writing());
    scope_.start(keep_finishing());
}

Task<void> AuditTrail::stop(Steady deadline) {
    for (auto& [key, held] : windows_) {
        finish(held);
    }
    windows_.clear();
    waiting_.close();
    stopping_.set();
    pauses_.reset();
    co_await finished_.wait_until(
        std::min(deadline, std::chrono::steady_clock::now() + stopping_max));
    co_await scope_.close();
    lost_.add(waiting_.size());
}

void AuditTrail::note(const contracts::Caller& caller, Act act) {
    push(make_record(caller, std::move(act)));
}

void AuditTrail::note_repeated(const contracts::Caller& caller, Act act) {
    contracts::AuditRecord record = make_record(caller, std::move(act));
    Key key{record.action, record.outcome, record.subject, record.address};
    if (windows_.size() >= windows_max && !windows_.contains(key)) {
        for (std::string* text :
             {&record.subject, &record.address, &record.user_agent, &record.request_id}) {
            text->clear();
        }
        key = {record.action, record.outcome, {}, {}};
    }
    const auto [entry, is_new] = windows_.try_emplace(std::move(key));
    Window& held = entry->second;
    if (!is_new && record.at - held.record.at < window) {
        ++held.record.count;
        return;
    }
    finish(held);
    held = {record, 1};
    push(std::move(record));
}

contracts::AuditRecord AuditTrail::make_record(const contracts::Caller& caller, Act act) const {
    const Time now = parts_.clock.now();
    contracts::AuditRecord record{
        .id = Uuid::make_at(to_unix_ms(now)),
        .at = now,
        .action = std::string{act.action},
        .actor = act.actor ? act.actor : caller.user,
        .actor_name = act.actor ? std::move(act.actor_name) : caller.username,
        .subject = std::move(act.subject),
        .outcome = std::move(act.outcome),
        .address = to_harmless(caller.address),
        .user_agent = to_harmless(caller.user_agent),
        .request_id = to_harmless(caller.request_id)};
    const std::string actor = record.actor ? record.actor->to_string() : std::string{};
    log_info({.service = parts_.service, .request_id = caller.request_id, .user_id = actor},
             "audit",
             {{"event", record.action},
              {"subject", record.subject},
              {"outcome", record.outcome},
              {"address", record.address}});
    return record;
}

void AuditTrail::push(contracts::AuditRecord record) {
    const bool was_full = is_full_;
    is_full_ = !waiting_.try_push(std::move(record));
    if (is_full_) {
        lost_.add();
        if (!was_full) {
            log_warn({.service = parts_.service},
                     "the audit trail cannot be written; acts are in the log lines alone");
        }
    }
}

void AuditTrail::finish(Window& held) {
    if (held.record.count > held.written && held.written > 0) {
        push(held.record);
    }
}

void AuditTrail::finish_old_windows() {
    const Time now = parts_.clock.now();
    for (auto entry = windows_.begin(); entry != windows_.end();) {
        if (now - entry->second.record.at < window) {
            ++entry;
            continue;
        }
        finish(entry->second);
        entry = windows_.erase(entry);
    }
}

Task<void> AuditTrail::keep_finishing() {
    for (;;) {
        co_await parts_.loop.sleep_for(finishing_interval);
        finish_old_windows();
    }
}

Task<void> AuditTrail::keep_writing() {
    for (;;) {
        auto first = co_await waiting_.pop();
        if (!first) {
            break;
        }
        std::vector<contracts::AuditRecord> records;
        records.push_back(std::move(*first));
        while (records.size() < batch_max && waiting_.size() > 0) {
            auto next = co_await waiting_.pop();
            records.push_back(std::move(*next));
        }
        co_await write(std::move(records));
    }
    finished_.set();
}

// Until it worked.  Some of them may have been appended by a try that failed: their ids make that
// harmless.
Task<void> AuditTrail::write(std::vector<contracts::AuditRecord> records) {
    Unwritten unwritten{lost_, records.size()};
    while (last_tries_ > 0) {
        std::exception_ptr failed;
        try {
            co_await parts_.sink->append(records);
        } catch (...) {
            failed = std::current_exception();
        }
        if (!failed) {
            pauses_.reset();
            unwritten.count = 0;
            written_.add(records.size());
            co_return;
        }
        if (aio::is_cancellation(failed)) {
            std::rethrow_exception(failed);
        }
        if (waiting_.is_closed()) {
            --last_tries_;
        }
        const std::string what = aio::describe(failed);
        const milliseconds pause = pauses_.next();
        log_warn({.service = parts_.service}, "audit records cannot be written; trying again",
                 {{"error", what}, {"pause_ms", pause.count()}});
        co_await stopping_.wait_until(std::chrono::steady_clock::now() + pause);
    }
}

}  // namespace loquat::runtime
