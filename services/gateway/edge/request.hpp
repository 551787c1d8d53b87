#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>

#include "base/failure.hpp"
#include "net/http/server.hpp"
#include "runtime/front/path_trie.hpp"
#include "runtime/rights/tokens.hpp"
#include "services/gateway/domain/client_address.hpp"
#include "services/gateway/domain/gcra.hpp"
#include "services/gateway/domain/methods.hpp"
#include "services/gateway/domain/trace.hpp"
#include "services/gateway/limits/limit_store.hpp"
#include "services/gateway/routes/path_rules.hpp"

namespace loquat::gateway {

struct LoopRoutes;
class Fetch;
class Standing;
struct Route;

// What the gateway knows of the request that it handles.  Lives in the frame of Gateway::handle.
struct Request {
    explicit Request(net::http::Exchange& of) : exchange(of), head(of.head()) {}
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    net::http::Exchange& exchange;
    const net::http::RequestHead& head;

    std::string_view path;  // checked; see path_rules.hpp
    PathOddities oddities;  // that its route has not refused
    std::string path_scratch;
    std::array<char, 64> id_text;
    std::uint8_t id_size = 0;
    TraceParent trace;             // of this hop
    bool continues_trace = false;  // a valid traceparent came in
    ClientPlace client;
    bool is_websocket = false;  // asks to upgrade; other protocols are not spoken and not passed on
    std::string_view allowed_origin;  // the Origin field when it is a configured one

    std::shared_ptr<LoopRoutes> routes;  // those that were valid when the request began
    const Route* route = nullptr;
    runtime::PathParameters parameters;

    runtime::UpgradeTarget* upgrade_target = nullptr;  // of a service here, for `Way::upgrade`
    Methods allowed;                                   // without a route: what its path has

    std::optional<runtime::Tokens::Identity> identity;
    const Standing* standing = nullptr;  // of an answer that is sent piece by piece
    std::optional<std::string> body;     // where it had to be read before the route was run
    Verdict limit;
    const Failure* stands_in_for = nullptr;  // what its first route could not do, on another one
    LimitCount count;  // while its verdict is asked for
    Fetch* fetch = nullptr;  // where the route keeps answers and this may be one of them

    std::string_view id() const { return {id_text.data(), id_size}; }
};

}  // namespace loquat::gateway
