#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "net/stream.hpp"

namespace loquat::bench {

struct Target {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
};

// A client's connection that reads through one buffer per thread, so that thousands of them cost
// little.
class Connection {
  public:
    explicit Connection(aio::Loop& loop) : loop_(loop) {}
    virtual ~Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Sends at once what the kernel takes; the rest as it takes more.
    void write(std::string_view bytes);
    bool is_open() const { return stream_.is_open() && why_closed_.empty(); }
    // Empty while open.
    const std::string& why_closed() const { return why_closed_; }
    std::uint64_t received_bytes() const { return received_bytes_; }
    // Hangs up.
    void leave() {
        close("left");
        stream_ = {};
    }

  protected:
    Task<void> connect(Target target, Steady deadline);
    // Waits for `arrived`; throws `bench.no_answer` at the deadline or when the connection was
    // closed.
    Task<void> wait_for_answer(Steady deadline);
    void arrived() { answer_.set(); }
    void close(std::string why);

    // Takes whole units from the front of `bytes` and returns how many bytes that was.
    virtual std::size_t take(std::string_view bytes) = 0;

    aio::Loop& loop_;

  private:
    void read_some();
    void take_all(std::string_view bytes);
    void flush();

    net::Stream stream_;
    std::string held_;    // the beginning of a unit
    std::string outbox_;  // what the kernel did not take
    std::string why_closed_;
    std::uint64_t received_bytes_ = 0;
    aio::Signal answer_;
};

}  // namespace loquat::bench
