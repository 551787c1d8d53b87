#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "aio/loop.hpp"
#include "net/http/client.hpp"
#include "testing/event_reader.hpp"
#include "testing/stomp_client.hpp"
#include "wire/json.hpp"

namespace loquat::test {

// A conversation with a platform, as text.  Lines:
//
//   # why                                   a comment
//   > POST /api/chats as ana                a request; `as ana` sends the bearer token in $ana
//   > Header: value                         its fields
//   > {"title":"$room"}                     its body, one line; $names are filled in
//   < 201                                   the status that must come
//   <~ 401                                  the same, of what other processes hear soon: News
//   <~ {"left":true}                        the same: in one process; elsewhere it comes later
//   < Header: value                         a field that must come; * matches any value
//   < {"id":"$chat=","title":"*"}           a part of the body that must be there
//   ws ana open [TARGET] [Header=value]     a WebSocket named ana
//   ws ana > SEND a=b c="d e" | BODY        a frame
//   ws ana < RECEIPT a=b | {"type":"x"}     the next frame; <~ skips others
//   ws ana closed 4401                      the server closes with this code
//   sse one open TARGET [as ana] [last=3]   follows the stream of a generation; it must be there
//   sse one refused 404 TARGET [as ana] ..  it must not; the answer's body is checked by < lines
//   sse one < {"type":"delta"}              the data of the next event; <~ skips others
//   sse one id 3                            the id of the last event
//   sse one done                            reads to its end: `done` must be the last
//   sse one text = "Hello"                  all its deltas joined; "$name=" keeps them
//
// In expected JSON: "*" is anything, "$name=" keeps the value, "$name" is the kept one; objects may
// hold more; arrays must have the same length unless the last item is "...".
class Transcript {
  public:
    // What one service tells all others reaches those of its process at once, other processes
    // within half a second: `<~` then asks again.
    enum class News { at_once, soon };

    Transcript(aio::Loop& loop, std::uint16_t port, News news = News::at_once)
        : Transcript(loop, std::vector{port}, news) {}
    // Of nodes: each request, socket and stream goes to the next one.
    Transcript(aio::Loop& loop, std::vector<std::uint16_t> ports, News news)
        : loop_(loop), ports_(std::move(ports)), news_(news), client_(loop, {}) {}

    // Runs the file to its end.  Throws std::runtime_error `FILE:LINE: what was wrong`.
    Task<void> run(std::filesystem::path file);

  private:
    struct Answer {
        int status = 0;
        net::http::Headers headers;
        std::string body;
    };

    Task<void> run_line(std::string line);
    Task<void> run_socket_line(std::string line);
    Task<void> run_stream_line(std::string line);
    Task<void> open_stream(std::string name, std::string rest);
    Task<void> expect_event(EventReader& reader, std::string wanted, bool may_skip);
    Task<void> expect_frame(StompClient& client, std::string rest, bool may_skip);
    Task<void> send_request();
    Task<void> await_news(std::string wanted);
    void take_request_line(const std::string& line);
    void check_answer_line(const std::string& line);
    std::string fill(const std::string& text) const;
    void match(const wire::Value& wanted, const wire::Value& found, const std::string& where);
    void match_text(const std::string& wanted, const std::string& found, const std::string& where);
    [[noreturn]] void fail(const std::string& what) const;
    std::uint16_t next_port(std::size_t& turn) const { return ports_[turn++ % ports_.size()]; }

    aio::Loop& loop_;
    std::vector<std::uint16_t> ports_;
    std::size_t requests_ = 0;
    std::size_t opened_ = 0;  // sockets and streams
    News news_;
    net::http::Client client_;
    std::map<std::string, std::string> kept_;
    std::map<std::string, std::unique_ptr<StompClient>> sockets_;
    std::map<std::string, std::unique_ptr<EventReader>> streams_;
    std::unique_ptr<net::http::ClientRequest> request_;
    net::http::ClientRequest sent_;
    Answer answer_;
    std::string place_;
};

}  // namespace loquat::test
