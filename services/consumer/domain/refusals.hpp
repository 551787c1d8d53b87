#pragma once
#include <cstddef>
#include <string_view>

#include "store/log/event_log.hpp"

namespace loquat::consumer {

// Whether a store that fails so will never take what it was given, because of what that is.  Not
// because it is away, full, damaged or denies a right: that passes, or concerns every record.
bool is_refusal(std::string_view code);

// Finds the one record of a batch that a store refuses, and when to give it up: batches become
// smaller until it stands alone, then it is tried some more times.  When many are refused one after
// the other it is not they who are wrong, and no more are given up until one is stored.
class Refusals {
  public:
    // What to do with what was refused.
    enum class Next {
        narrow,   // read again, fewer
        again,    // try it again after a pause
        give_up,  // it alone: put it aside, then go on
        stand,    // too many were put aside: try again after a pause, as long as it takes
    };
    static constexpr std::size_t in_a_row_max = 20;

    // Both at least 1.
    Refusals(std::size_t records_max, std::size_t tries_max)
        : records_max_(records_max), tries_max_(tries_max), next_(records_max) {}

    // Of the next batch.
    std::size_t records_max() const { return next_; }
    std::size_t tries() const { return tries_; }
    // Too many were put aside.
    bool is_standing() const { return in_a_row_ >= in_a_row_max; }

    // A batch of `count` records that begins with `first` was refused.
    Next on_refused(store::Offset first, std::size_t count);
    // A batch of `count` records was not stored in time: the next one is smaller, for a store that
    // is too slow for so many at once would never take them.
    void on_late(std::size_t count);
    // A record was put aside, and the position is behind it.
    void on_given_up();
    // A batch was stored.
    void on_stored();

  private:
    void widen();

    std::size_t records_max_;
    std::size_t tries_max_;
    std::size_t next_;
    store::Offset refused_ = 0;  // which stands alone
    std::size_t tries_ = 0;      // of it
    std::size_t in_a_row_ = 0;   // given up since one was stored
};

}  // namespace loquat::consumer
