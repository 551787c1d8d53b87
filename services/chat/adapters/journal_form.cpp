#include "services/chat/adapters/journal_form.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t event_bytes_min = 1;
constexpr std::size_t part_bytes_max = 32;             // beside its events
constexpr std::size_t event_bytes_max = 10;            // beside its text
constexpr std::size_t record_bytes_max = 1024 * 1024;  // begins another one

// Of a part's first number, below the short number of its answer.
constexpr std::uint64_t introduces_bit = 1;  // id and first event follow
constexpr std::uint64_t tokens_bit = 2;      // tokens of the input follow
constexpr std::uint64_t many_bit = 4;        // a count of events follows; otherwise there is one
constexpr int flag_bits = 3;

// Of an event's first number.
constexpr std::uint64_t delta_bit = 1;

void encode_event(wire::Encoder& out, const GenerationEvent& event) {
    if (event.kind == EventKind::delta) {
        out.number(static_cast<std::uint64_t>(event.delta.size()) << 1 | delta_bit);
        out.raw(event.delta);
    } else {
        out.number(pack_state(event) << 1);
    }
}

std::optional<GenerationEvent> decode_event(wire::Decoder& in) {
    const std::uint64_t first = in.number();
    if ((first & delta_bit) == 0) {
        return unpack_state(first >> 1);
    }
    GenerationEvent event;
    event.kind = EventKind::delta;
    event.delta = in.raw(first >> 1);
    return event;
}

std::size_t size_of(const JournalPart& part) {
    std::size_t bytes = part_bytes_max;
    for (const GenerationEvent& event : part.events) {
        bytes += event_bytes_max + event.delta.size();
    }
    return bytes;
}

}  // namespace

std::vector<std::string> JournalEncoder::encode(const JournalParts& parts) {
    std::vector<std::string> records;
    wire::Encoder out;
    std::size_t bytes = 0;
    for (const JournalPart& part : parts) {
        const std::size_t more = size_of(part);
        if (bytes > 0 && bytes + more > record_bytes_max) {
            records.push_back(out.take());
            out = {};
            bytes = 0;
        }
        encode_part(out, part);
        bytes += more;
    }
    records.push_back(out.take());
    return records;
}

void JournalEncoder::encode_part(wire::Encoder& out, const JournalPart& part) {
    const auto [entry, is_new] = known_.try_emplace(part.id, Known{known_.size(), 0, 0});
    Known& known = entry->second;
    const bool introduces = is_new || known.next_event != part.first_event;
    const bool has_tokens = introduces || part.input_tokens != known.input_tokens;
    const bool is_many = part.events.size() != 1;
    out.number(known.number << flag_bits | (introduces ? introduces_bit : 0) |
               (has_tokens ? tokens_bit : 0) | (is_many ? many_bit : 0));
    if (introduces) {
        out.uuid(part.id.uuid);
        out.number(static_cast<std::uint64_t>(part.first_event));
    }
    if (has_tokens) {
        out.number(static_cast<std::uint64_t>(part.input_tokens));
    }
    if (is_many) {
        out.number(part.events.size());
    }
    for (const GenerationEvent& event : part.events) {
        encode_event(out, event);
    }
    known.next_event = part.first_event + static_cast<std::int64_t>(part.events.size());
    known.input_tokens = part.input_tokens;
}

std::optional<JournalParts> JournalDecoder::decode(std::string_view record) {
    wire::Decoder in{record};
    JournalParts parts;
    while (in.ok() && !in.finished()) {
        auto part = decode_part(in);
        if (!part) {
            return std::nullopt;
        }
        parts.push_back(std::move(*part));
    }
    return in.ok() ? std::optional{std::move(parts)} : std::nullopt;
}

std::optional<JournalPart> JournalDecoder::decode_part(wire::Decoder& in) {
    const std::uint64_t first = in.number();
    const std::uint64_t number = first >> flag_bits;
    if ((first & introduces_bit) != 0) {
        Known introduced;
        introduced.id.uuid = in.uuid();
        introduced.next_event = static_cast<std::int64_t>(in.number());
        known_[number] = introduced;
    }
    const auto found = known_.find(number);
    if (found == known_.end()) {
        return std::nullopt;
    }
    Known& known = found->second;
    if ((first & tokens_bit) != 0) {
        known.input_tokens = static_cast<std::int64_t>(in.number());
    }
    const std::size_t count = (first & many_bit) != 0 ? in.count(event_bytes_min) : 1;
    JournalPart part{known.id, known.next_event, known.input_tokens, {}};
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        auto event = decode_event(in);
        if (!event) {
            return std::nullopt;
        }
        part.events.push_back(std::move(*event));
    }
    known.next_event += static_cast<std::int64_t>(count);
    return part;
}

}  // namespace loquat::chat
