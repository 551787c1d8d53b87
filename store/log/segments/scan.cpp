#include "store/log/segments/scan.hpp"

namespace loquat::store {
namespace {

constexpr std::size_t chunk_bytes = 1024 * 1024;

Failure damaged_frame(const Segment& segment, std::uint64_t position, const std::string& what) {
    return damaged_part(segment.file.path(), "at byte " + std::to_string(position) + " " + what,
                        std::string{log_mend});
}

// What the last segment says, applied to the topics.
class Replay {
  public:
    Replay(Segment& segment, std::map<std::string, TopicState>& topics)
        : segment_(segment), topics_(topics) {
        for (auto& [name, topic] : topics_) {
            by_number_[topic.number] = &topic;
        }
    }

    // False when the entry cannot follow what came before it.
    bool apply(const SegmentEntry& entry, const Frame& frame) {
        if (const auto* mark = std::get_if<DurableMark>(&entry)) {
            return mark->durable <= frame.position;
        }
        if (const auto* added = std::get_if<TopicAdded>(&entry)) {
            return add(*added);
        }
        if (const auto* batch = std::get_if<RecordBatch>(&entry)) {
            return append(*batch, frame);
        }
        if (const auto* trimmed = std::get_if<TopicTrimmed>(&entry)) {
            const auto topic = by_number_.find(trimmed->topic);
            if (topic == by_number_.end() || trimmed->first > topic->second->next) {
                return false;
            }
            topic->second->first = std::max(topic->second->first, trimmed->first);
            return true;
        }
        return false;
    }

  private:
    bool add(const TopicAdded& added) {
        TopicState& topic = topics_[std::string{added.name}];
        if (topic.number != 0 || by_number_.contains(added.topic)) {
            return false;
        }
        topic = {added.topic, std::string{added.name}, 1, 1};
        by_number_[added.topic] = &topic;
        return true;
    }

    bool append(const RecordBatch& batch, const Frame& frame) {
        const auto topic = by_number_.find(batch.topic);
        if (topic == by_number_.end() || batch.count == 0) {
            return false;
        }
        Offset& next = topic->second->next;
        if (batch.is_copy ? batch.first >= next : batch.first != next) {
            return false;
        }
        next = std::max(next, batch.first + batch.count);
        segment_.contents.add(batch, frame);
        return true;
    }

    Segment& segment_;
    std::map<std::string, TopicState>& topics_;
    std::map<std::uint64_t, TopicState*> by_number_;
};

// How far the frames behind a bad one say that all was durable.
std::uint64_t durable_behind(FrameReader frames) {
    std::uint64_t durable = 0;
    while (frames.skip_to_good()) {
        while (const auto frame = frames.next()) {
            const auto entry = decode_entry(frame->body);
            if (const auto* mark = entry ? std::get_if<DurableMark>(&*entry) : nullptr) {
                durable = std::max(durable, mark->durable);
            }
        }
    }
    return durable;
}

std::uint64_t last_used(const File& file, std::uint64_t from, std::uint64_t end) {
    std::uint64_t last = from;
    for (std::uint64_t at = from; at < end; at += chunk_bytes) {
        const std::string bytes = file.read(at, std::min<std::uint64_t>(chunk_bytes, end - at));
        const std::size_t used = bytes.find_last_not_of('\0');
        last = used == std::string::npos ? last : at + used + 1;
    }
    return last;
}

bool load_footer(Segment& segment, std::uint64_t end) {
    FrameReader frames{segment.file, segment.seed, end};
    const auto frame = frames.next();
    const auto entry = frame ? decode_entry(frame->body) : std::nullopt;
    const auto* footer = entry ? std::get_if<SegmentFooter>(&*entry) : nullptr;
    if (footer == nullptr) {
        return false;
    }
    segment.contents = SegmentContents{*footer};
    return true;
}

}  // namespace

Failure missing_segment(const std::filesystem::path& path, const std::string& why) {
    return damaged_part(path, "it is missing: " + why, std::string{log_mend});
}

void check_is_ours(const Segment& segment, const Uuid& log) {
    // A header's body says whose it is, whatever seeds its checksum.
    constexpr std::size_t header_bytes_max = 512 * 1024;
    const std::string bytes = segment.file.read(0, header_bytes_max);
    const auto entry = decode_entry(unchecked_body(bytes));
    const auto* header = entry ? std::get_if<SegmentHeader>(&*entry) : nullptr;
    if (header == nullptr || !read_frame(bytes, frame_seed(header->log, header->number), 0)) {
        return;
    }
    if (header->log != log) {
        throw Failure{Kind::unavailable, "store.foreign_file",
                      "The data file " + segment.file.path().string() +
                          " belongs to another log. It was left as it is. " +
                          std::string{log_mend}};
    }
    if (header->number != segment.number) {
        throw damaged_frame(segment, 0,
                            "it says that it is segment " + std::to_string(header->number));
    }
}

SegmentHeader read_header(const Segment& segment, const Uuid& log) {
    FrameReader frames{segment.file, segment.seed};
    const auto frame = frames.next();
    const auto entry = frame ? decode_entry(frame->body) : std::nullopt;
    const auto* header = entry ? std::get_if<SegmentHeader>(&*entry) : nullptr;
    if (header == nullptr || header->log != log || header->number != segment.number) {
        check_is_ours(segment, log);
        throw damaged_frame(segment, 0, "the header is not as it was written");
    }
    return *header;
}

void load_closed(Segment& segment, std::uint64_t end, bool check_all) {
    segment.end = end;
    if (!check_all && load_footer(segment, end)) {
        return;
    }
    FrameReader frames{segment.file, segment.seed};
    while (frames.position() < end) {
        const auto frame = frames.next();
        const auto entry = frame ? decode_entry(frame->body) : std::nullopt;
        if (!entry || frame->end() > end) {
            throw damaged_frame(segment, frame ? frame->position : frames.position(),
                                "a frame is not as it was written");
        }
        if (const auto* batch = std::get_if<RecordBatch>(&*entry)) {
            segment.contents.add(*batch, *frame);
        }
    }
}

SegmentScan load_newest(Segment& segment, const SegmentHeader& header,
                        std::map<std::string, TopicState>& topics) {
    Replay replay{segment, topics};
    FrameReader frames{segment.file, segment.seed};
    frames.next();
    while (const auto frame = frames.next()) {
        const auto entry = decode_entry(frame->body);
        if (entry && std::holds_alternative<SegmentFooter>(*entry)) {
            throw missing_segment(
                segment_path(segment.file.path().parent_path(), segment.number + 1),
                "the one before it is closed");
        }
        if (!entry || !replay.apply(*entry, *frame)) {
            throw damaged_frame(segment, frame->position, "a frame cannot follow those before it");
        }
    }
    segment.end = frames.position();
    if (segment.size < header.size) {
        throw damaged_frame(segment, segment.size,
                            "it ends, but was " + std::to_string(header.size) + " bytes long");
    }
    const std::uint64_t data_end = segment.file.data_end(segment.end);
    if (durable_behind({segment.file, segment.seed, segment.end, data_end}) > segment.end) {
        throw damaged_frame(segment, segment.end,
                            "a frame is not as it was written, and what follows says that it was");
    }
    return {last_used(segment.file, segment.end, data_end) - segment.end};
}

}  // namespace loquat::store
