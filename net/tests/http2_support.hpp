#pragma once
#include <nghttp2/nghttp2.h>

#include <map>
#include <string>
#include <vector>

#include "net/tests/http_support.hpp"

namespace loquat::net::http::test {

// One HTTP/2 connection of a client, by the other half of the library that the server uses; for
// what that refuses to send there are `frame` and `send_raw`.
class Http2Client {
  public:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    struct Answer {
        int status = 0;
        Fields interim;
        Fields fields;
        std::string body;
        bool ended = false;
        std::uint32_t reset = 0;  // error of RST_STREAM
        bool was_reset = false;

        std::string get(std::string_view name) const;
    };

    // With `takes_bodies` false no window is opened again.
    explicit Http2Client(Stream stream, bool takes_bodies = true);
    ~Http2Client();
    Http2Client(const Http2Client&) = delete;
    Http2Client& operator=(const Http2Client&) = delete;

    // A request; with a body that is sent as the window allows.  `more`: its end never comes.
    std::int32_t ask(Fields fields, std::string body = {}, bool more = false);
    std::int32_t get(std::string path) { return ask(head_of("GET", std::move(path))); }
    static Fields head_of(std::string method, std::string path);
    void take_back(std::int32_t id);
    static std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                             std::string_view payload);

    Task<void> send();
    // Bytes of one's own behind what is due; false when the server takes no more.
    Task<bool> send_raw(std::string bytes);
    // Sends and reads until `done`, or the connection's end; false for that.
    Task<bool> until(std::function<bool()> done);
    Task<bool> until_end(std::int32_t id) {
        return until([this, id] { return answers[id].ended; });
    }
    Task<bool> until_closed() {
        return until([] { return false; });
    }
    Stream& stream() { return stream_; }

    std::map<std::int32_t, Answer> answers;
    std::optional<std::uint32_t> goaway;  // its error

  private:
    struct Calls;
    struct Body {
        std::string left;
        bool more = false;
    };

    Stream stream_;
    nghttp2_session* native_ = nullptr;
    std::map<std::int32_t, Body> bodies_;
};

// Answers by a function to clients of HTTP/2.
class Http2Stage : public Stage {
  public:
    explicit Http2Stage(Answers::Function function, ServerConfig config = {})
        : Stage(std::move(function), with_http2(std::move(config))) {}

    static ServerConfig with_http2(ServerConfig config) {
        config.http2.enabled = true;
        return config;
    }
    void talk(std::function<Task<void>(Http2Client&)> body) {
        run([this, body = std::move(body)]() -> Task<void> {
            Http2Client client{co_await open()};
            co_await body(client);
        });
    }
};

}  // namespace loquat::net::http::test
