#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aio/run.hpp"
#include "net/http/event_source.hpp"
#include "wire/codec.hpp"

namespace loquat::app {

// Tokens of a signed-in person.
struct ChatTokens {
    std::string access;
    std::string refresh;
};

// A Loquat server as its web app sees it, on one loop.  Failures carry the server's own code and
// message; upstream.* when it cannot be reached.
class ChatServer {
  public:
    // `ca_file`: certificates to trust instead of the system's; empty: the system's.  Throws
    // `chat.bad_url` and tls.*.
    ChatServer(aio::Loop& loop, const std::string& url, const std::string& ca_file);

    const net::http::Origin& origin() const { return origin_; }
    void set_access_token(std::string token) { access_token_ = std::move(token); }
    // Asked for a new access token when the server says that the old one has expired.
    void on_expired(std::function<Task<std::string>()> call) { renew_ = std::move(call); }

    // `body` empty: none.  The answer's body.
    Task<std::string> call(std::string method, std::string target, std::string body);
    // The same without a token.
    Task<std::string> call_as_nobody(std::string method, std::string target, std::string body);

    template <class Out>
    Task<Out> get(std::string target) {
        const std::string answer = co_await call("GET", std::move(target), "");
        co_return wire::from_json<Out>(answer);
    }
    template <class Out>
    Task<Out> post(std::string target, wire::Object body) {
        const std::string text = wire::to_json(wire::Value{std::move(body)});
        const std::string answer = co_await call("POST", std::move(target), text);
        co_return wire::from_json<Out>(answer);
    }

    // An event stream, opened; it goes on after event `last_event_id`; null when
    // nothing follows that.
    Task<std::unique_ptr<net::http::EventSource>> open_stream(std::string target,
                                                              std::int64_t last_event_id);

    aio::Loop& loop() const { return client_.loop(); }

  private:
    net::http::ClientRequest make_request(std::string method, std::string target) const;
    Task<std::string> send(net::http::ClientRequest request);
    Task<void> renew();

    net::http::Origin origin_;
    net::http::Client client_;
    std::string access_token_;
    std::function<Task<std::string>()> renew_;
};

template <class T>
T run_for(aio::Loop& loop, Task<T> task) {
    std::optional<T> result;
    auto keep = [](Task<T> inner, std::optional<T>& out) -> Task<void> {
        out = co_await std::move(inner);
    };
    run_to_end(loop, keep(std::move(task), result));
    return std::move(*result);
}

}  // namespace loquat::app
