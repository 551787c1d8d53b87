#include "store/sqlite/log_frames.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace loquat::store {
namespace {

constexpr std::uint64_t log_header_bytes = 32;
constexpr std::uint64_t frame_header_bytes = 24;
constexpr std::uint32_t magic = 0x377f0682;  // one more: sums of big-endian words

std::uint32_t load_big(const char* from) {
    std::uint32_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return std::endian::native == std::endian::big ? word : __builtin_bswap32(word);
}

struct Sum {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    friend bool operator==(const Sum&, const Sum&) = default;
};

template <bool is_swapped>
void add_words(Sum& sum, std::string_view bytes) {
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
        std::array<std::uint32_t, 2> words{};
        std::memcpy(words.data(), bytes.data() + i, sizeof words);
        sum.first += (is_swapped ? __builtin_bswap32(words[0]) : words[0]) + sum.second;
        sum.second += (is_swapped ? __builtin_bswap32(words[1]) : words[1]) + sum.first;
    }
}

void add(Sum& sum, std::string_view bytes, bool is_big_endian) {
    const bool is_swapped = is_big_endian != (std::endian::native == std::endian::big);
    is_swapped ? add_words<true>(sum, bytes) : add_words<false>(sum, bytes);
}

}  // namespace

std::optional<std::uint64_t> LogFrames::find_bad_page(std::string_view read, std::uint64_t position,
                                                      const ReadMore& read_more) {
    if (was_rewritten_ || read.size() < 512 || position < log_header_bytes + frame_header_bytes) {
        return std::nullopt;
    }
    if (page_size_ == 0) {
        std::array<char, log_header_bytes> header{};
        if (!read_more(header.data(), header.size(), 0) ||
            (load_big(header.data()) & ~1U) != magic) {
            return std::nullopt;
        }
        page_size_ = load_big(header.data() + 8);
        is_big_endian_ = (load_big(header.data()) & 1U) != 0;
    }
    const std::uint64_t frame_bytes = page_size_ + frame_header_bytes;
    const std::uint64_t frame_at = position - frame_header_bytes;
    if (read.size() != page_size_ || (frame_at - log_header_bytes) % frame_bytes != 0) {
        return std::nullopt;
    }
    // The sum goes on from that of the frame before, or of the log's header.
    const std::uint64_t before_at = frame_at == log_header_bytes ? 24 : frame_at - frame_bytes + 16;
    std::array<char, 8> before{};
    std::array<char, frame_header_bytes> header{};
    if (!read_more(before.data(), before.size(), before_at) ||
        !read_more(header.data(), header.size(), frame_at)) {
        return std::nullopt;
    }
    Sum sum{load_big(before.data()), load_big(before.data() + 4)};
    add(sum, {header.data(), 8}, is_big_endian_);
    add(sum, read, is_big_endian_);
    const Sum stored{load_big(header.data() + 16), load_big(header.data() + 20)};
    return sum == stored ? std::nullopt : std::optional<std::uint64_t>{load_big(header.data())};
}

void LogFrames::note_write(std::uint64_t position, std::size_t bytes) {
    if (position == 0) {
        *this = {};
    }
    was_rewritten_ = was_rewritten_ || position + bytes <= written_;
    written_ = std::max(written_, position + bytes);
}

}  // namespace loquat::store
