#include "store/file/frame.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "store/checksum.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view magic = "LqFr";
constexpr std::size_t chunk_bytes = 256 * 1024;

template <class Number>
void put(std::string& out, Number number) {
    for (std::size_t i = 0; i < sizeof number; ++i) {
        out.push_back(static_cast<char>(number >> (8 * i)));
    }
}

std::uint32_t load(std::string_view bytes) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) {
        number |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return number;
}

std::uint32_t checksum(std::uint32_t seed, std::uint64_t position, std::string_view body) {
    std::string place;
    put(place, position);
    put(place, static_cast<std::uint32_t>(body.size()));
    return crc32c(body, crc32c(place, seed));
}

}  // namespace

std::uint32_t frame_seed(const Uuid& file, std::uint64_t number) {
    std::string name;
    put(name, number);
    return crc32c(name, crc32c(file.view()));
}

void append_frame(std::string& out, std::uint32_t seed, std::uint64_t position,
                  std::string_view body) {
    LOQUAT_CHECK(body.size() <= frame_body_max, "a frame's body is bounded");
    out.append(magic);
    put(out, static_cast<std::uint32_t>(body.size()));
    put(out, checksum(seed, position, body));
    out.append(body);
}

std::optional<Frame> read_frame(std::string_view bytes, std::uint32_t seed,
                                std::uint64_t position) {
    if (bytes.size() < frame_overhead || !bytes.starts_with(magic)) {
        return std::nullopt;
    }
    const std::size_t length = load(bytes.substr(4));
    if (length > frame_body_max || length > bytes.size() - frame_overhead) {
        return std::nullopt;
    }
    const std::string_view body = bytes.substr(frame_overhead, length);
    if (load(bytes.substr(8)) != checksum(seed, position, body)) {
        return std::nullopt;
    }
    return Frame{position, body};
}

std::string_view unchecked_body(std::string_view bytes) {
    if (bytes.size() < frame_overhead || !bytes.starts_with(magic)) {
        return {};
    }
    return bytes.substr(frame_overhead, load(bytes.substr(4)));
}

// At least `count` bytes from `position` on, or what the file has.
std::string_view FrameReader::bytes_at(std::uint64_t position, std::size_t count) {
    if (position < held_at_ || position + count > held_at_ + held_.size()) {
        const std::uint64_t left = end_ - std::min(position, end_);
        held_ = file_.read(position, std::min<std::uint64_t>(std::max(count, chunk_bytes), left));
        held_at_ = position;
    }
    const std::string_view held = held_;
    return held.substr(std::min<std::uint64_t>(position - held_at_, held.size()));
}

std::optional<Frame> FrameReader::next() {
    std::string_view bytes = bytes_at(position_, frame_overhead);
    if (bytes.size() < frame_overhead || !bytes.starts_with(magic)) {
        return std::nullopt;
    }
    const std::size_t length = load(bytes.substr(4));
    if (length > frame_body_max) {
        return std::nullopt;
    }
    bytes = bytes_at(position_, frame_overhead + length);
    const auto frame = read_frame(bytes, seed_, position_);
    if (frame) {
        position_ = frame->end();
    }
    return frame;
}

bool FrameReader::skip_to_good() {
    for (std::uint64_t from = position_ + 1;;) {
        const std::string_view bytes = bytes_at(from, frame_overhead);
        if (bytes.size() < frame_overhead) {
            return false;
        }
        const std::size_t found = bytes.find(magic);
        if (found == std::string_view::npos) {
            from += bytes.size() - (magic.size() - 1);
            continue;
        }
        const std::uint64_t before = std::exchange(position_, from + found);
        const bool good = next().has_value();
        position_ = good ? from + found : before;
        if (good) {
            return true;
        }
        from += found + 1;
    }
}

}  // namespace loquat::store
