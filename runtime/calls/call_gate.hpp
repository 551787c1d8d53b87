#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <span>
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

// Who calls for a process as such and not for one of its services: to follow its registry and its
// config server.  It is in no row of the table.
inline constexpr std::string_view process_caller = "platform";

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
    std::string caller;  // of a service; of several in one process "chat+consumer"
    std::string callee;  // whom its key is for; empty: for anybody, by a certificate
    std::vector<std::string> names = {};  // of a certificate, those that are services
};

// Tells who shows a key to this process.  Any thread.
class CallGate {
  public:
    enum class By { key, certificate };
    // `known`: all modules of the platform; `hosted`: names of those here.
    CallGate(const std::vector<const Module*>& known, std::vector<std::string> hosted,
             std::string internal_key, By by = By::key);

    bool is_by_certificate() const { return by_ == By::certificate; }
    // By `shown`, or by the names of a verified certificate; the internal key makes an operator of
    // who has either.
    Peer identify(std::string_view shown, std::span<const std::string> certificate = {}) const;
    bool allows(const Peer& peer, std::string_view callee) const;
    // Whether anybody but a stranger has shown a key yet: then there are callers elsewhere.
    bool was_asked() const { return was_asked_.load(std::memory_order_relaxed); }

  private:
    Peer identify_by_certificate(std::string_view shown,
                                 std::span<const std::string> certificate) const;
    using Keys = std::vector<std::pair<std::string, std::string>>;  // callee, key
    const Keys& keys_of(const std::string& caller) const;

    CallTable table_;
    std::vector<std::string> hosted_;
    std::string internal_key_;
    By by_;
    mutable std::atomic<bool> was_asked_{false};
    mutable std::mutex mutex_;
    mutable std::map<std::string, Keys, std::less<>> keys_;  // made at the first call of a caller
};

}  // namespace loquat::runtime
