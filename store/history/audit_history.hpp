#pragma once
#include <optional>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "contracts/audit/audit_record.hpp"

namespace loquat::store {

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

// Who did what, for who reads it: the consumer alone writes.  Fails as store/sql/database.hpp says.
class AuditHistory {
  public:
    static constexpr std::size_t page_max = 201;

    virtual ~AuditHistory() = default;

    // Newest first, at most `limit`.  422 `request.invalid` for another limit.
    virtual Task<std::vector<contracts::AuditRecord>> list(AuditQuery query) = 0;
};

void check_audit(const AuditQuery& query);

}  // namespace loquat::store
