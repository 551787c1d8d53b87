#include "store/history/audit_history.hpp"

#include "base/failure.hpp"

namespace loquat::store {

void check_audit(const AuditQuery& query) {
    if (query.limit < 1 || query.limit > AuditHistory::page_max) {
        throw invalid_field("limit", "range", "1 to 201");
    }
}

}  // namespace loquat::store
