#pragma once
#include <memory>
#include <vector>

#include "contracts/audit/audit_record.hpp"
#include "store/log/event_log.hpp"

namespace loquat::runtime {

class Context;

// Where audit records become durable.
class AuditSink {
  public:
    virtual ~AuditSink() = default;
    // When it fails, some may have been written; the same again is harmless.
    virtual Task<void> append(std::vector<contracts::AuditRecord> records) = 0;
};

std::unique_ptr<AuditSink> make_audit_sink(store::EventLog& log);
// The log of this process when the consumer runs here, else the consumer where it runs: a log that
// nobody reads would only grow.  Without either, records are lost and counted.
std::unique_ptr<AuditSink> make_audit_sink(const Context& context);

}  // namespace loquat::runtime
