#include "runtime/stores.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "runtime/stores/servers.hpp"
#include "runtime/stores/start_failure.hpp"

namespace loquat::runtime {
namespace {

StoreKind of_need(const StoreConfig& config, std::string_view need) {
    StoreKind found;
    wire::for_each_member<StoreConfig>([&](std::string_view name, auto member) {
        if (name == need) {
            found = config.*member;
        }
    });
    return found;
}

// What a server refuses is told with the setting that leads to it.
template <class Open>
auto opened_at(const StoreKind& place, std::string_view need, Open open) {
    try {
        return open();
    } catch (const Failure& failure) {
        if (find_server(place.kind) == nullptr || failure.code == "config.invalid") {
            throw;
        }
        throw start_failure(need, failure);
    }
}

}  // namespace

std::string kinds_of(std::string_view need, const std::vector<StoreAdapter>& adapters) {
    std::vector<std::string_view> known;
    std::string kinds;
    for (const StoreAdapter& adapter : adapters) {
        // By how many ports it is seen is no matter of configuration.
        const bool is_new = std::ranges::find(known, adapter.kind) == known.end();
        if (adapter.need == need && is_new) {
            kinds += kinds.empty() ? "" : ", ";
            kinds += adapter.kind;
            known.push_back(adapter.kind);
        }
    }
    return kinds;
}

Stores::Stores(StoreGround ground, std::vector<StoreAdapter> adapters, const StoreConfig& config)
    : ground_(std::move(ground)), adapters_(std::move(adapters)), config_(config) {}

Stores::~Stores() {
    while (!opened_.empty()) {
        opened_.pop_back();
    }
}

const StoreAdapter& Stores::adapter_of(std::string_view need, std::type_index port) const {
    const std::string kind = configured(need).kind;
    bool is_known = false;
    for (const StoreAdapter& adapter : adapters_) {
        if (adapter.need == need && adapter.kind == kind) {
            if (adapter.port == port) {
                return adapter;
            }
            is_known = true;
        }
    }
    LOQUAT_CHECK(!is_known, "every kind of a need is seen by the same ports");
    throw Failure{Kind::invalid, "config.invalid",
                  "store." + std::string{need} + ".kind is " + kind + ", which this program does " +
                      "not have. It has: " + kinds_of(need, adapters_) + "."};
}

void* Stores::find_opened(std::string_view name, std::type_index type) const {
    const auto is_it = [&](const Opened& one) { return one.name == name && one.type == type; };
    const auto known = std::ranges::find_if(opened_, is_it);
    return known == opened_.end() ? nullptr : known->port.get();
}

void* Stores::open(std::string_view need, std::type_index port) {
    const std::lock_guard lock{mutex_};
    if (void* known = find_opened(need, port)) {
        return known;
    }
    std::shared_ptr<void> made = opened_at(
        configured(need), need, [&] { return adapter_of(need, port).open(*this, ground_); });
    opened_.push_back({std::string{need}, port, std::move(made)});
    return opened_.back().port.get();
}

store::Database& Stores::database(const store::DatabaseNeed& need) {
    const std::lock_guard lock{mutex_};
    const std::string name = need.name + ".database";
    if (void* known = find_opened(name, typeid(store::Database))) {
        return *static_cast<store::Database*>(known);
    }
    auto& databases = get<Databases>("sql");
    std::shared_ptr<store::Database> made =
        opened_at(configured("sql"), "sql", [&] { return databases.open(need); });
    store::Database& database = *made;
    opened_.push_back({name, typeid(store::Database), std::move(made)});
    return database;
}

StoreKind Stores::configured(std::string_view need) const { return of_need(config_, need); }
store::EventLog& Stores::log() { return get<store::EventLog>("log"); }
store::Broadcast& Stores::broadcast() { return get<store::Broadcast>("broadcast"); }

}  // namespace loquat::runtime
