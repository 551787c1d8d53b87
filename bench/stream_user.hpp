#pragma once
#include <memory>
#include <string>

#include "bench/samples.hpp"
#include "net/http/event_source.hpp"

namespace loquat::bench {

// What readers saw, together.
struct StreamCounts {
    Samples relayed;        // of every delta: sent by the provider to had by the reader
    Samples first_relayed;  // of the first one of each answer
    std::size_t whole = 0;  // answers with all deltas, ids without a hole, done last
    std::size_t broken = 0;
    std::string why_broken;  // of the first one
    std::uint64_t text_bytes = 0;
    std::uint64_t event_bytes = 0;             // data, id and name of events
    std::chrono::milliseconds longest_gap{0};  // between two events of an answer
};

// A signed-in person with an assistant conversation of their own.
class StreamUser {
  public:
    StreamUser(net::http::Client& client, net::http::Origin origin, std::size_t number);

    // Registers and makes the conversation.
    Task<void> prepare();
    // Starts an answer; returns with the server's 201.
    Task<void> start();
    // Opens the stream of the last answer from its beginning.
    Task<void> open();
    // Reads it to its end; when the first delta was there.
    Task<Steady> read(StreamCounts& counts, int deltas);
    void close() { source_.reset(); }

  private:
    Task<std::string> call(std::string method, std::string target, std::string body);

    net::http::Client& client_;
    net::http::Origin origin_;
    std::string name_;
    std::string token_;
    std::string chat_;
    std::string generation_;
    int answers_ = 0;
    std::unique_ptr<net::http::EventSource> source_;
};

}  // namespace loquat::bench
