#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "testing/where.hpp"

namespace loquat::test {

// The ways into a platform.  Who got no answer at one goes on at the next, as browsers do with
// several addresses of a name.
class Doors {
  public:
    using Now = std::function<std::vector<Where>()>;  // at least one; may change from call to call
    explicit Doors(Now now) : now_(std::move(now)) {}

    Where of(const std::string& who) {
        const std::vector<Where> all = now_();
        return all[chosen_[who] % all.size()];
    }
    void leave(const std::string& who) { ++chosen_[who]; }
    // Of one who does several things at a time: unless another of these has left it already.
    void leave(const std::string& who, const Where& failed) {
        const Where now = of(who);
        if (now.host == failed.host && now.port == failed.port) {
            leave(who);
        }
    }

  private:
    Now now_;
    std::map<std::string, std::size_t> chosen_;
};

// What one of those who use a platform has just met with.  Times are of the steady clock, in
// nanoseconds.
struct Sight {
    enum class Kind {
        acknowledged,  // a send
        failed,        // a send that has no answer, or a refusal
        shown,         // a message that a reader was given; begun when it was sent first
        answered,      // a question whose answer came to its end
        undone,        // an edit that had been acknowledged before it was read, and was not there
    };
    Kind kind = Kind::acknowledged;
    std::string who;
    std::int64_t begun = 0;
    std::int64_t ended = 0;
    std::string code;  // of a failure; of an answer that failed; what was read
};
using Watcher = std::function<void(const Sight&)>;

// How those who use a platform behave.
struct Manners {
    std::chrono::milliseconds pause{0};  // between two sends, or two questions, of one
    std::chrono::milliseconds after_failure{5};
    std::chrono::milliseconds silence_max{3'600'000};  // of a connection; then it is made anew
};

}  // namespace loquat::test
