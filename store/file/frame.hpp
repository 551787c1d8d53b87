#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "store/file/file.hpp"

namespace loquat::store {

// How append files hold what they hold:
//
//     "LqFr"  length of the body, 4 bytes  CRC-32C, 4 bytes  body
//
// Numbers have their low byte first.  The checksum covers the file's identity, the frame's place in
// it, the length and the body: a frame that stands in another file or elsewhere is not a good one.
inline constexpr std::size_t frame_overhead = 12;
inline constexpr std::size_t frame_body_max = 8 * 1024 * 1024;

// What names a file among all others: its identity, and a number where it has brothers.
std::uint32_t frame_seed(const Uuid& file, std::uint64_t number = 0);

// Appends to `out` the frame that will stand at `position` of its file.
void append_frame(std::string& out, std::uint32_t seed, std::uint64_t position,
                  std::string_view body);

struct Frame {
    std::uint64_t position = 0;
    std::string_view body;
    std::uint64_t end() const { return position + frame_overhead + body.size(); }
};

// The frame that `bytes` begin with; none when it is not whole and good.
std::optional<Frame> read_frame(std::string_view bytes, std::uint32_t seed, std::uint64_t position);

// What a frame at the beginning of `bytes` says, checked by nothing: to tell what a bad one was.
std::string_view unchecked_body(std::string_view bytes);

// Reads frame after frame.  One thread; the file must outlive it.
class FrameReader {
  public:
    // Behind `end` there is nothing.
    FrameReader(const File& file, std::uint32_t seed, std::uint64_t position = 0,
                std::uint64_t end = std::numeric_limits<std::uint64_t>::max())
        : file_(file), seed_(seed), position_(position), end_(end) {}

    // The next good frame, none where no good one begins.  Its body stays until the next call.
    std::optional<Frame> next();

    // Where the next frame begins, or should.
    std::uint64_t position() const { return position_; }

    // Goes on at the first good frame behind position(), wherever it begins; false when there is
    // none.  That one tells damage from an end that was never finished.
    bool skip_to_good();

  private:
    std::string_view bytes_at(std::uint64_t position, std::size_t count);

    const File& file_;
    std::uint32_t seed_;
    std::uint64_t position_;
    std::uint64_t end_;
    std::uint64_t held_at_ = 0;
    std::string held_;
};

}  // namespace loquat::store
