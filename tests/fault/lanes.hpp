#pragma once
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "net/http/client.hpp"

namespace loquat::test {

// Callers of a platform with two gateways, on a thread of their own: each asks for one thing again
// and again, at each gateway in turn.  They go on at the other one when one does not answer, as
// browsers and balancers do, but take every answer as what it is.
class Lanes {
  public:
    struct Counts {
        int made = 0;
        int failed = 0;
        std::int64_t longest_ms = 0;
        std::string last_failure;
    };
    using ByLane = std::map<std::string, Counts>;

    struct Lane {
        std::string name;
        std::string target;
    };

    // `gateways`: http://host:port.  Begins at once, in the network of the calling thread.
    Lanes(std::vector<std::string> gateways, std::string token, const std::vector<Lane>& lanes);
    ~Lanes();
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;

    // What was counted since the last take.
    ByLane take();
    // Returns once each lane has ended a request that it began after this call, and a second one.
    void wait_for_another_round();

  private:
    Task<void> run_all(std::vector<Lane> lanes);
    Task<void> run_one(Lane lane);
    // Empty: as it should be.
    Task<std::string> ask(std::string target);

    std::vector<std::string> gateways_;
    std::string token_;
    aio::Loop loop_{"lanes"};
    net::http::Client client_;
    std::size_t asked_ = 0;
    std::mutex mutex_;
    ByLane counts_;
    std::map<std::string, std::int64_t> ended_;  // by lane, since the start
    std::condition_variable ended_one_;
    bool is_ending_ = false;
    std::thread thread_;
};

}  // namespace loquat::test
