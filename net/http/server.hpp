#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aio/loop.hpp"
#include "net/http/codec.hpp"
#include "net/http/head_writer.hpp"
#include "net/http/message.hpp"
#include "net/http/pace.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"

namespace loquat::net::http {

class Connection;
class ExchangeState;
struct ServerState;

// Of one connection that speaks HTTP/2.
struct Http2Limits {
    bool enabled = false;                           // else the preface is a bad request
    std::uint32_t streams_max = 100;                // requests at once
    std::uint32_t stream_window = 256 * 1024;       // bytes of a body that nobody has read yet
    std::uint32_t connection_window = 1024 * 1024;  // the same, of all bodies together
};

struct ServerConfig {
    std::chrono::milliseconds head_time_max{
        10'000};  // first byte of a request (or accept) to the end of its head
    std::chrono::milliseconds idle_time_max{75'000};   // keep-alive without a request
    std::chrono::milliseconds body_stall_max{30'000};  // no byte of a body that is being read
    PaceRule body_pace;                                // and how fast it must come at least
    std::chrono::milliseconds send_stall_max{30'000};  // the client takes nothing of an answer
    std::size_t connections_max = 50'000;              // more: 503 and close
    std::size_t connections_per_address_max = 0;       // 0: no limit; more: 503 and close
    std::size_t unread_body_max =
        64 * 1024;  // of a request body that the handler left; more closes the connection
    Limits limits;
    Http2Limits http2;
    // For what the server answers by itself (a malformed head, a stalled body, too many
    // connections): an id for X-Request-Id and the problem's body, and whole field lines.
    std::function<std::string()> make_request_id;
    std::string own_answer_lines;
    // Listeners with TLS also hear plain HTTP; else it is answered with `http.needs_tls`.
    bool takes_plain_too = false;
    // A connection of TLS came to nothing; told for the log.
    std::function<void(const Endpoint& peer, tls::Trouble, const std::string& reason)>
        on_tls_trouble;
};

// What an Upgrade hands over.  `early` was read after the head and belongs to the new protocol.
struct TakenStream {
    Stream stream;
    std::string early;
};

// One request and its answer.  Lives as long as `Handler::handle` runs.
class Exchange {
  public:
    const RequestHead& head() const;
    const Endpoint& peer() const;
    bool is_tls() const;
    // DNS names of the certificate that the client has shown, which was verified; none without.
    std::span<const std::string> certificate_names() const;
    aio::Loop& loop() const;
    // When the last byte of the head was read.
    Steady begun_at() const;

    // The whole body.  Throws Failure `request.too_large`, `http.body_timeout`, `http.bad_chunk`
    // and the other codes of ParseError, `net.closed` when the client went away.  `Expect:
    // 100-continue` is answered at the first read.
    Task<std::string> read_body(std::size_t bytes_max);
    // Some bytes of it; 0 at the end.  Fails as read_body does.
    Task<std::size_t> read_body_some(std::span<char> into);
    // The whole body must have come by then, else `http.body_timeout`.  Until it is said there is
    // no such time, only the least rate and the longest pause.
    void limit_body(Steady due);
    // What of the body has been read with the head and can be had without waiting: `length` bodies
    // only.
    bool is_body_done() const;

    // A whole answer.  Body framing, Date and Connection are added; a body is left out for HEAD,
    // 1xx, 204 and 304
    // (`body` or `length()` then only gives Content-Length for HEAD).  Fields that cannot be sent:
    // `http.bad_header`. Throws `net.closed` when the client went away, `http.send_timeout` when it
    // takes nothing.
    Task<void> respond(Response response);

    // The raw way, for a proxy: start, fields, then either finish, or begin_body, write_body...,
    // end_body. Date is not added.  Between start and the next of these calls nothing may be
    // awaited.
    HeadWriter start(int status);
    // Head and a complete body in one write.
    Task<void> finish(std::string_view body);
    // Without a length the body is chunked (HTTP/1.0: until close).  The head leaves with the first
    // piece.
    void begin_body(std::optional<std::uint64_t> length);
    // Sends the piece at once; returns when the kernel has all of it.
    Task<void> write_body(std::string_view piece);
    // Throws Failure `http.short_body` (and closes) when fewer bytes came than begin_body said.
    Task<void> end_body();
    // Sends a head that begin_body holds back.
    Task<void> flush();
    // Interim answer such as 103; HTTP/1.1 only, ignored otherwise.
    Task<void> send_interim(int status, const Headers& headers);
    // An answer may not be given any more once this is true.
    bool has_started() const;
    // For access logs: status of the answer (0: none yet) and bytes of its body so far.
    int status() const;
    std::uint64_t body_bytes_sent() const;

    // This connection ends after this answer.
    void close_after();
    // The answer cannot be completed: the connection is cut when the handler returns, so that the
    // client notices.
    void abandon();

    // True once the client has closed or half-closed its side.
    bool is_client_gone() const;
    // Calls once, from the loop, when that happens while the handler runs; empty takes it back.
    void on_client_gone(std::move_only_function<void()> call);

    // The answer to an Upgrade is given (status 101, with these fields) and the connection leaves
    // the server; it no longer counts as one of its connections.  Nothing else of the exchange may
    // be used afterwards.
    Task<TakenStream> upgrade(const Headers& headers);
    // The same without an answer.
    TakenStream take_stream();

  private:
    friend class ExchangeState;
    explicit Exchange(ExchangeState& state) : state_(state) {}
    ExchangeState& state_;
};

// Who answers.  One object serves all connections of a server.
class Handler {
  public:
    virtual ~Handler() = default;
    // Runs once a request; a Failure that it throws before an answer becomes a problem body,
    // anything else a 500. Cancellation (the drain's deadline) throws operation_aborted out of what
    // it awaits.
    virtual Task<void> handle(Exchange& exchange) = 0;
};

struct ServerCounts {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;   // over a connection limit
    std::uint64_t requests = 0;  // whole heads
    std::uint64_t parse_errors = 0;
    std::uint64_t timeouts = 0;   // heads, bodies and answers that stalled
    std::size_t connections = 0;  // open now
    std::size_t busy = 0;         // of these: a handler runs
};

// A server of HTTP/1.1, and of HTTP/2 where its configuration says so, on one loop.  For more cores
// make one per loop, sharing a port.
class Server {
  public:
    // `handler` outlives the server.
    Server(aio::Loop& loop, ServerConfig config, Handler& handler);
    // `drain` first when the loop is still running.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Any number of listeners; with `tls` all connections of this one are TLS.  Returns where it
    // listens.
    Endpoint listen(const ListenOptions& options,
                    std::shared_ptr<const tls::ServerContext> tls = nullptr);
    // The same with the context of the moment, asked for at each new connection.
    using TlsOfNow = std::function<std::shared_ptr<const tls::ServerContext>()>;
    Endpoint listen_with(const ListenOptions& options, TlsOfNow tls);
    // Serves a stream that came another way (tests, socket activation).
    void serve(Stream stream);

    // Stops listening, closes idle connections, lets running handlers finish with `Connection:
    // close`; at the deadline tells streams that the client is gone, cancels what still runs and
    // closes.
    Task<void> drain(Steady deadline);

    ServerCounts counts() const;

  private:
    std::unique_ptr<ServerState> state_;
};

}  // namespace loquat::net::http
