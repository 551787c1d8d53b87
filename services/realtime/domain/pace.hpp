#pragma once
#include <cstddef>
#include <cstdint>

namespace loquat::realtime {

// When a subscription is sent events and when they are withheld.  Knows no socket: each call is
// something that happened, its answer what is to be done now.
//
// Three things can stand in the way, each by itself: a replay (also the one that begins every
// subscription of a conversation), a full window of messages that await an ACK, and a socket that
// has fallen behind.  Whichever goes last, in whatever order they came, resumes.
class Pace {
  public:
    enum class Step : std::uint8_t {
        none,
        pause,   // events are withheld from now on
        resume,  // say what was withheld, and go on
    };

    bool is_flowing() const { return blocks_ == 0; }

    Step on_replay_begun() { return block(replay); }
    Step on_replay_ended() { return unblock(replay); }
    // `waiting` messages await an ACK.  Full at `max`; free again at half of it.
    Step on_window(std::size_t waiting, std::size_t max) {
        if (waiting >= max) {
            return block(window);
        }
        return waiting <= max / 2 ? unblock(window) : Step::none;
    }
    // The socket's queue was dropped.
    Step on_overflow() { return block(socket); }
    // All that was queued has left.
    Step on_drained() { return unblock(socket); }

  private:
    enum Block : std::uint8_t { replay = 1, window = 2, socket = 4 };

    Step block(Block one) {
        const bool was_flowing = is_flowing();
        blocks_ = static_cast<std::uint8_t>(blocks_ | one);
        return was_flowing ? Step::pause : Step::none;
    }
    Step unblock(Block one) {
        const bool was_flowing = is_flowing();
        blocks_ = static_cast<std::uint8_t>(blocks_ & ~one);
        return !was_flowing && is_flowing() ? Step::resume : Step::none;
    }

    std::uint8_t blocks_ = 0;
};

}  // namespace loquat::realtime
