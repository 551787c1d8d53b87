#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "net/http/server.hpp"

namespace loquat::test {

// What a provider's answer looks like.
struct Pace {
    int deltas = 64;
    std::chrono::milliseconds apart{20};
};

// Microseconds of the steady clock, in eight hexadecimal digits and a space: one delta.  Goes
// around in 71 minutes.
inline constexpr std::size_t stamp_bytes = 9;
std::string make_stamp(Steady at);
// From the moment of the stamp to `now`; negative for text that is no stamp.
std::chrono::microseconds age_of_stamp(std::string_view stamp, Steady now);

// An OpenAI-compatible provider on a thread of its own, on the loopback.  Each answer is a number
// of deltas at even distances, each the moment when it was sent.  While it is held, answers are
// accepted and nothing is said.
class PacedProvider {
  public:
    PacedProvider(std::uint16_t port, Pace pace);
    ~PacedProvider();

    // Any thread.
    void hold();
    // Lets the held answers begin, spread over one distance, and later ones at once.
    void release();
    // Of answers that are asked for from now on.
    void set_deltas(int deltas) { deltas_ = deltas; }
    std::size_t waiting() const { return waiting_; }
    // Answers that have been said to their end.
    std::size_t finished() const { return finished_; }

  private:
    class Answers;
    class Body;
    Task<void> close();

    std::chrono::milliseconds apart_;
    std::atomic<int> deltas_;
    std::atomic<bool> is_held_ = false;
    std::atomic<std::size_t> waiting_ = 0;
    std::atomic<std::size_t> finished_ = 0;
    std::vector<std::shared_ptr<aio::Signal>> held_;  // the provider's loop
    aio::Loop loop_{"provider"};
    std::unique_ptr<Answers> answers_;
    std::unique_ptr<net::http::Server> server_;
    std::jthread thread_;
};

}  // namespace loquat::test
