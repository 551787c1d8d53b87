#include "services/chat/generations/stream_archive.hpp"

#include "base/log.hpp"

namespace loquat::chat {

void StreamArchive::keep(const GenerationId& id, const StreamLogPtr& log) {
    ended_.put(id, log, log->bytes() + sizeof(StreamLog));
}

StreamLogPtr StreamArchive::find(const GenerationId& id) {
    const StreamLogPtr* kept = ended_.find(id);
    return kept != nullptr ? *kept : nullptr;
}

void StreamArchive::on_deleted(const GenerationId& id) {
    withdraw(id);
    scope_.start(erase_text(id));
}

void StreamArchive::withdraw(const GenerationId& id) {
    erasures_.change();
    if (const StreamLogPtr* kept = ended_.find(id)) {
        (*kept)->withdraw();
        ended_.erase(id);
    }
    const LivePtr live = lives_.find(id);
    if (live && is_terminal(live->record.state)) {
        live->record.text.clear();
        live->log->withdraw();
    }
}

Task<void> StreamArchive::erase_text(GenerationId id) {
    std::exception_ptr error;
    try {
        co_await store_.erase_text(id);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    withdraw(id);
    if (error) {
        const std::string what = aio::describe(error);
        log_warn({.service = "chat"}, "the text of a deleted answer could not be erased",
                 {{"error", what}});
    }
}

}  // namespace loquat::chat
