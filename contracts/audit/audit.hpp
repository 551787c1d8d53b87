#pragma once
#include "contracts/core/operation.hpp"

// How services of other processes bring their audit records to the consumer.  Failures:
// request.invalid, and those of the log.
namespace loquat::contracts {

struct AuditBatch {
    std::vector<std::string> records;  // as in the log `audit.events`, base64

    static constexpr std::array fields{wire::Field{"records", 1, 100, ""}};
};
BOOST_DESCRIBE_STRUCT(AuditBatch, (), (records))

class AuditInboxApi {
  public:
    virtual ~AuditInboxApi() = default;
    // Returns when they are durable.  The same again is harmless.
    virtual Task<void> append_audit(Caller caller, AuditBatch request) = 0;
};

template <>
struct Table<AuditInboxApi> {
    static constexpr std::string_view service = "consumer";
    static constexpr std::tuple routes{
        Route<&AuditInboxApi::append_audit>{{.method = "POST",
                                             .path = "/internal/audit",
                                             .summary = "Write down who did what",
                                             .access = Access::internal,
                                             .body_bytes_max = 512 * 1024,
                                             .repeat = Repeat::safe}},
    };
};

std::vector<Operation> audit_operations();

}  // namespace loquat::contracts
