#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "runtime/config/config.hpp"
#include "store/sql/database_need.hpp"

namespace loquat::runtime {

class Context;
struct StoreAdapter;

// A running service: one object on one loop, reached only through what it exposed to its context.
class Service {
  public:
    virtual ~Service() = default;
    // On its loop, after every module was made and before any request comes.
    virtual Task<void> start() { co_return; }
    // On its loop: finish what runs, refuse what is new, be done by `deadline`.  Gateways stop
    // first, so that those behind them become quiet by themselves.
    virtual Task<void> stop(Steady) { co_return; }
    // On its loop: the context's configuration has other values for settings that are `live`; keys
    // and the like in files may have changed too (SIGHUP, config server).
    virtual Task<void> reload() { co_return; }
    // On its loop, after start: whether everything that was accepted is in stores, so that nothing
    // is left that only this process knows.  Throws what keeps it from that.
    virtual Task<bool> is_at_rest() { co_return true; }
    // After start: where the outside reaches it on a port of its own, such as
    // http://127.0.0.1:8080; empty for most.
    virtual std::string address() const { return {}; }
};

enum class Placement {
    once,        // one instance in this process
    every_edge,  // one instance per edge loop, as if each loop were a node
};

enum class Start {
    after_callees,
    last,  // lets the outside in, when everybody is there; stops first
};

// Where what a service keeps and tells can be.
enum class StorePlace {
    own,     // nobody else opens them
    shared,  // the embedded log and broadcast: all that use these run in one process
};

// Whether a service can do its own work without the one that it calls.
enum class Need {
    required,  // without it the process does not start
    optional,  // what needs the other one fails with `upstream.unavailable`
};

struct Call {
    std::string_view service;
    Need need = Need::required;
};

// What a service exports: `extern const runtime::Module chat_module`.
struct Module {
    std::string_view name;
    Placement placement = Placement::once;
    Start start = Start::after_callees;
    // Modules placed once that name the same loop share a thread.
    std::string_view loop = "services";
    StorePlace stores = StorePlace::own;
    std::vector<Call> calls = {};  // all that it asks its context for
    // The relational databases that it fills.
    std::vector<store::DatabaseNeed> (*databases)() = nullptr;
    // Small files that it keeps in the data folder (store/folder/stamped_text.hpp) and that belong
    // to its data: they go where the data goes.
    std::vector<std::string_view> files = {};
    // The stores that it fills, for itself and, by narrower ports, for who reads them.
    std::vector<StoreAdapter> (*adapters)() = nullptr;
    ConfigSection (*config)() = nullptr;
    // Settings that it reads beside its own: a section that several services have together.
    ConfigSection (*shared_config)() = nullptr;
    std::unique_ptr<Service> (*make)(Context& context) = nullptr;
};

}  // namespace loquat::runtime
