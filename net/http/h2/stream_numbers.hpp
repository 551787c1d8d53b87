#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace loquat::net::http::h2 {

// The numbers of a client's streams: each new one is greater than all before (RFC 9113 section
// 5.1.1), and those that were passed over are never used.
class StreamNumbers {
  public:
    // A frame opens the stream, or goes on with one.  False when it opens one that was passed over.
    bool may_have_headers(std::int32_t id) {
        if (id > last_) {
            if (id > last_ + 2) {
                note({last_ + 2, id - 2});
            }
            last_ = id;
            return true;
        }
        for (const Range& range : passed_over_) {
            if (id >= range.first && id <= range.last) {
                return false;
            }
        }
        return true;
    }

  private:
    struct Range {
        std::int32_t first;
        std::int32_t last;
    };
    // Clients pass over none; of one that always does only the latest are known.
    static constexpr std::size_t ranges_max = 16;

    void note(Range range) {
        if (passed_over_.size() == ranges_max) {
            passed_over_.erase(passed_over_.begin());
        }
        passed_over_.push_back(range);
    }

    std::int32_t last_ = -1;  // the first is 1
    std::vector<Range> passed_over_;
};

}  // namespace loquat::net::http::h2
