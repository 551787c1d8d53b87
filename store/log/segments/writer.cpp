#include "store/log/segments/writer.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::store {
namespace {

constexpr std::size_t batch_bytes = 256 * 1024;  // a larger one holds what was appended together
constexpr std::uint64_t record_overhead = 8;     // two lengths
constexpr std::uint64_t batch_overhead = 256;    // frame, numbers, perhaps a new topic's name
constexpr std::uint64_t trim_reserve = 64 * 1024;

// Room that only trims may use: they must be possible when the disk is full.
std::uint64_t reserve_of(std::uint64_t size) { return std::min(trim_reserve, size / 16); }

std::uint64_t size_of(const LogRecord& record) {
    return record.key.size() + record.payload.size() + record_overhead;
}

// A group's bytes, and what they are.
class Encoding {
  public:
    explicit Encoding(const Segment& segment) : segment_(segment), position_(segment.end) {}

    void add(const SegmentEntry& entry) {
        const Frame frame = append_entry(bytes_, segment_, position_, entry);
        if (const auto* batch = std::get_if<RecordBatch>(&entry)) {
            batches_.emplace_back(*batch, frame);
        }
        position_ = frame.end();
    }

    const std::string& bytes() const { return bytes_; }

    // The views in them have ended; places and numbers hold.
    const std::vector<std::pair<RecordBatch, Frame>>& batches() const { return batches_; }

  private:
    const Segment& segment_;
    std::uint64_t position_;
    std::string bytes_;
    std::vector<std::pair<RecordBatch, Frame>> batches_;
};

// A frame is there as a whole or not at all, so what was appended together shares one.
void add_records(Encoding& group, std::uint64_t topic, const std::vector<LogRecordPtr>& records) {
    std::string inside;
    RecordBatch batch{.topic = topic};
    const auto finish = [&] {
        batch.records = inside;
        group.add(batch);
        inside.clear();
        batch.count = 0;
    };
    std::size_t together_left = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const LogRecordPtr& record = records[i];
        if (together_left == 0) {
            together_left = record->followers + 1;
            std::uint64_t together = 0;
            for (std::size_t k = i; k < i + together_left; ++k) {
                together += size_of(*records[k]);
            }
            if (batch.count > 0 && inside.size() + together > batch_bytes) {
                finish();
            }
        }
        --together_left;
        batch.first = batch.count == 0 ? record->offset : batch.first;
        ++batch.count;
        append_record(inside, record->key, record->payload);
    }
    finish();
}

}  // namespace

SegmentWriter::SegmentWriter(const SegmentLogOptions& options, Uuid identity, Topics topics,
                             SegmentSet& set)
    : options_(options),
      identity_(identity),
      topics_(std::move(topics)),
      set_(set),
      durable_(newest()->end.load()) {
    for (const auto& [name, topic] : topics_) {
        firsts_[topic.number] = topic.first;
    }
}

Offset SegmentWriter::next_offset(const std::string& topic) const {
    const auto known = topics_.find(topic);
    return known == topics_.end() ? 1 : known->second.next;
}

std::uint64_t SegmentWriter::bytes_of(const Group& group) {
    std::uint64_t bytes = batch_overhead;
    for (const auto& [name, records] : group) {
        std::uint64_t topic_bytes = 0;
        for (const LogRecordPtr& record : records) {
            topic_bytes += size_of(*record);
        }
        bytes += topic_bytes + (topic_bytes / (batch_bytes / 2) + 2) * batch_overhead;
    }
    return bytes;
}

bool SegmentWriter::has_room(std::uint64_t bytes) const {
    const SegmentPtr segment = newest();
    return segment->end + bytes + reserve_of(segment->size) <= segment->size;
}

SegmentHeader SegmentWriter::make_header(std::uint64_t bytes) const {
    const SegmentPtr last = newest();
    SegmentHeader header{.log = identity_,
                         .number = last->number + 1,
                         .size = options_.segment_bytes,
                         .previous_end = last->end,
                         .topics = {}};
    for (const auto& [name, topic] : topics_) {
        header.topics.push_back(topic);
    }
    const std::uint64_t needed = encode_entry(header).size() + batch_overhead + bytes;
    header.size = std::max(header.size, needed + 2 * reserve_of(needed));
    return header;
}

void SegmentWriter::rotate(std::uint64_t bytes) {
    const SegmentPtr last = newest();
    const SegmentHeader header = make_header(bytes);
    if (options_.file_bytes_max > 0 && set_.bytes() + header.size > options_.file_bytes_max) {
        throw file_failure(options_.folder, ENOSPC);
    }
    SegmentPtr segment;
    try {
        segment = make_segment(options_.folder, header, *options_.calls);
    } catch (const Failure&) {
        // If it is still there, the next start would believe that it follows what is there now.
        is_broken_ = std::filesystem::exists(segment_path(options_.folder, header.number));
        throw;
    }
    set_.add(segment);
    durable_ = segment->end.load();
    marked_ = segment->end;
    close(*last);
}

// A footer only saves reading the segment at the next start.
void SegmentWriter::close(Segment& segment) {
    try {
        std::string bytes;
        const Frame footer = append_entry(bytes, segment, segment.end, set_.footer_of(segment));
        segment.file.write(bytes, segment.end);
        segment.file.truncate(footer.end());
        segment.size = footer.end();
        segment.file.sync();
    } catch (const Failure& failure) {
        log_warn({.service = "log"}, "a segment has no footer; it will be read at the next start",
                 {{"file", segment.file.path().string()}, {"reason", failure.detail}});
    }
}

