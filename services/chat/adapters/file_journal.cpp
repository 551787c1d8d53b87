#include "services/chat/adapters/file_journal.hpp"

#include "aio/offload.hpp"
#include "services/chat/adapters/segment_files.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t waiting_max = 64;
constexpr std::chrono::seconds answer_max{30};

class FileJournal final : public GenerationJournal {
  public:
    explicit FileJournal(FileJournalOptions options) : files_(std::move(options)) {}

    Task<std::uint64_t> append(JournalPartsPtr parts) override {
        auto work = [this, parts = std::move(parts)] { return files_.append(*parts); };
        co_return co_await thread_.run<std::uint64_t>(std::move(work), deadline());
    }

    Task<void> trim(std::uint64_t before) override {
        auto work = [this, before] { files_.trim(before); };
        co_await thread_.run<void>(std::move(work), deadline());
    }

    Task<std::vector<JournalRow>> read(std::uint64_t after) override {
        auto work = [this, after] { return files_.read(after); };
        co_return co_await thread_.run<std::vector<JournalRow>>(std::move(work), deadline());
    }

  private:
    static Steady deadline() { return std::chrono::steady_clock::now() + answer_max; }

    SegmentFiles files_;
    aio::WorkerPool thread_{"journal", 1, waiting_max};
};

}  // namespace

std::unique_ptr<GenerationJournal> open_file_journal(FileJournalOptions options) {
    return std::make_unique<FileJournal>(std::move(options));
}

}  // namespace loquat::chat
