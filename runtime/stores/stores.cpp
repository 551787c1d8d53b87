#include "runtime/stores.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "store/audit/audit_store.hpp"
#include "store/messages/message_store.hpp"
#include "store/usage/usage_store.hpp"

namespace loquat::runtime {
namespace {

std::string kind_in(const StoreConfig& config, std::string_view need) {
    std::string kind;
    wire::for_each_member<StoreConfig>([&](std::string_view name, auto member) {
        if (name == need) {
            kind = (config.*member).kind;
        }
    });
    return kind;
}

}  // namespace

std::string kinds_of(std::string_view need, const std::vector<StoreAdapter>& adapters) {
    std::string kinds;
    for (const StoreAdapter& adapter : adapters) {
        if (adapter.need == need) {
            kinds += kinds.empty() ? "" : ", ";
            kinds += adapter.kind;
        }
    }
    return kinds;
}

Stores::Stores(StoreGround ground, std::vector<StoreAdapter> adapters, const StoreConfig& config)
    : ground_(ground), adapters_(std::move(adapters)), config_(config) {}

Stores::~Stores() {
    while (!opened_.empty()) {
        opened_.pop_back();
    }
}

const StoreAdapter& Stores::adapter_of(std::string_view need) const {
    const std::string kind = kind_in(config_, need);
    for (const StoreAdapter& adapter : adapters_) {
        if (adapter.need == need && adapter.kind == kind) {
            return adapter;
        }
    }
    throw Failure{Kind::invalid, "config.invalid",
                  "store." + std::string{need} + ".kind is " + kind + ", which this program does " +
                      "not have. It has: " + kinds_of(need, adapters_) + "."};
}

void* Stores::open(std::string_view need, std::type_index port) {
    const std::lock_guard lock{mutex_};
    const auto known = std::ranges::find(opened_, need, &Opened::name);
    if (known != opened_.end()) {
        return known->port.get();
    }
    const StoreAdapter& adapter = adapter_of(need);
    LOQUAT_CHECK(adapter.port == port, "a need is met by adapters of one port");
    std::shared_ptr<void> made = adapter.open(*this, ground_);
    opened_.push_back({std::string{need}, std::move(made)});
    return opened_.back().port.get();
}

store::Database& Stores::database(const store::DatabaseNeed& need) {
    const std::lock_guard lock{mutex_};
    const std::string name = need.name + ".database";
    const auto known = std::ranges::find(opened_, name, &Opened::name);
    if (known != opened_.end()) {
        return *static_cast<store::Database*>(known->port.get());
    }
    std::shared_ptr<store::Database> made = get<Databases>("sql").open(need);
    store::Database& database = *made;
    opened_.push_back({name, std::move(made)});
    return database;
}

store::EventLog& Stores::log() { return get<store::EventLog>("log"); }
store::Broadcast& Stores::broadcast() { return get<store::Broadcast>("broadcast"); }
store::MessageStore& Stores::messages() { return get<store::MessageStore>("messages"); }
store::UsageStore& Stores::usage() { return get<store::UsageStore>("usage"); }
store::AuditStore& Stores::audit() { return get<store::AuditStore>("audit"); }

}  // namespace loquat::runtime
