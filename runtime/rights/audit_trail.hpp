#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "aio/backoff.hpp"
#include "aio/channel.hpp"
#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "contracts/audit/audit_record.hpp"
#include "contracts/core/caller.hpp"
#include "runtime/rights/audit_sink.hpp"
#include "runtime/telemetry/metrics.hpp"

namespace loquat::runtime {

// What somebody did.  Never holds what was typed: people type passwords into the wrong field.
struct Act {
    std::string_view action;       // constant text: auth.signed_in, chat.deleted
    std::string subject = {};      // whom or what it concerns: an id
    std::string outcome = "done";  // or the code of the failure
    // Who it turned out to be, where the caller was not signed in yet.
    std::optional<UserId> actor = {};
    std::string actor_name = {};
};

// The way of a service's acts into the log `audit.events`, beside its requests: nothing waits for
// it and nothing fails because of it.  Each act is also a log line.  Acts wait in a bounded queue
// while they cannot be written; what does not fit is counted in loquat_audit_lost_total and said in
// the log.  One loop.
class AuditTrail {
  public:
    static constexpr std::size_t waiting_max = 1000;
    static constexpr std::size_t windows_max = 500;
    static constexpr std::chrono::seconds window{60};

    struct Parts {
        std::unique_ptr<AuditSink> sink;
        const Clock& clock;
        Metrics& metrics;
        aio::Loop& loop;
        std::string service;
    };

    explicit AuditTrail(Parts parts);

    void start();
    // Writes what waits, for two seconds at most, not beyond `deadline`, and with a few tries; what
    // is left then is lost and counted.
    Task<void> stop(Steady deadline);

    void note(const contracts::Caller& caller, Act act);
    // For what strangers can repeat at will: one record for the same act, subject, outcome and
    // address within a minute, written at the first time and again with its count at the end of the
    // minute.  Beyond windows_max at once, those of all other addresses share a record without
    // address and subject.
    void note_repeated(const contracts::Caller& caller, Act act);

  private:
    using Key = std::tuple<std::string, std::string, std::string, std::string>;
    struct Window {
        contracts::AuditRecord record;
        std::int64_t written = 0;  // the count that is on its way already
    };

    contracts::AuditRecord make_record(const contracts::Caller& caller, Act act) const;
    void push(contracts::AuditRecord record);
    void finish(Window& held);
    void finish_old_windows();
    Task<void> keep_finishing();
    Task<void> keep_writing();
    Task<void> write(std::vector<contracts::AuditRecord> records);

    Parts parts_;
    Counter& written_;
    Counter& lost_;
    aio::Channel<contracts::AuditRecord> waiting_;
    std::map<Key, Window> windows_;
    aio::Backoff pauses_;
    bool is_full_ = false;
    int last_tries_ = 3;  // that may fail once the trail is closed
    aio::Signal stopping_;
    aio::Signal finished_;
    aio::Scope scope_;
};

}  // namespace loquat::runtime
