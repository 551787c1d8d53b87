#include "services/consumer/adapters/store_adapters.hpp"

#include <algorithm>

#include "runtime/stores/families.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "services/consumer/adapters/mongo/mongo_messages.hpp"
#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_audit.hpp"
#include "services/consumer/adapters/sql/sql_messages.hpp"
#include "services/consumer/adapters/sql/sql_usage.hpp"

namespace loquat::consumer {
namespace {

using runtime::StoreGround;
using runtime::Stores;

constexpr std::string_view sql = "sql";
constexpr std::string_view mongo = "mongo";

std::unique_ptr<MessageStore> open_mongo(Stores& stores, const StoreGround& ground) {
    const bool is_filled_here =
        std::ranges::find(ground.services, "consumer") != ground.services.end();
    const auto counts = std::make_shared<store::MongoCounts>();
    const auto show = [&](std::string name, std::string help, auto count) {
        ground.metrics.gauge_of(std::move(name), std::move(help), {},
                                [counts, count] { return static_cast<double>((*counts).*count); });
    };
    show("loquat_mongo_units", "Units of work at MongoDB since the start.",
         &store::MongoCounts::units);
    show("loquat_mongo_failed", "Those that failed because it was away or did not answer.",
         &store::MongoCounts::failed);
    return open_mongo_messages(
        {.target = {.url = stores.configured("messages").url},
         .counts = counts,
         .keep_waiting = runtime::say_waiting_for("MongoDB", "store.messages.url")},
        is_filled_here ? MongoRole::filler : MongoRole::reader);
}

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
            runtime::make_adapter<MessageStore>("messages", mongo, open_mongo),
            runtime::make_view<store::MessageHistory, MessageStore>("messages", mongo),
            runtime::make_adapter<UsageStore>("usage", sql, usage),
            runtime::make_view<store::UsageHistory, UsageStore>("usage", sql),
            runtime::make_adapter<AuditStore>("audit", sql, audit),
            runtime::make_view<store::AuditHistory, AuditStore>("audit", sql)};
}

}  // namespace loquat::consumer
