#include "base/ids.hpp"

#include <sys/random.h>

#include <chrono>

#include "base/check.hpp"

namespace loquat {
namespace {

constexpr char digits[] = "0123456789abcdef";

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

// Random bytes in blocks: one system call for 64 ids.
class RandomPool {
  public:
    void take(std::uint8_t* out, std::size_t count) {
        if (used_ + count > pool_.size()) {
            random_bytes(pool_.data(), pool_.size());
            used_ = 0;
        }
        std::memcpy(out, pool_.data() + used_, count);
        used_ += count;
    }

  private:
    std::array<std::uint8_t, 512> pool_{};
    std::size_t used_ = pool_.size();
};

bool is_dash(std::size_t position) {
    return position == 8 || position == 13 || position == 18 || position == 23;
}

}  // namespace

void random_bytes(std::uint8_t* out, std::size_t count) {
    while (count > 0) {
        const ssize_t got = ::getrandom(out, count, 0);
        LOQUAT_CHECK(got > 0, "the kernel's random generator failed");
        out += got;
        count -= static_cast<std::size_t>(got);
    }
}

Uuid Uuid::make() {
    using namespace std::chrono;
    return make_at(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

Uuid Uuid::make_at(std::int64_t unix_ms) {
    thread_local RandomPool pool;
    thread_local std::int64_t last_ms = 0;
    thread_local std::uint32_t counter = 0;
    Uuid uuid;
    pool.take(uuid.bytes.data() + 8, 8);
    if (unix_ms > last_ms) {
        last_ms = unix_ms;
        counter = uuid.bytes[8] & 0x0fU;
    } else if (++counter > 0xfff) {
        counter = 0;
        ++last_ms;  // more than 4,096 in a millisecond: borrow from the next one
    }
    for (int i = 0; i < 6; ++i) {
        uuid.bytes[static_cast<std::size_t>(i)] =
            static_cast<std::uint8_t>(last_ms >> (8 * (5 - i)));
    }
    uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (counter >> 8));
    uuid.bytes[7] = static_cast<std::uint8_t>(counter);
    uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (uuid.bytes[8] & 0x3f));
    return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36) {
        return std::nullopt;
    }
    Uuid uuid;
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_dash(i)) {
            if (text[i] != '-') {
                return std::nullopt;
            }
            continue;
        }
        const int value = hex_value(text[i]);
        if (value < 0) {
            return std::nullopt;
        }
        auto& byte = uuid.bytes[nibble / 2];
        byte = static_cast<std::uint8_t>((byte << 4) | value);
        ++nibble;
    }
    return uuid;
}

Uuid Uuid::from_bytes(std::string_view sixteen) {
    LOQUAT_CHECK(sixteen.size() == 16, "an id has sixteen bytes");
    Uuid uuid;
    std::memcpy(uuid.bytes.data(), sixteen.data(), 16);
    return uuid;
}

void Uuid::write(char* out) const {
    std::size_t at = 0;
    for (const std::uint8_t byte : bytes) {
        if (is_dash(at)) {
            out[at++] = '-';
        }
        out[at++] = digits[byte >> 4];
        out[at++] = digits[byte & 15];
    }
}

std::string Uuid::to_string() const {
    std::string text(36, '\0');
    write(text.data());
    return text;
}

std::int64_t Uuid::unix_ms() const {
    std::int64_t ms = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        ms = (ms << 8) | bytes[i];
    }
    return ms;
}

}  // namespace loquat
