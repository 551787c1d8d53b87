#include "services/realtime/fanout.hpp"

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

const Address& Subscription::address() const { return group != nullptr ? group->address() : *own; }

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
    if (to.shape.deflate == Deflate::on && frame_.size() >= compress_bytes_min_) {
        compressed_.clear();
        deflater_.append_compressed(compressed_, frame_);
        if (compressed_.size() < frame_.size()) {
            websocket::append_frame(out, opcode_of(to.shape), compressed_,
                                    websocket::Compression::deflated);
            return;
        }
    }
    websocket::append_frame(out, opcode_of(to.shape), frame_);
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

void Group::add_event(FrameMaker& maker, const Event& event) {
    if (!batch_) {
        batch_ = std::make_shared<Batch>();
        batch_->serial = address_.serial;
    }
    if (batch_->first_seq == 0) {
        batch_->first_seq = event.seq;
    }
    batch_->has_changes |= event.is_change;
    batch_->has_generations |= event.is_generation;
    if (address_.ack != AckMode::automatic) {
        batch_->numbers.push_back(event.number);
    }
    maker.append_event(batch_->bytes, address_, event);
}

SharedBatch Group::take_batch() { return std::exchange(batch_, nullptr); }

void Group::join(Subscription& subscription) {
    subscription.index = static_cast<std::uint32_t>(members_.size());
    members_.push_back(&subscription);
}

void Group::leave(Subscription& subscription) {
    Subscription* last = members_.back();
    members_[subscription.index] = last;
    last->index = subscription.index;
    members_.pop_back();
}

void note_unacked(Subscription& subscription, const Batch& batch) {
    if (batch.numbers.empty()) {
        return;
    }
    if (!subscription.unacked) {
        subscription.unacked = std::make_unique<std::deque<std::uint64_t>>();
    }
    if (subscription.first_given == 0) {
        subscription.first_given = batch.numbers.front();
    }
    subscription.last_given = std::max(subscription.last_given, batch.numbers.back());
    subscription.unacked->insert(subscription.unacked->end(), batch.numbers.begin(),
                                 batch.numbers.end());
}

}  // namespace loquat::realtime
