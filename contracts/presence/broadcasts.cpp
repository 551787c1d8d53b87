#include "contracts/presence/broadcasts.hpp"

#include "contracts/chat/record_parts.hpp"
#include "wire/binary.hpp"

namespace loquat::contracts {
namespace {

constexpr std::uint8_t version = 1;

}  // namespace

std::string encode(const PeopleEvent& event) {
    wire::Encoder out;
    out.byte(version);
    put(out, event.users);
    out.bytes(event.lines);
    return out.take();
}

template <>
std::optional<PeopleEvent> decode<PeopleEvent>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(version, version);
    PeopleEvent event;
    event.users = get_users(in);
    event.lines = in.bytes();
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

}  // namespace loquat::contracts
