#include "store/log/segments/segment_set.hpp"

namespace loquat::store {
namespace {

constexpr const char* mend =
    "Restore it from a copy, or see docs/durability.md for going on without it.";

Failure damaged_record(const std::filesystem::path& path, const TopicState& topic, Offset offset,
                       std::optional<std::uint64_t> position) {
    const std::string what = position
                                 ? " is not as it was written, at byte " + std::to_string(*position)
                                 : " is missing";
    return damaged_part(path, "record " + std::to_string(offset) + " of " + topic.name + what,
                        mend);
}

// Takes records from `next` on, below `end`, while the limit has room.
class Collector {
  public:
    Collector(Offset next, Offset end, ReadLimit limit) : next_(next), end_(end), limit_(limit) {}

    void take(const std::vector<LogRecordPtr>& records) {
        for (const LogRecordPtr& record : records) {
            if (record->offset != next_ || is_done()) {
                continue;
            }
            bytes_ += record->key.size() + record->payload.size();
            is_full_ = !taken_.empty() &&
                       (taken_.size() >= limit_.records_max || bytes_ > limit_.bytes_max);
            if (!is_full_) {
                taken_.push_back(record);
                ++next_;
            }
        }
    }

    bool is_done() const { return is_full_ || next_ >= end_; }
    Offset next() const { return next_; }
    std::vector<LogRecordPtr>& taken() { return taken_; }

  private:
    Offset next_;
    Offset end_;
    ReadLimit limit_;
    bool is_full_ = false;
    std::size_t bytes_ = 0;
    std::vector<LogRecordPtr> taken_;
};

// What `found` and what follows it in its segment holds of the topic; where it cannot be read, the
// place.
std::optional<std::uint64_t> collect(const Segment& segment, std::uint64_t position,
                                     std::uint64_t topic, Collector& collected) {
    const std::uint64_t end = segment.end;
    const Offset begun_at = collected.next();
    FrameReader frames{segment.file, segment.seed, position};
    std::optional<std::uint64_t> bad_at;
    while (frames.position() < end && !collected.is_done()) {
        const auto frame = frames.next();
        if (!frame) {
            bad_at = bad_at.value_or(frames.position());
            // What is behind a bad frame may still be what was asked for.
            if (collected.next() != begun_at || !frames.skip_to_good()) {
                return bad_at;
            }
            continue;
        }
        const auto entry = decode_entry(frame->body);
        const auto* batch = entry ? std::get_if<RecordBatch>(&*entry) : nullptr;
        if (batch == nullptr || batch->topic != topic ||
            batch->first + batch->count <= collected.next()) {
            continue;
        }
        const auto records = decode_records(*batch);
        if (!records) {
            return bad_at.value_or(frame->position);
        }
        // Elsewhere in the log, or lost.
        if (batch->first > collected.next()) {
            return bad_at;
        }
        collected.take(*records);
    }
    return bad_at;
}

}  // namespace

void SegmentSet::add(SegmentPtr segment) {
    const std::lock_guard lock{mutex_};
    segments_.push_back(std::move(segment));
}

SegmentPtr SegmentSet::remove_oldest() {
    const std::lock_guard lock{mutex_};
    SegmentPtr oldest = std::move(segments_.front());
    segments_.pop_front();
    return oldest;
}

SegmentPtr SegmentSet::oldest() const {
    const std::lock_guard lock{mutex_};
    return segments_.front();
}

SegmentPtr SegmentSet::newest() const {
    const std::lock_guard lock{mutex_};
    return segments_.back();
}

std::size_t SegmentSet::count() const {
    const std::lock_guard lock{mutex_};
    return segments_.size();
}

std::uint64_t SegmentSet::bytes() const {
    const std::lock_guard lock{mutex_};
    std::uint64_t sum = 0;
    for (const SegmentPtr& segment : segments_) {
        sum += segment->size;
    }
    return sum;
}

std::uint64_t SegmentSet::used_bytes() const {
    const std::lock_guard lock{mutex_};
    std::uint64_t sum = 0;
    for (const SegmentPtr& segment : segments_) {
        sum += segment->end;
    }
    return sum;
}

void SegmentSet::add_batch(Segment& segment, const RecordBatch& batch, const Frame& frame) {
    const std::lock_guard lock{mutex_};
    segment.contents.add(batch, frame);
}

std::vector<RecordRun> SegmentSet::runs_of(const Segment& segment) const {
    const std::lock_guard lock{mutex_};
    return segment.contents.runs();
}

SegmentFooter SegmentSet::footer_of(const Segment& segment) const {
    const std::lock_guard lock{mutex_};
    return segment.contents.to_footer();
}

std::vector<RecordRun> SegmentSet::all_runs() const {
    const std::lock_guard lock{mutex_};
    std::vector<RecordRun> runs;
    for (const SegmentPtr& segment : segments_) {
        runs.insert(runs.end(), segment->contents.runs().begin(), segment->contents.runs().end());
    }
    return runs;
}

// Copies stand in newer segments than what they are copies of, so the newest of equals counts.
std::optional<SegmentSet::Found> SegmentSet::find(std::uint64_t topic, Offset offset) const {
    const std::lock_guard lock{mutex_};
    std::optional<Found> found;
    Offset best = 0;
    for (const SegmentPtr& segment : segments_) {
        const auto place = segment->contents.find(topic, offset);
        if (place && (!found || place->first >= best)) {
            found = Found{segment, place->position};
            best = place->first;
        }
    }
    return found;
}

std::vector<LogRecordPtr> SegmentSet::read(const TopicState& topic, Offset after,
                                           ReadLimit limit) const {
    Collector collected{after + 1, topic.next, limit};
    while (!collected.is_done()) {
        const Offset wanted = collected.next();
        const auto found = find(topic.number, wanted);
        const auto bad_at = found
                                ? collect(*found->segment, found->position, topic.number, collected)
                                : std::nullopt;
        if (collected.next() != wanted) {
            continue;
        }
        if (!collected.taken().empty()) {
            break;
        }
        const std::filesystem::path path =
            found ? found->segment->file.path() : newest()->file.path().parent_path();
        throw damaged_record(path, topic, wanted, bad_at);
    }
    return std::move(collected.taken());
}

}  // namespace loquat::store
