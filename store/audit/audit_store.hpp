#pragma once
#include <optional>
#include <string>
#include <vector>

#include "contracts/audit/audit_record.hpp"
#include "store/ledger/ledger.hpp"

namespace loquat::store {

// Spelled out in contracts/audit/audit_record.hpp.
using contracts::AuditRecord;

struct AuditQuery {
    std::optional<UserId> actor;
    std::string action;  // itself, or a beginning that ends with a dot; empty: every one
    std::optional<Time> before;
    // The last record of the page before.
    struct Mark {
        Time at{};
        Uuid id;
    };
    std::optional<Mark> after;
    std::size_t limit = 50;  // 1 to page_max
};

class AuditStore : public Ledger<AuditRecord> {
  public:
    static constexpr std::size_t page_max = 201;

    // Newest first, at most `limit`.  422 `request.invalid` for another limit.
    virtual Task<std::vector<AuditRecord>> list(AuditQuery query) = 0;
};

void check_audit(const AuditQuery& query);

}  // namespace loquat::store
