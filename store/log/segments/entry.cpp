#include "store/log/segments/entry.hpp"

#include "wire/binary.hpp"

namespace loquat::store {
namespace {

constexpr std::uint64_t version = 1;

// Never given to something else.
enum class Tag : std::uint8_t {
    header = 1,
    durable_mark = 2,
    topic_added = 3,
    batch = 4,
    copied_batch = 5,
    trimmed = 6,
    footer = 7,
};

struct Writer {
    wire::Encoder out;

    void tag(Tag tag) { out.byte(static_cast<std::uint8_t>(tag)); }

    void operator()(const SegmentHeader& header) {
        tag(Tag::header);
        out.number(version);
        out.uuid(header.log);
        out.number(header.number);
        out.number(header.size);
        out.number(header.previous_end);
        out.number(header.topics.size());
        for (const TopicState& topic : header.topics) {
            out.number(topic.number);
            out.bytes(topic.name);
            out.number(topic.first);
            out.number(topic.next);
        }
    }
    void operator()(const DurableMark& mark) {
        tag(Tag::durable_mark);
        out.number(mark.durable);
    }
    void operator()(const TopicAdded& added) {
        tag(Tag::topic_added);
        out.number(added.topic);
        out.bytes(added.name);
    }
    void operator()(const RecordBatch& batch) {
        tag(batch.is_copy ? Tag::copied_batch : Tag::batch);
        out.number(batch.topic);
        out.number(batch.first);
        out.number(batch.count);
        out.bytes(batch.records);
    }
    void operator()(const TopicTrimmed& trimmed) {
        tag(Tag::trimmed);
        out.number(trimmed.topic);
        out.number(trimmed.first);
    }
    void operator()(const SegmentFooter& footer) {
        tag(Tag::footer);
        out.number(footer.runs.size());
        for (const RecordRun& run : footer.runs) {
            out.number(run.topic);
            out.number(run.first);
            out.number(run.last);
            out.number(run.bytes);
        }
        out.number(footer.places.size());
        for (const RecordPlace& place : footer.places) {
            out.number(place.topic);
            out.number(place.first);
            out.number(place.position);
        }
    }
};

SegmentHeader read_header(wire::Decoder& in) {
    SegmentHeader header;
    if (in.number() != version) {
        in.refuse();
    }
    header.log = in.uuid();
    header.number = in.number();
    header.size = in.number();
    header.previous_end = in.number();
    header.topics.resize(in.count(4));
    for (TopicState& topic : header.topics) {
        topic.number = in.number();
        topic.name = in.bytes();
        topic.first = in.number();
        topic.next = in.number();
    }
    return header;
}

SegmentFooter read_footer(wire::Decoder& in) {
    SegmentFooter footer;
    footer.runs.resize(in.count(4));
    for (RecordRun& run : footer.runs) {
        run.topic = in.number();
        run.first = in.number();
        run.last = in.number();
        run.bytes = in.number();
    }
    footer.places.resize(in.count(3));
    for (RecordPlace& place : footer.places) {
        place.topic = in.number();
        place.first = in.number();
        place.position = in.number();
    }
    return footer;
}

RecordBatch read_batch(wire::Decoder& in, Tag tag) {
    RecordBatch batch;
    batch.topic = in.number();
    batch.first = in.number();
    batch.count = in.number();
    batch.is_copy = tag == Tag::copied_batch;
    batch.records = in.bytes();
    return batch;
}

SegmentEntry read_entry(wire::Decoder& in, Tag tag) {
    switch (tag) {
        case Tag::header:
            return read_header(in);
        case Tag::topic_added: {
            const std::uint64_t topic = in.number();
            return TopicAdded{topic, in.bytes()};
        }
        case Tag::batch:
        case Tag::copied_batch:
            return read_batch(in, tag);
        case Tag::trimmed: {
            const std::uint64_t topic = in.number();
            return TopicTrimmed{topic, in.number()};
        }
        case Tag::footer:
            return read_footer(in);
        case Tag::durable_mark:
            break;
    }
    return DurableMark{in.number()};
}

}  // namespace

std::string encode_entry(const SegmentEntry& entry) {
    Writer writer;
    std::visit(writer, entry);
    return writer.out.take();
}

std::optional<SegmentEntry> decode_entry(std::string_view body) {
    wire::Decoder in{body};
    const auto tag = static_cast<Tag>(
        in.choice(static_cast<std::uint8_t>(Tag::header), static_cast<std::uint8_t>(Tag::footer)));
    SegmentEntry entry = read_entry(in, tag);
    return in.finished() ? std::optional{std::move(entry)} : std::nullopt;
}

void append_record(std::string& out, std::string_view key, std::string_view payload) {
    wire::Encoder record{std::move(out)};
    record.bytes(key);
    record.bytes(payload);
    out = record.take();
}

std::optional<std::vector<LogRecordPtr>> decode_records(const RecordBatch& batch) {
    wire::Decoder in{batch.records};
    std::vector<LogRecordPtr> records;
    for (std::uint64_t i = 0; i < batch.count && in.ok(); ++i) {
        const std::string_view key = in.bytes();
        const std::string_view payload = in.bytes();
        records.push_back(std::make_shared<const LogRecord>(
            LogRecord{batch.first + i, std::string{key}, std::string{payload}}));
    }
    return in.finished() ? std::optional{std::move(records)} : std::nullopt;
}

}  // namespace loquat::store
