#pragma once
#include <list>
#include <unordered_map>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "net/http/server.hpp"
#include "net/http/workspace.hpp"

// Only for net/http itself.
namespace loquat::net::http {

struct ServerState {
    ServerState(aio::Loop& on, ServerConfig with, Handler& by);

    // Takes a new connection, or refuses it with 503.
    void admit(Stream stream);
    // A connection has ended or left.
    void let_go(const Address& address);
    bool has_room(const Address& address) const;
    // For an answer of the server itself: its body, and the fields that it adds to `out`.
    std::string begin_own_answer(std::string& out, int status, std::string_view code,
                                 std::string_view detail) const;

    aio::Loop& loop;
    ServerConfig config;
    Handler& handler;
    aio::Scope scope;
    WorkspacePool workspaces;
    std::vector<std::unique_ptr<Listener>> listeners;
    std::list<Connection*> connections;
    std::unordered_map<Address, std::size_t> per_address;  // used only with a limit
    std::size_t refusing = 0;
    ServerCounts counts;
    bool draining = false;
    aio::Signal emptied;
};

}  // namespace loquat::net::http
