#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace loquat {

// A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random bits.  Ids made by one thread are
// strictly increasing, also within a millisecond.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    static Uuid make();
    static Uuid make_at(std::int64_t unix_ms);
    // Accepts the canonical form of 36 characters in either case; nothing else.
    static std::optional<Uuid> parse(std::string_view text);
    static Uuid from_bytes(std::string_view sixteen);

    std::string to_string() const;
    // Writes the 36 characters to `out`, without a terminating NUL.
    void write(char* out) const;
    std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), 16}; }
    bool is_nil() const { return bytes == std::array<std::uint8_t, 16>{}; }
    std::int64_t unix_ms() const;

    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

// A strong id: `Id<struct UserTag>` and `Id<struct ChatTag>` do not mix.
template <class Tag>
struct Id {
    Uuid uuid;

    static Id make() { return Id{Uuid::make()}; }
    static std::optional<Id> parse(std::string_view text) {
        auto uuid = Uuid::parse(text);
        return uuid ? std::optional<Id>{Id{*uuid}} : std::nullopt;
    }
    static Id from_bytes(std::string_view sixteen) { return Id{Uuid::from_bytes(sixteen)}; }

    std::string to_string() const { return uuid.to_string(); }
    std::string_view view() const { return uuid.view(); }
    bool is_nil() const { return uuid.is_nil(); }

    friend auto operator<=>(const Id&, const Id&) = default;
};

using UserId = Id<struct UserTag>;
using SessionId = Id<struct SessionTag>;
using ChatId = Id<struct ChatTag>;
using MessageId = Id<struct MessageTag>;

// Fills `out` from the kernel's generator.
void random_bytes(std::uint8_t* out, std::size_t count);

}  // namespace loquat

template <>
struct std::hash<loquat::Uuid> {
    std::size_t operator()(const loquat::Uuid& uuid) const noexcept {
        std::uint64_t high;
        std::uint64_t low;
        std::memcpy(&high, uuid.bytes.data(), 8);
        std::memcpy(&low, uuid.bytes.data() + 8, 8);
        return (high * 0x9e3779b97f4a7c15ULL) ^ low;
    }
};
template <class Tag>
struct std::hash<loquat::Id<Tag>> {
    std::size_t operator()(const loquat::Id<Tag>& id) const noexcept {
        return std::hash<loquat::Uuid>{}(id.uuid);
    }
};
