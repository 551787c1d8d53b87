#include "store/log/segments/load.hpp"

#include <algorithm>
#include <set>

#include "base/log.hpp"
#include "base/text.hpp"
#include "store/folder/folder.hpp"
#include "store/log/segments/scan.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view identity_kind = "loquat log 1";

fs::path identity_path(const fs::path& folder) { return folder / "identity"; }

std::string encode_identity(const Uuid& identity) {
    wire::Encoder out;
    out.bytes(identity_kind);
    out.uuid(identity);
    std::string bytes;
    append_frame(bytes, frame_seed(Uuid{}), 0, out.take());
    return bytes;
}

Uuid read_identity(const fs::path& folder) {
    const File file{identity_path(folder), FileMode::read};
    FrameReader frames{file, frame_seed(Uuid{})};
    const auto frame = frames.next();
    wire::Decoder in{frame ? frame->body : std::string_view{}};
    const std::string_view kind = in.bytes();
    const Uuid identity = in.uuid();
    if (!in.finished() || kind != identity_kind || file.size() != frames.position()) {
        throw damaged_part(file.path(), "it is not as it was written", std::string{log_mend});
    }
    return identity;
}

// Ascending.
std::vector<std::uint64_t> segment_numbers(const fs::path& folder) {
    std::vector<std::uint64_t> numbers;
    for (const auto& entry : fs::directory_iterator{folder}) {
        const fs::path& path = entry.path();
        const auto number = parse_number(path.stem().string());
        if (number && path == segment_path(folder, *number)) {
            numbers.push_back(*number);
        }
    }
    std::ranges::sort(numbers);
    return numbers;
}

void check_numbers(const fs::path& folder, const std::vector<std::uint64_t>& numbers) {
    for (std::size_t i = 1; i < numbers.size(); ++i) {
        if (numbers[i] != numbers[i - 1] + 1) {
            throw missing_segment(segment_path(folder, numbers[i - 1] + 1),
                                  "the log goes on after it");
        }
    }
}

// A segment that was being made when the process ended: nothing was written to it.
bool was_never_begun(const Segment& segment) {
    FrameReader frames{segment.file, segment.seed};
    return !frames.next() && !frames.skip_to_good();
}

SegmentPtr open_segment(const SegmentLogOptions& options, const Uuid& identity,
                        std::uint64_t number) {
    auto segment = std::make_shared<Segment>(segment_path(options.folder, number), FileMode::write,
                                             *options.calls);
    segment->number = number;
    segment->seed = frame_seed(identity, number);
    segment->size = segment->file.size();
    return segment;
}

void check_coverage(const LogContent& content, const fs::path& folder) {
    std::map<std::uint64_t, std::map<Offset, Offset>> runs;  // last by first
    for (const SegmentPtr& segment : content.segments) {
        for (const RecordRun& run : segment->contents.runs()) {
            Offset& last = runs[run.topic][run.first];
            last = std::max(last, run.last);
        }
    }
    for (const auto& [name, topic] : content.topics) {
        Offset next = topic.first;
        for (const auto& [first, last] : runs[topic.number]) {
            next = first <= next ? std::max(next, last + 1) : next;
        }
        if (next < topic.next) {
            throw damaged_part(folder,
                               "record " + std::to_string(next) + " of " + name + " is missing",
                               std::string{log_mend});
        }
    }
}

void check_acknowledged(const LogContent& content, const SegmentLogOptions& options) {
    for (const auto& [name, last] : options.acknowledged) {
        const auto topic = content.topics.find(name);
        const Offset end = topic == content.topics.end() ? 0 : topic->second.next - 1;
        if (end < last) {
            const fs::path file =
                content.segments.empty() ? options.folder : content.segments.back()->file.path();
            throw damaged_part(file,
                               "it ends at record " + std::to_string(end) + " of " + name +
                                   ", but record " + std::to_string(last) + " was acknowledged",
                               std::string{log_mend});
        }
        if (end > last && options.is_all_acknowledged) {
            throw newer_file(options.folder, end, last);
        }
    }
}

