#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace loquat::gateway {

// The `traceparent` field of one hop (W3C Trace Context, level 1): 00-TRACE-SPAN-FLAGS, always 55
// characters.
struct TraceParent {
    std::array<char, 55> text{};

    std::string_view view() const { return {text.data(), text.size()}; }
    std::string_view trace_id() const { return view().substr(3, 32); }
    std::string_view flags() const { return view().substr(53, 2); }
    bool is_sampled() const {
        return ((text[54] >= 'a' ? text[54] - 'a' + 10 : text[54] - '0') & 1) == 1;
    }

    // Of a higher version the first 55 characters count; none for anything malformed, version ff or
    // zero ids.
    static std::optional<TraceParent> parse(std::string_view field);
};

// Makes the parents that this hop passes on.  One loop.  The generator (xoshiro256**, Blackman and
// Vigna 2018) is seeded from the kernel: ids are unique, not secret.
class Tracer {
  public:
    // `sample_percent` of the traces that begin here are marked as sampled.
    explicit Tracer(int sample_percent);

    // The same trace with a new span id; a new trace when `incoming` is none.
    TraceParent next(const std::optional<TraceParent>& incoming);

  private:
    std::uint64_t random();

    std::array<std::uint64_t, 4> state_;
    std::uint64_t sampled_below_;
};

}  // namespace loquat::gateway
