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

SharedBatch make_batch(FrameMaker& maker, const Address& address, std::span<const Event> events) {
    auto batch = std::make_shared<Batch>();
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

const SharedBatch& SharedEvents::batch_for(const Address& address) {
    SharedBatch& batch = batches_[&address];
    if (!batch) {
        batch = make_batch(maker_, address, events_);
    }
    return batch;
}

std::shared_ptr<const Address> AddressBook::hold(Address address, std::uint32_t serial) {
    std::string key = address.id;
    key.push_back('\0');
    key.append(address.destination);
    for (const auto part :
         {static_cast<char>(address.ack), static_cast<char>(address.shape.version),
          static_cast<char>(address.shape.type), static_cast<char>(address.shape.deflate_bits)}) {
        key.push_back(part);
    }
    if (held_.size() >= next_sweep_) {
        forget_unheld();
    }
    std::weak_ptr<const Address>& known = held_[std::move(key)];
    if (auto held = known.lock()) {
        return held;
    }
    address.serial = serial;
    auto made = std::make_shared<const Address>(std::move(address));
    known = made;
    return made;
}

void AddressBook::forget_unheld() {
    std::erase_if(held_, [](const auto& one) { return one.second.expired(); });
    next_sweep_ = 64 + 2 * held_.size();
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
