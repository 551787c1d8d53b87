#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/module.hpp"

// Who may call whom between processes, and how a caller shows who it is.
namespace loquat::runtime {

// What `caller` shows to `callee`: its name and a key for these two alone, derived (HKDF-SHA256)
// from the internal key.  Who learns it, such as the callee, can call as nobody else and call
// nobody else; the internal key itself never leaves a process.
std::string make_call_key(std::string_view internal_key, std::string_view caller,
                          std::string_view callee);

// The table: what modules state as their `calls`.  Who lets the outside in (Start::last) passes
// its requests to everybody.
class CallTable {
  public:
    explicit CallTable(const std::vector<const Module*>& modules);

    bool allows(std::string_view caller, std::string_view callee) const;
    bool knows(std::string_view service) const;

  private:
    std::vector<const Module*> modules_;
};

enum class PeerKind {
    stranger,
    service,    // of ours, which showed its call key
    operator_,  // has the internal key itself: a person, a command
};

struct Peer {
    PeerKind kind = PeerKind::stranger;
    std::string caller;  // of a service
    std::string callee;  // whom its key is for
};

// Tells who shows a key to this process.  Any thread.
class CallGate {
  public:
    // `known`: all modules of the platform; `hosted`: names of those here.
    CallGate(const std::vector<const Module*>& known, std::vector<std::string> hosted,
             std::string internal_key);

    Peer identify(std::string_view shown) const;
    bool allows(const Peer& peer, std::string_view callee) const;
    // Whether anybody but a stranger has shown a key yet: then there are callers elsewhere.
    bool was_asked() const { return was_asked_.load(std::memory_order_relaxed); }

  private:
    using Keys = std::vector<std::pair<std::string, std::string>>;  // callee, key
    const Keys& keys_of(const std::string& caller) const;

    CallTable table_;
    std::vector<std::string> hosted_;
    std::string internal_key_;
    mutable std::atomic<bool> was_asked_{false};
    mutable std::mutex mutex_;
    mutable std::map<std::string, Keys, std::less<>> keys_;  // made at the first call of a caller
};

}  // namespace loquat::runtime
