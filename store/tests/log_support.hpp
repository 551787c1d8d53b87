#pragma once
#include <fstream>

#include "base/failure.hpp"
#include "store/file/file_calls.hpp"
#include "store/log/segment_log.hpp"
#include "testing/await.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::store {

using test::await;
using test::TemporaryFolder;

inline std::string content_of(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline void set_content(const std::filesystem::path& path, std::string_view content) {
    std::ofstream out{path, std::ios::binary};
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
}

// A log in a folder of its own, opened as often as a test likes.
struct LogUnderTest {
    LogUnderTest() { options.folder = folder / "log"; }

    void open() { log = open_segment_log(options); }
    void close() { log.reset(); }
    Offset append(std::string payload, std::string topic = "t") {
        return await(loop, log->append(std::move(topic), "key", std::move(payload))).offset;
    }
    std::vector<std::string> read(Offset after, std::string topic = "t") {
        std::vector<std::string> payloads;
        for (const LogRecordPtr& record : await(loop, log->read({std::move(topic)}, after, {}))) {
            payloads.push_back(record->payload);
        }
        return payloads;
    }
    LogEnds ends(std::string topic = "t") { return await(loop, log->ends({std::move(topic)})); }
    void trim(Offset before, std::string topic = "t") {
        await(loop, log->trim({std::move(topic)}, before));
    }
    // Ascending.
    std::vector<std::filesystem::path> segments() const {
        std::vector<std::filesystem::path> paths;
        for (const auto& entry : std::filesystem::directory_iterator{options.folder}) {
            if (entry.path().extension() == ".segment") {
                paths.push_back(entry.path());
            }
        }
        std::ranges::sort(paths);
        return paths;
    }
    std::uint64_t bytes() const {
        std::uint64_t sum = 0;
        for (const std::filesystem::path& path : segments()) {
            std::error_code removed;  // by the log's own threads meanwhile
            const std::uint64_t size = std::filesystem::file_size(path, removed);
            sum += removed ? 0 : size;
        }
        return sum;
    }
    // What opening it fails with; nothing else has happened then.
    std::string failure_of_open() {
        try {
            open();
            close();
        } catch (const Failure& failure) {
            return failure.code + ": " + failure.message;
        }
        return {};
    }

    TemporaryFolder folder;
    aio::Loop loop{"test"};
    SegmentLogOptions options;
    std::unique_ptr<FolderLog> log;
};

}  // namespace loquat::store
