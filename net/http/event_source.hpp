#pragma once
#include <string>
#include <vector>

#include "net/http/client.hpp"
#include "net/http/sse_reader.hpp"

namespace loquat::net::http {

// An event that one owns.
struct SseItem {
    std::string event;
    std::string data;
    std::string id;  // the last one that the stream named
};

// One GET that is answered with an event stream.  Coming back after its end is the caller's
// business (HTML standard, section 9.2.3: with Last-Event-ID).
class EventSource final : SseSink {
  public:
    static constexpr std::size_t event_bytes_max = 4 * 1024 * 1024;
    static constexpr std::size_t refusal_bytes_max = 64 * 1024;

    // `request` needs origin, target and its fields; Accept is added.  `deadline` bounds all of it.
    EventSource(Client& client, ClientRequest request, Steady deadline);

    // Sends the request and reads the head; the status.  Anything but 200 with an event stream is a
    // refusal: its body is read, at most `refusal_bytes_max` of it.  Failures as of Client.
    Task<int> open();
    const ResponseHead& head() const { return call_.head(); }
    bool is_stream() const { return is_stream_; }
    const std::string& refusal() const { return refusal_; }

    // What has come, at least one event; empty at the end of the stream, whose last event counts
    // only with its empty line.  Throws also `sse.event_too_large`.
    Task<std::vector<SseItem>> next();
    // `open` and `next` end with `upstream.unavailable`.
    void cancel() { call_.cancel(); }

  private:
    void on_event(const SseEvent& event) override;
    void take(std::string_view bytes);

    ClientRequest request_;
    ClientCall call_;
    SseReader reader_{event_bytes_max};
    std::vector<SseItem> items_;
    std::string refusal_;
    bool is_stream_ = false;
};

}  // namespace loquat::net::http