enum class Depth { footers, everything };

struct Loaded {
    LogContent content;
    SegmentPtr unfinished;  // to be removed
    SegmentScan end;        // of the last segment
};

Loaded load(const SegmentLogOptions& options, Depth depth) {
    Loaded loaded;
    LogContent& content = loaded.content;
    content.identity = read_identity(options.folder);
    std::vector<std::uint64_t> numbers = segment_numbers(options.folder);
    check_numbers(options.folder, numbers);
    for (const std::uint64_t number : numbers) {
        content.segments.push_back(open_segment(options, content.identity, number));
    }
    if (!content.segments.empty() && was_never_begun(*content.segments.back())) {
        check_is_ours(*content.segments.back(), content.identity);
        loaded.unfinished = content.segments.back();
        content.segments.pop_back();
    }
    std::vector<SegmentHeader> headers;
    for (const SegmentPtr& segment : content.segments) {
        headers.push_back(read_header(*segment, content.identity));
    }
    for (std::size_t i = 0; i + 1 < headers.size(); ++i) {
        load_closed(*content.segments[i], headers[i + 1].previous_end, depth == Depth::everything);
    }
    if (!headers.empty()) {
        for (const TopicState& topic : headers.back().topics) {
            content.topics[topic.name] = topic;
        }
        loaded.end = load_newest(*content.segments.back(), headers.back(), content.topics);
    }
    check_coverage(content, options.folder);
    check_acknowledged(content, options);
    return loaded;
}

bool holds_nothing(const fs::path& folder) {
    return !fs::exists(identity_path(folder)) &&
           (!fs::exists(folder) || segment_numbers(folder).empty());
}

SegmentPtr make_first_segment(const SegmentLogOptions& options, const Uuid& identity,
                              std::span<const TopicState> topics) {
    const SegmentHeader header{.log = identity,
                               .number = 1,
                               .size = options.segment_bytes,
                               .previous_end = 0,
                               .topics = {topics.begin(), topics.end()}};
    return make_segment(options.folder, header, *options.calls);
}

}  // namespace

LogContent make_log(const SegmentLogOptions& options, const Uuid& identity,
                    std::span<const TopicState> topics) {
    LogContent content{.identity = identity, .topics = {}, .segments = {}};
    for (const TopicState& topic : topics) {
        content.topics[topic.name] = topic;
    }
    make_folder(options.folder);
    sync_folder(options.folder.parent_path(), *options.calls);
    replace_file(identity_path(options.folder), encode_identity(identity), *options.calls);
    content.segments.push_back(make_first_segment(options, identity, topics));
    return content;
}

LogContent check_log(const SegmentLogOptions& options) {
    return load(options, Depth::everything).content;
}

LogContent load_log(const SegmentLogOptions& options) {
    if (holds_nothing(options.folder)) {
        check_acknowledged({}, options);
        return make_log(options, Uuid::make(), {});
    }
    if (!fs::exists(identity_path(options.folder))) {
        throw damaged_part(identity_path(options.folder), "it is missing, its segments are there",
                           std::string{log_mend});
    }
    Loaded loaded = load(options, Depth::footers);
    LogContent& content = loaded.content;
    if (loaded.unfinished) {
        remove_file(loaded.unfinished->file.path(), *options.calls);
        sync_folder(options.folder, *options.calls);
    }
    if (content.segments.empty()) {
        content.segments.push_back(make_first_segment(options, content.identity, {}));
        return std::move(content);
    }
    Segment& newest = *content.segments.back();
    if (loaded.end.unfinished_bytes > 0) {
        log_info({.service = "log"}, "an end that was never acknowledged is cut off",
                 {{"file", newest.file.path().string()},
                  {"at", newest.end.load()},
                  {"bytes", loaded.end.unfinished_bytes}});
        newest.file.write(std::string(loaded.end.unfinished_bytes, '\0'), newest.end);
    }
    // What a killed process had written may be in memory only, and is given out from now on.
    newest.file.sync();
    return std::move(content);
}

}  // namespace loquat::store