void SegmentWriter::append(Segment& segment, std::string_view bytes) {
    try {
        segment.file.write(bytes, segment.end);
    } catch (const Failure&) {
        undo(segment, bytes.size());
        throw;
    }
    segment.end += bytes.size();
}

// What was written in part must not be taken for something later.
void SegmentWriter::undo(Segment& segment, std::size_t bytes) {
    try {
        segment.file.write(std::string(bytes, '\0'), segment.end);
    } catch (const Failure&) {
        is_broken_ = true;
        segment.file.truncate(segment.end);
        segment.file.allocate(segment.size);
        is_broken_ = false;
    }
}

SegmentWriter::Written SegmentWriter::write(const Group& group) {
    const SegmentPtr segment = newest();
    Encoding encoding{*segment};
    std::map<std::string, TopicState> added;
    const std::uint64_t durable = durable_;
    encoding.add(DurableMark{durable});
    for (const auto& [name, records] : group) {
        const auto known = topics_.find(name);
        std::uint64_t number = known == topics_.end() ? 0 : known->second.number;
        if (number == 0) {
            number = topics_.size() + added.size() + 1;
            added[name] = {number, name, 1, 1};
            encoding.add(TopicAdded{number, name});
        }
        add_records(encoding, number, records);
    }
    append(*segment, encoding.bytes());
    marked_ = std::max(marked_, durable);
    for (const auto& [name, topic] : added) {
        firsts_[topic.number] = topic.first;
        topics_[name] = topic;
    }
    for (const auto& [name, records] : group) {
        topics_[name].next = records.back()->offset + 1;
    }
    for (const auto& [batch, frame] : encoding.batches()) {
        set_.add_batch(*segment, batch, frame);
    }
    return {segment, segment->end};
}

void SegmentWriter::mark() {
    const SegmentPtr segment = newest();
    Encoding encoding{*segment};
    const std::uint64_t durable = durable_;
    encoding.add(DurableMark{durable});
    marked_ = durable;
    if (segment->end + encoding.bytes().size() <= segment->size) {
        append(*segment, encoding.bytes());
    }
}

void SegmentWriter::sync(Segment& segment) {
    try {
        segment.file.sync();
    } catch (const Failure&) {
        is_broken_ = true;
        throw;
    }
    durable_ = segment.end.load();
}

void SegmentWriter::trim(const std::string& topic, Offset before) {
    const auto known = topics_.find(topic);
    if (known == topics_.end()) {
        return;
    }
    TopicState& state = known->second;
    before = std::min(before, state.next);
    if (before <= state.first) {
        return;
    }
    const TopicTrimmed trimmed{state.number, before};
    Encoding probe{*newest()};
    probe.add(trimmed);
    if (newest()->end + probe.bytes().size() > newest()->size) {
        rotate(0);
    }
    const SegmentPtr segment = newest();
    Encoding encoding{*segment};
    encoding.add(trimmed);
    append(*segment, encoding.bytes());
    sync(*segment);
    state.first = before;
    firsts_[state.number] = before;
}

std::uint64_t SegmentWriter::kept_bytes(const std::vector<RecordRun>& runs) const {
    std::uint64_t bytes = 0;
    for (const RecordRun& run : runs) {
        const auto known = firsts_.find(run.topic);
        const Offset first = known == firsts_.end() ? 1 : known->second;
        if (run.last < first) {
            continue;
        }
        const double part = static_cast<double>(run.last - std::max(first, run.first) + 1) /
                            static_cast<double>(run.last - run.first + 1);
        bytes += static_cast<std::uint64_t>(part * static_cast<double>(run.bytes)) + 1;
    }
    return bytes;
}

void SegmentWriter::remove_oldest() {
    const SegmentPtr oldest = set_.remove_oldest();
    remove_file(oldest->file.path(), *options_.calls);
    sync_folder(options_.folder, *options_.calls);
}

void SegmentWriter::clean() {
    while (set_.count() > 1 && kept_bytes(set_.runs_of(*set_.oldest())) == 0) {
        remove_oldest();
    }
    if (set_.count() > 2 && !cannot_copy_ && kept_bytes(set_.all_runs()) * 2 < set_.used_bytes()) {
        try {
            copy_oldest();
        } catch (const Failure& failure) {
            // Trying again would only copy again what is before the damage.
            cannot_copy_ = failure.code == "store.damaged";
            throw;
        }
        remove_oldest();
    }
}

void SegmentWriter::copy_oldest() {
    const SegmentPtr oldest = set_.oldest();
    FrameReader frames{oldest->file, oldest->seed};
    while (frames.position() < oldest->end) {
        const auto frame = frames.next();
        const auto entry = frame ? decode_entry(frame->body) : std::nullopt;
        if (!entry) {
            throw damaged_part(oldest->file.path(),
                               "the frame at byte " + std::to_string(frames.position()) +
                                   " is not as it was written",
                               "Segments before it are kept until it is mended.");
        }
        const auto* batch = std::get_if<RecordBatch>(&*entry);
        if (batch != nullptr && batch->first + batch->count > firsts_[batch->topic]) {
            copy(*batch);
        }
    }
    sync(*newest());
}

void SegmentWriter::copy(const RecordBatch& batch) {
    const std::uint64_t bytes = batch.records.size() + batch_overhead;
    if (!has_room(bytes)) {
        sync(*newest());
        rotate(bytes);
    }
    const SegmentPtr segment = newest();
    RecordBatch copied = batch;
    copied.is_copy = true;
    Encoding encoding{*segment};
    encoding.add(copied);
    append(*segment, encoding.bytes());
    for (const auto& [moved, frame] : encoding.batches()) {
        set_.add_batch(*segment, moved, frame);
    }
}

}  // namespace loquat::store
