#include "services/realtime/frames/frame_maker.hpp"

#include "base/text.hpp"

namespace loquat::realtime {

namespace stomp = net::stomp;
namespace websocket = net::websocket;

namespace {

websocket::Opcode opcode_of(const Shape& shape) {
    return shape.type == websocket::MessageType::text ? websocket::Opcode::text
                                                      : websocket::Opcode::binary;
}

}  // namespace

void FrameMaker::append_event(std::string& out, const Address& to, const Event& event) {
    frame_.clear();
    stomp::FrameWriter writer{frame_, to.shape.version, stomp::Command::message};
    writer.header("subscription", to.id)
        .header("destination", to.destination)
        .header("message-id", event.number);
    if (to.ack != AckMode::automatic) {
        writer.header("ack", std::to_string(to.serial) + "-" + std::to_string(event.number));
    }
    if (event.seq > 0) {
        writer.header("seq", static_cast<std::uint64_t>(event.seq));
    }
    writer.header("content-type", "application/json");
    writer.finish(event.body);
    if (to.shape.deflate_bits != 0 && frame_.size() >= compress_bytes_min_) {
        compressed_.clear();
        deflater(to.shape.deflate_bits).append_compressed(compressed_, frame_);
        if (compressed_.size() < frame_.size()) {
            websocket::append_frame(out, opcode_of(to.shape), compressed_,
                                    websocket::Compression::deflated);
            return;
        }
    }
    websocket::append_frame(out, opcode_of(to.shape), frame_);
}

websocket::Deflater& FrameMaker::deflater(std::uint8_t window_bits) {
    auto& slot = deflaters_.at(window_bits);
    if (!slot) {
        slot = std::make_unique<websocket::Deflater>(1, window_bits);
    }
    return *slot;
}

void FrameMaker::append_answer(std::string& out, const Shape& shape, std::string_view frame) {
    websocket::append_frame(out, opcode_of(shape), frame);
}

std::optional<FrameMaker::AckId> FrameMaker::parse_ack(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto serial = parse_number(text.substr(0, dash));
    const auto number = parse_number(text.substr(dash + 1));
    if (!serial || !number || *serial > UINT32_MAX) {
        return std::nullopt;
    }
    return AckId{static_cast<std::uint32_t>(*serial), *number};
}

SharedBatch make_batch(FrameMaker& maker, const Address& address, std::span<const Event> events) {
    auto batch = std::make_shared<FrameBatch>();
    batch->serial = address.serial;
    for (const Event& event : events) {
        batch->first_seq = batch->first_seq == 0 ? event.seq : batch->first_seq;
        batch->has_changes |= event.is_change;
        batch->has_generations |= event.is_generation;
        if (address.ack != AckMode::automatic) {
            batch->numbers.push_back(event.number);
        }
        maker.append_event(batch->bytes, address, event);
    }
    return batch;
}

}  // namespace loquat::realtime
