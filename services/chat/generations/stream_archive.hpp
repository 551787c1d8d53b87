#pragma once
#include "aio/scope.hpp"
#include "base/lru_cache.hpp"
#include "base/version.hpp"
#include "services/chat/generations/live.hpp"
#include "services/chat/generations/ports.hpp"

namespace loquat::chat {

// Event streams of ended answers, as long as there is room, and what becomes of the texts of
// deleted ones.
class StreamArchive {
  public:
    StreamArchive(GenerationStore& store, const LiveSet& lives, aio::Scope& scope,
                  std::size_t bytes_max)
        : store_(store), lives_(lives), scope_(scope), ended_(bytes_max) {}

    void keep(const GenerationId& id, const StreamLogPtr& log);
    // Null when it is not kept.
    StreamLogPtr find(const GenerationId& id);
    // The message of an answer was deleted: its text goes here, where it is read and from the
    // store.
    void on_deleted(const GenerationId& id);
    // Nobody reads its text any more.
    void withdraw(const GenerationId& id);
    // Changes with each text that goes: what was read before may hold it still.
    Version erasures() const { return erasures_; }
    std::size_t size() const { return ended_.size(); }

  private:
    Task<void> erase_text(GenerationId id);

    GenerationStore& store_;
    const LiveSet& lives_;
    aio::Scope& scope_;
    LruCache<GenerationId, StreamLogPtr> ended_;
    Version erasures_;
};

}  // namespace loquat::chat
