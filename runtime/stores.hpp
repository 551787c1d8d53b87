#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "runtime/store_config.hpp"
#include "store/broadcast/broadcast.hpp"
#include "store/folder/folder.hpp"
#include "store/log/topic_troubles.hpp"
#include "store/sql/database.hpp"
#include "store/sql/database_need.hpp"

namespace loquat::runtime {

class Health;
class Metrics;
class Stores;

// What adapters are made on.  Outlives them.
struct StoreGround {
    store::Folder& folder;
    store::TopicTroubles& troubles;
    Health& health;
    Metrics& metrics;
    std::vector<std::string> services{};  // that run in this process
};

// One way to meet a need: what `store.NEED.kind: KIND` stands for.
struct StoreAdapter {
    std::string_view need;
    std::string_view kind;
    std::type_index port;
    // Gives a pointer to the port.  What the adapter stands on it asks of the stores.
    std::function<std::shared_ptr<void>(Stores& stores, const StoreGround& ground)> open;
};

template <class Port, class Open>
StoreAdapter make_adapter(std::string_view need, std::string_view kind, Open open) {
    auto erased = [open](Stores& stores, const StoreGround& ground) -> std::shared_ptr<void> {
        return std::shared_ptr<Port>{open(stores, ground)};
    };
    return {need, kind, typeid(Port), std::move(erased)};
}

// Opens relational databases of one kind.
class Databases {
  public:
    virtual ~Databases() = default;
    // Blocks.  Fails as the adapter's open does.
    virtual std::unique_ptr<store::Database> open(const store::DatabaseNeed& need) = 0;
};

// The stores of a process, found by need and made of the adapters that `store.*.kind` names.  Each
// is opened when it is asked for first, and the same one at each call: what no service of the
// process asks for is never opened.  Opening blocks.  Any thread.
class Stores {
  public:
    Stores(StoreGround ground, std::vector<StoreAdapter> adapters, const StoreConfig& config);
    // Closes them, the last opened first.
    ~Stores();
    Stores(const Stores&) = delete;
    Stores& operator=(const Stores&) = delete;

    // `config.invalid` when the configured kind is none of the need's.
    template <class Port>
    Port& get(std::string_view need) {
        return *static_cast<Port*>(open(need, typeid(Port)));
    }

    // Appends nothing to a topic that has trouble.
    store::EventLog& log();
    store::Broadcast& broadcast();
    // Migrated.
    store::Database& database(const store::DatabaseNeed& need);

    // What is configured of a need.
    StoreKind configured(std::string_view need) const;

    // What is known to be broken behind the log.
    store::TopicTroubles& troubles() const { return ground_.troubles; }
    // Files of a service's own, and what the data folder knows about itself.
    store::Folder& folder() const { return ground_.folder; }

  private:
    struct Opened {
        std::string name;
        std::type_index type;
        std::shared_ptr<void> port;
    };

    void* open(std::string_view need, std::type_index port);
    void* find_opened(std::string_view name, std::type_index type) const;
    const StoreAdapter& adapter_of(std::string_view need, std::type_index port) const;

    StoreGround ground_;
    std::vector<StoreAdapter> adapters_;
    StoreConfig config_;
    std::recursive_mutex mutex_;  // an adapter asks for what it stands on
    std::vector<Opened> opened_;
};

// The store of `Port` by a narrower port, for who only reads it: no second store and no copy.
template <class View, class Port>
StoreAdapter make_view(std::string_view need, std::string_view kind) {
    auto open = [need](Stores& stores, const StoreGround&) -> std::shared_ptr<void> {
        View& view = stores.get<Port>(need);
        return std::shared_ptr<View>{std::shared_ptr<void>{}, &view};  // `stores` own it
    };
    return {need, kind, typeid(View), std::move(open)};
}

// The kinds that a need has, joined by ", "; for messages.
std::string kinds_of(std::string_view need, const std::vector<StoreAdapter>& adapters);

}  // namespace loquat::runtime
