#include "services/consumer/adapters/store_adapters.hpp"

#include "services/consumer/adapters/ledger_database.hpp"
#include "services/consumer/adapters/sql_audit.hpp"
#include "services/consumer/adapters/sql_messages.hpp"
#include "services/consumer/adapters/sql_usage.hpp"

namespace loquat::consumer {
namespace {

using runtime::StoreGround;
using runtime::Stores;

constexpr std::string_view sql = "sql";

}  // namespace

std::vector<runtime::StoreAdapter> store_adapters() {
    const auto messages = [](Stores& stores, const StoreGround& ground) {
        return make_sql_messages(stores.database(message_database()), ground.folder.seq_marks());
    };
    const auto usage = [](Stores& stores, const StoreGround&) {
        return make_sql_usage(stores.database(ledger_database()));
    };
    const auto audit = [](Stores& stores, const StoreGround&) {
        return make_sql_audit(stores.database(ledger_database()));
    };
    return {runtime::make_adapter<MessageStore>("messages", sql, messages),
            runtime::make_view<store::MessageHistory, MessageStore>("messages", sql),
            runtime::make_adapter<UsageStore>("usage", sql, usage),
            runtime::make_view<store::UsageHistory, UsageStore>("usage", sql),
            runtime::make_adapter<AuditStore>("audit", sql, audit),
            runtime::make_view<store::AuditHistory, AuditStore>("audit", sql)};
}

}  // namespace loquat::consumer
