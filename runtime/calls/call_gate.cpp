#include "runtime/calls/call_gate.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "net/jose/digest.hpp"

namespace loquat::runtime {
namespace {

// RFC 5869 with SHA-256 for one block of output.
std::string derive(std::string_view secret, std::string_view info) {
    const std::string no_salt(32, '\0');
    const std::string pseudorandom = net::jose::hmac_sha256(no_salt, secret);
    return net::jose::hmac_sha256(pseudorandom, std::string{info} + '\x01');
}

}  // namespace

std::string make_call_key(std::string_view internal_key, std::string_view caller,
                          std::string_view callee) {
    std::string info{"loquat call "};
    info.append(caller).append(" ").append(callee);
    return std::string{caller} + "." + to_base64url(derive(internal_key, info));
}

CallTable::CallTable(const std::vector<const Module*>& modules) : modules_(modules) {}

bool CallTable::allows(std::string_view caller, std::string_view callee) const {
    const auto found = std::ranges::find(modules_, caller, &Module::name);
    if (found == modules_.end()) {
        return false;
    }
    return (*found)->start == Start::last || caller == callee ||
           std::ranges::find((*found)->calls, callee, &Call::service) != (*found)->calls.end();
}

bool CallTable::knows(std::string_view service) const {
    return std::ranges::find(modules_, service, &Module::name) != modules_.end();
}

CallGate::CallGate(const std::vector<const Module*>& known, std::vector<std::string> hosted,
                   std::string internal_key, By by)
    : table_(known), hosted_(std::move(hosted)), internal_key_(std::move(internal_key)), by_(by) {}

// Everybody who has one has it from the authority; whose it is says what it may.
Peer CallGate::identify_by_certificate(std::string_view shown,
                                       std::span<const std::string> certificate) const {
    Peer peer{.kind = PeerKind::service};
    for (const std::string& name : certificate) {
        if (table_.knows(name)) {
            peer.caller += (peer.caller.empty() ? "" : "+") + name;
            peer.names.push_back(name);
        }
    }
    if (peer.names.empty()) {
        return {};
    }
    was_asked_.store(true, std::memory_order_relaxed);
    if (!shown.empty() && equal_in_constant_time(shown, internal_key_)) {
        return {.kind = PeerKind::operator_};
    }
    return peer;
}

Peer CallGate::identify(std::string_view shown, std::span<const std::string> certificate) const {
    if (by_ == By::certificate) {
        return identify_by_certificate(shown, certificate);
    }
    if (shown.empty()) {
        return {};
    }
    if (equal_in_constant_time(shown, internal_key_)) {
        was_asked_.store(true, std::memory_order_relaxed);
        return {.kind = PeerKind::operator_};
    }
    const std::string caller{shown.substr(0, shown.find('.'))};
    if (!table_.knows(caller) && caller != process_caller) {
        return {};
    }
    for (const auto& [callee, key] : keys_of(caller)) {
        if (equal_in_constant_time(shown, key)) {
            was_asked_.store(true, std::memory_order_relaxed);
            return {PeerKind::service, caller, callee};
        }
    }
    return {};
}

bool CallGate::allows(const Peer& peer, std::string_view callee) const {
    if (peer.kind != PeerKind::service) {
        return peer.kind == PeerKind::operator_;
    }
    if (!peer.names.empty()) {
        return std::ranges::any_of(peer.names, [this, callee](const std::string& name) {
            return table_.allows(name, callee);
        });
    }
    return peer.callee == callee && table_.allows(peer.caller, callee);
}

// References into a map stay good.
const CallGate::Keys& CallGate::keys_of(const std::string& caller) const {
    const std::lock_guard lock{mutex_};
    const auto [entry, is_new] = keys_.try_emplace(caller);
    if (is_new) {
        for (const std::string& callee : hosted_) {
            entry->second.emplace_back(callee, make_call_key(internal_key_, caller, callee));
        }
    }
    return entry->second;
}

}  // namespace loquat::runtime
