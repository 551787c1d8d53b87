#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aio/loop.hpp"
#include "net/http/codec.hpp"
#include "net/http/head_writer.hpp"
#include "net/http/message.hpp"
#include "net/stream.hpp"

namespace loquat::net::http {

enum class Scheme : std::uint8_t { http, https };

// Where to connect; the key of a pool.
struct Origin {
    std::string host;  // a name or a numeric address, no brackets
    std::uint16_t port = 80;
    Scheme scheme = Scheme::http;

    // `http://host[:port]`; a path is not part of it.  None when it is malformed.
    static std::optional<Origin> parse(std::string_view url);
    // For the Host field: the port is left out where it is the scheme's own.
    std::string authority() const;
    friend bool operator==(const Origin&, const Origin&) = default;
};

struct ClientConfig {
    std::chrono::milliseconds connect_time_max{2'000};
    std::chrono::milliseconds head_time_max{
        30'000};  // request sent to the end of the answer's head
    std::chrono::milliseconds body_stall_max{60'000};  // between two pieces of the answer's body
    std::chrono::milliseconds send_stall_max{30'000};
    std::chrono::milliseconds idle_time_max{
        30'000};  // a pooled connection; keep it below the server's
    std::size_t idle_per_origin_max = 256;
    std::size_t connections_per_origin_max = 4'096;  // open at once; more: `upstream.unavailable`
    std::size_t body_bytes_max = 16 * 1024 * 1024;   // of `request`; more: `upstream.bad_answer`
    Limits limits{.header_bytes_max = 32 * 1024};
    std::shared_ptr<const tls::ClientContext>
        tls;  // for https; without it https is `upstream.unavailable`
    // Instead of `tls`: the context of the moment, asked for at each new connection.
    std::function<std::shared_ptr<const tls::ClientContext>()> tls_of_now;
    std::string tls_name;     // whose certificate it must be; empty: the host's
    AddressRule may_connect;  // asked of each address before it is connected to; empty: all
};

enum class Replay : std::uint8_t {
    allowed,    // GET, or the request carries its own idempotency
    forbidden,  // once sent, never again
};

struct ClientRequest {
    Origin origin;
    std::string method = "GET";
    std::string target = "/";  // path and query, percent-encoded
    Headers headers;           // Host, Content-Length and Connection are added
    std::string body;
    Replay replay = Replay::forbidden;  // GET and HEAD are always allowed
};

struct ClientResponse {
    int status = 0;
    Headers headers;
    std::string body;
};

struct ClientCounts {
    std::size_t open = 0;  // connections, idle ones included
    std::size_t idle = 0;
    std::uint64_t connects = 0;
    std::uint64_t reused = 0;
    std::uint64_t replayed = 0;  // sent again because a pooled connection was stale
};

class ClientCall;
struct ClientState;
struct CallState;

// Keep-alive pools and calls, one per loop.  Failures of everything here: `upstream.unavailable`
// (no connection, cut off, too many), `upstream.timeout`, `upstream.bad_answer` (502 to the
// outside: not HTTP, or over a limit), `upstream.untrusted` (TLS).
class Client {
  public:
    Client(aio::Loop& loop, ClientConfig config);
    // Calls that still run must have ended.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // A whole call: the answer of any status with its whole body.  The earlier of `deadline` and
    // the configured limits ends it.  Cancellation closes the connection.
    Task<ClientResponse> request(ClientRequest request, Steady deadline);

    // Nobody will call `origin` soon: its idle connections are closed, and those in use when their
    // calls end.  Until it is connected to again.
    void leave(const Origin& origin);

    ClientCounts counts() const;
    aio::Loop& loop() const;

  private:
    friend class ClientCall;
    std::unique_ptr<ClientState> state_;
};

// One request and its answer in pieces, for a proxy.  In order: start, fields, then send or
// (begin_body, write_body..., end_body), then read_head, then read_body until it is empty.
// Destroyed before the end it closes its connection; after it the connection goes back to the pool.
class ClientCall {
  public:
    // `origin` must outlive the call.  `deadline` bounds all of it.
    ClientCall(Client& client, const Origin& origin, Steady deadline);
    ~ClientCall();
    ClientCall(const ClientCall&) = delete;
    ClientCall& operator=(const ClientCall&) = delete;

    // Host is one of the fields that the caller adds.  Throws Failure `http.bad_target` (internal)
    // for a method or target that cannot be sent.
    HeadWriter start(std::string_view method, std::string_view target);
    // Head and whole body.  A pooled connection that turns out stale is replaced once, in here or
    // in read_head, as long as nothing of an answer was received and `replay` allows it.
    // `body` stays where it is until read_head has ended.
    Task<void> send(std::string_view body, Replay replay);
    // A body in pieces is never replayed.  Without a length it is chunked.
    Task<void> begin_body(std::optional<std::uint64_t> length);
    Task<void> write_body(std::string_view piece);
    Task<void> end_body();

    // The answer's head; interim ones (1xx but 101) are skipped.  Views stay valid until the call
    // is destroyed.
    Task<void> read_head();
    const ResponseHead& head() const;
    // The next piece, decoded; empty at the end.  The view lives until the next call.
    Task<std::string_view> read_body();
    // What was read together with the head, without waiting; empty when there is none.
    std::string_view take_buffered_body();
    // True when the whole body has been taken.
    bool is_body_done() const;
    // False as long as nothing of the request can have reached anyone: another address may be
    // tried.
    bool has_connected() const;

    // After 101: the connection itself, with bytes that came after the head.
    Stream take_stream(std::string& early);
    // Ends every wait of this call with `upstream.unavailable`; for a client that went away.
    void cancel();

  private:
    std::unique_ptr<CallState> state_;
};

}  // namespace loquat::net::http
