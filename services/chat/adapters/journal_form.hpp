#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/chat/generations/ports.hpp"
#include "wire/binary.hpp"

// Rows of the journal as records of one append file.  A file is read alone, from its beginning: the
// first part of an answer in it maps the answer's id to a short number and says which event comes
// next; later ones need neither.
//
// record: for each answer: short number and flags (varint), what the flags announce, events
// event:  a varint whose lowest bit says what is above it: the length of the delta that follows, or
//         a state with its position
namespace loquat::chat {

class JournalEncoder {
  public:
    // What belongs together, in records that fit into frames.
    std::vector<std::string> encode(const JournalParts& parts);

  private:
    struct Known {
        std::uint64_t number = 0;
        std::int64_t next_event = 0;
        std::int64_t input_tokens = 0;
    };

    void encode_part(wire::Encoder& out, const JournalPart& part);

    std::unordered_map<GenerationId, Known> known_;
};

class JournalDecoder {
  public:
    // In the order in which they were encoded; none for anything else.
    std::optional<JournalParts> decode(std::string_view record);

  private:
    struct Known {
        GenerationId id;
        std::int64_t next_event = 0;
        std::int64_t input_tokens = 0;
    };

    std::optional<JournalPart> decode_part(wire::Decoder& in);

    std::unordered_map<std::uint64_t, Known> known_;
};

}  // namespace loquat::chat
