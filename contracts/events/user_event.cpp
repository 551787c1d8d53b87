#include "contracts/events/user_event.hpp"

#include "wire/binary.hpp"

namespace loquat::contracts {
namespace {

constexpr std::uint8_t version = 1;

}  // namespace

std::string encode(const UserEvent& event) {
    wire::Encoder out;
    out.byte(version);
    out.bytes(event.queue);
    out.byte(event.listed ? 1 : 0);
    if (event.listed) {
        const ListedPlace& listed = *event.listed;
        out.uuid(listed.chat.uuid);
        out.byte(listed.last_seq ? 1 : 0);
        out.signed_number(listed.last_seq.value_or(0));
        out.signed_number(listed.read_seq);
        out.signed_number(listed.count.unread);
        out.signed_number(listed.count.mentions);
    }
    out.bytes(event.body);
    return out.take();
}

template <>
std::optional<UserEvent> decode<UserEvent>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(version, version);
    UserEvent event;
    event.queue = in.bytes();
    if (in.choice(0, 1) == 1) {
        ListedPlace& listed = event.listed.emplace();
        listed.chat = ChatId{in.uuid()};
        const bool has_last = in.choice(0, 1) == 1;
        const std::int64_t last_seq = in.signed_number();
        if (has_last) {
            listed.last_seq = last_seq;
        } else if (last_seq != 0) {
            in.refuse();
        }
        listed.read_seq = in.signed_number();
        listed.count.unread = in.signed_number();
        listed.count.mentions = in.signed_number();
    }
    event.body = in.bytes();
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

}  // namespace loquat::contracts
