#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"

namespace loquat::store {

// Pub/Sub may lose and not know it: a demoted master keeps its connections, a publisher that was
// away goes on as if nothing had been.  So each publisher sends a numbered pulse a second, and says
// with it when something could not be sent.  Pure: time is passed in.

struct Pulse {
    enum class Says : std::uint8_t {
        all,       // everything since the pulse before was sent
        lost,      // not everything
        farewell,  // and there will be no other one
    };

    std::string_view publisher;
    std::uint64_t number = 0;  // 1, 2, 3 ...
    Says says = Says::all;

    std::string to_text() const;
    // No publisher for what is no pulse.
    static Pulse read(std::string_view text);
};

// What others' pulses say.
class PulseBook {
  public:
    static constexpr std::chrono::milliseconds late_after{3'000};
    // Who is late so long is gone.
    static constexpr std::chrono::milliseconds gone_after{30'000};
    static constexpr std::size_t publishers_max = 4'096;

    enum class Heard : std::uint8_t {
        all,   // everything of that publisher since its last pulse
        lost,  // something may have been missed
    };

    // A connection begins anew: what was missed until `now` is known to be lost, whoever is heard
    // next is a stranger, and nobody is late.
    void begin(Steady now);
    Heard hear(const Pulse& pulse, Steady now);
    // `lost` when a publisher is late since the last call.
    Heard look(Steady now);
    bool has_late() const { return late_ > 0; }
    std::size_t size() const { return publishers_.size(); }

  private:
    struct Publisher {
        std::uint64_t number = 0;
        Steady heard_at;
        bool is_late = false;
    };

    std::unordered_map<std::string, Publisher> publishers_;
    std::size_t late_ = 0;
    Steady begun_{};
};

}  // namespace loquat::store
