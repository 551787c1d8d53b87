#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "aio/loop.hpp"
#include "net/http/event_source.hpp"
#include "wire/json.hpp"

namespace loquat::test {

// An event of a generation's stream.
struct StreamEvent {
    std::int64_t id = 0;
    std::string type;
    wire::Value data;
};

// Follows the stream of a generation as a browser does, and holds it to its rules: ids without a
// hole, the event's name is the type in its data, nothing after `done`, deltas never empty.  Throws
// Failure `test.bad_stream` otherwise.
class EventReader {
  public:
    struct Open {
        std::uint16_t port = 0;
        std::string target;  // or the id of a generation
        std::string token;
        std::int64_t last_event_id = 0;
        std::string host = "127.0.0.1";
        // Given up as cut when nothing came for so long, comments included.
        std::chrono::milliseconds silence_max{60'000};
    };

    EventReader(aio::Loop& loop, Open open);

    // The status; a refusal's body is in `refusal`.
    Task<int> open();
    const std::string& refusal() const { return source_->refusal(); }
    const net::http::ResponseHead& head() const { return source_->head(); }

    // None at the end of the stream.
    Task<std::optional<StreamEvent>> next();
    // To the end; throws `test.cut_stream` when it came without `done`.
    Task<void> read_to_end();

    // All deltas so far, joined.
    const std::string& text() const { return text_; }
    std::int64_t last_id() const { return last_id_; }
    bool is_done() const { return is_done_; }
    // The last event of a type; none when there was none.
    std::optional<wire::Value> last(const std::string& type) const;

  private:
    void check(const net::http::SseItem& item, StreamEvent& event);

    net::http::Client client_;
    std::unique_ptr<net::http::EventSource> source_;
    std::deque<net::http::SseItem> items_;
    std::string text_;
    std::map<std::string, wire::Value> last_;
    std::int64_t last_id_;
    bool is_done_ = false;
};

}  // namespace loquat::test
