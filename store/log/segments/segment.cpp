#include "store/log/segments/segment.hpp"

#include "base/failure.hpp"

namespace loquat::store {
namespace {

constexpr std::uint64_t place_every_bytes = 64 * 1024;
constexpr std::size_t name_digits = 12;

}  // namespace

SegmentContents::SegmentContents(const SegmentFooter& footer) : runs_(footer.runs) {
    for (const RecordPlace& place : footer.places) {
        places_[{place.topic, place.first}] = place.position;
    }
}

void SegmentContents::add(const RecordBatch& batch, const Frame& frame) {
    const std::uint64_t bytes = frame.end() - frame.position;
    const Offset last = batch.first + batch.count - 1;
    const auto known = latest_.find(batch.topic);
    const bool continues =
        known != latest_.end() && runs_[known->second.run].last + 1 == batch.first;
    if (!continues) {
        latest_[batch.topic] = {runs_.size(), frame.position};
        runs_.push_back({batch.topic, batch.first, last, bytes});
        places_[{batch.topic, batch.first}] = frame.position;
        return;
    }
    RecordRun& run = runs_[known->second.run];
    run.last = last;
    run.bytes += bytes;
    if (frame.position - known->second.place >= place_every_bytes) {
        known->second.place = frame.position;
        places_[{batch.topic, batch.first}] = frame.position;
    }
}

std::optional<RecordPlace> SegmentContents::find(std::uint64_t topic, Offset offset) const {
    auto behind = places_.upper_bound({topic, offset});
    if (behind == places_.begin() || std::prev(behind)->first.first != topic) {
        return std::nullopt;
    }
    const auto& [key, position] = *std::prev(behind);
    return RecordPlace{key.first, key.second, position};
}

SegmentFooter SegmentContents::to_footer() const {
    SegmentFooter footer{runs_, {}};
    for (const auto& [key, position] : places_) {
        footer.places.push_back({key.first, key.second, position});
    }
    return footer;
}

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number) {
    std::string digits = std::to_string(number);
    digits.insert(0, name_digits - std::min(digits.size(), name_digits), '0');
    return folder / (digits + ".segment");
}

Frame append_entry(std::string& out, const Segment& segment, std::uint64_t position,
                   const SegmentEntry& entry) {
    const std::string body = encode_entry(entry);
    append_frame(out, segment.seed, position, body);
    return {position, std::string_view{out}.substr(out.size() - body.size())};
}

SegmentPtr make_segment(const std::filesystem::path& folder, const SegmentHeader& header,
                        FileCalls& calls) {
    const std::filesystem::path path = segment_path(folder, header.number);
    try {
        auto segment = std::make_shared<Segment>(path, FileMode::make, calls);
        segment->number = header.number;
        segment->seed = frame_seed(header.log, header.number);
        segment->size = header.size;
        std::string bytes;
        const std::uint64_t header_end = append_entry(bytes, *segment, 0, header).end();
        // Something good always stands behind the header: a damaged one is told from one that was
        // never finished.
        segment->end = append_entry(bytes, *segment, header_end, DurableMark{header_end}).end();
        segment->file.allocate(header.size);
        segment->file.write(bytes, 0);
        segment->file.sync();
        sync_folder(folder, calls);
        return segment;
    } catch (const Failure&) {
        remove_file(path, calls);
        throw;
    }
}

}  // namespace loquat::store
