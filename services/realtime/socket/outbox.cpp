#include "services/realtime/socket/outbox.hpp"

#include <algorithm>

namespace loquat::realtime {
namespace {

// A batch is freed when all of it has left, so one that answers are added to must not grow without
// end.
constexpr std::size_t answer_bytes_max = 16 * 1024;

// The size of the unmasked WebSocket frame at the start of `bytes`.
std::size_t frame_bytes(std::string_view bytes) {
    const auto at = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
    };
    const std::size_t length = at(1) & 0x7FU;
    if (length < 126) {
        return 2 + length;
    }
    if (length == 126) {
        return 4 + ((at(2) << 8U) | at(3));
    }
    std::size_t wide = 0;
    for (std::size_t i = 2; i < 10; ++i) {
        wide = (wide << 8U) | at(i);
    }
    return 10 + wide;
}

}  // namespace

void Outbox::add(SharedBatch batch, Keep keep) {
    bytes_ += batch->bytes.size();
    segments_.push_back({std::move(batch), keep});
}

void Outbox::add_answer(std::string_view frames) {
    if (!segments_.empty() && segments_.back().keep == Keep::always &&
        segments_.back().batch.use_count() == 1 &&
        segments_.back().batch->bytes.size() < answer_bytes_max) {
        segments_.back().batch->bytes.append(frames);
        bytes_ += frames.size();
        return;
    }
    auto batch = std::make_shared<FrameBatch>();
    batch->bytes = frames;
    add(std::move(batch), Keep::always);
}

std::size_t Outbox::fill(std::span<iovec> parts) const {
    const std::size_t count = std::min(parts.size(), segments_.size());
    for (std::size_t i = 0; i < count; ++i) {
        std::string& bytes = segments_[i].batch->bytes;
        const std::size_t skip = i == 0 ? front_sent_ : 0;
        parts[i] = {bytes.data() + skip, bytes.size() - skip};
    }
    return count;
}

void Outbox::sent(std::size_t count) {
    bytes_ -= count;
    std::size_t whole = 0;
    while (whole < segments_.size()) {
        const std::size_t left = segments_[whole].batch->bytes.size() - front_sent_;
        if (count < left) {
            front_sent_ += count;
            break;
        }
        count -= left;
        front_sent_ = 0;
        ++whole;
    }
    if (whole == segments_.size()) {
        segments_ = {};  // an idle socket keeps no capacity
        front_sent_ = 0;
        return;
    }
    segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(whole));
}

void Outbox::keep_begun_frame() {
    Segment& front = segments_.front();
    const std::string_view bytes = front.batch->bytes;
    std::size_t end = 0;
    while (end < front_sent_) {
        end += frame_bytes(bytes.substr(end));
    }
    auto rest = std::make_shared<FrameBatch>();
    rest->bytes = bytes.substr(front_sent_, end - front_sent_);
    bytes_ += rest->bytes.size();
    front = {std::move(rest), Keep::always};
    front_sent_ = 0;
}

std::vector<SharedBatch> Outbox::drop_events() {
    std::vector<SharedBatch> dropped;
    std::vector<Segment> kept;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        Segment& segment = segments_[i];
        if (segment.keep == Keep::always) {
            kept.push_back(std::move(segment));
            continue;
        }
        const bool begun = i == 0 && front_sent_ > 0;
        bytes_ -= segment.batch->bytes.size() - (i == 0 ? front_sent_ : 0);
        dropped.push_back(segment.batch);
        if (begun) {
            keep_begun_frame();
            kept.push_back(std::move(segments_.front()));
        }
    }
    segments_ = std::move(kept);
    return dropped;
}

void Outbox::clear() {
    segments_ = {};
    front_sent_ = 0;
    bytes_ = 0;
}

}  // namespace loquat::realtime
