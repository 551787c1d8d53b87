#include "net/http/server.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "net/http/connection.hpp"
#include "net/http/linger.hpp"

namespace loquat::net::http {
namespace {

constexpr std::size_t refusing_max = 64;
constexpr LingerRule refusal_rule{.bytes_max = 256 * 1024,
                                  .time_max = std::chrono::milliseconds{1'000}};

std::string refusal(const ServerState& server) {
    const ParseError error = ParseError::too_many_connections;
    std::string out;
    append_status_line(out, status_of(error));
    const std::string body =
        server.begin_own_answer(out, status_of(error), code_of(error), text_of(error));
    append_field(out, "Content-Length", body.size());
    append_field(out, "Retry-After", "1");
    append_field(out, "Connection", "close");
    out += "\r\n";
    return out + body;
}

Task<void> turn_away(ServerState& server, Stream stream) {
    stream.try_write(refusal(server));
    co_await linger(stream, refusal_rule);
    --server.refusing;
}

}  // namespace

ServerState::ServerState(aio::Loop& on, ServerConfig with, Handler& by)
    : loop(on),
      config(std::move(with)),
      handler(by),
      scope(on, "http"),
      workspaces(config.limits) {}

std::string ServerState::begin_own_answer(std::string& out, int status, std::string_view code,
                                          std::string_view detail) const {
    const std::string id = config.make_request_id ? config.make_request_id() : std::string{};
    append_date(out);
    append_field(out, "Content-Type", "application/problem+json");
    if (!id.empty()) {
        append_checked_field(out, "X-Request-Id", id);
    }
    out += config.own_answer_lines;
    return problem_json(status, code, detail, id);
}

bool ServerState::has_room(const Address& address) const {
    if (connections.size() >= config.connections_max) {
        return false;
    }
    if (config.connections_per_address_max == 0) {
        return true;
    }
    const auto found = per_address.find(address);
    return found == per_address.end() || found->second < config.connections_per_address_max;
}

void ServerState::admit(Stream stream) {
    ++counts.accepted;
    const Address address = stream.peer().address;
    if (draining) {
        return;
    }
    if (!has_room(address)) {
        ++counts.refused;
        // Beyond a few at once, and with TLS, there is only silence: an answer costs more than it
        // is worth.
        if (refusing < refusing_max && !stream.is_tls()) {
            ++refusing;
            scope.start(turn_away(*this, std::move(stream)));
        }
        return;
    }
    if (config.connections_per_address_max != 0) {
        ++per_address[address];
    }
    scope.start(Connection::run(std::make_unique<Connection>(*this, std::move(stream))));
}

void ServerState::let_go(const Address& address) {
    if (config.connections_per_address_max != 0) {
        const auto found = per_address.find(address);
        if (found != per_address.end() && --found->second == 0) {
            per_address.erase(found);
        }
    }
    if (draining && connections.empty()) {
        emptied.set();
    }
}

Server::Server(aio::Loop& loop, ServerConfig config, Handler& handler)
    : state_(std::make_unique<ServerState>(loop, std::move(config), handler)) {}

Server::~Server() = default;

Endpoint Server::listen(const ListenOptions& options,
                        std::shared_ptr<const tls::ServerContext> tls) {
    return listen_with(options, tls ? [tls] { return tls; } : TlsOfNow{});
}

Endpoint Server::listen_with(const ListenOptions& options, TlsOfNow tls) {
    auto accepted = [state = state_.get(), tls = std::move(tls)](Stream stream) {
        if (tls) {
            stream.start_tls(*tls());
        }
        state->admit(std::move(stream));
    };
    auto listener = std::make_unique<Listener>(state_->loop, options, std::move(accepted));
    const Endpoint local = listener->local();
    state_->listeners.push_back(std::move(listener));
    return local;
}

void Server::serve(Stream stream) { state_->admit(std::move(stream)); }

Task<void> Server::drain(Steady deadline) {
    ServerState& state = *state_;
    state.draining = true;
    for (const auto& listener : state.listeners) {
        listener->close();
    }
    const std::vector<Connection*> open{state.connections.begin(), state.connections.end()};
    for (Connection* connection : open) {
        connection->close_if_idle();
    }
    while (!state.connections.empty()) {
        const bool in_time = co_await state.emptied.wait_until(deadline);
        if (!in_time) {
            break;
        }
    }
    for (Connection* connection : state.connections) {
        connection->tell_gone();
    }
    co_await state.scope.close();
}

ServerCounts Server::counts() const {
    ServerCounts counts = state_->counts;
    counts.connections = state_->connections.size();
    return counts;
}

}  // namespace loquat::net::http
