#include "services/chat/adapters/old_journal.hpp"

#include <array>

#include "base/log.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "wire/binary.hpp"

namespace loquat::chat {
namespace {

constexpr char journal_sql[] = {
#embed "../schema/journal/0001_journal.sql"
};
constexpr std::array schema{
    store::Migration{1, "journal", {journal_sql, sizeof journal_sql}},
};

constexpr std::uint8_t batch_version = 1;
constexpr std::size_t part_bytes_min = 19;
constexpr std::size_t event_bytes_min = 2;
constexpr std::uint64_t delta_kind = 1;

std::optional<GenerationEvent> decode_event(wire::Decoder& in) {
    const std::uint64_t kind = in.number();
    if (kind == delta_kind) {
        GenerationEvent event;
        event.kind = EventKind::delta;
        event.delta = in.bytes();
        return event;
    }
    return kind == 0 ? unpack_state(in.number()) : std::nullopt;
}

std::optional<JournalParts> decode_batch(std::string_view batch) {
    wire::Decoder in{batch};
    if (in.byte() != batch_version) {
        return std::nullopt;
    }
    JournalParts parts(in.count(part_bytes_min));
    for (JournalPart& part : parts) {
        part.id.uuid = in.uuid();
        part.first_event = static_cast<std::int64_t>(in.number());
        part.input_tokens = static_cast<std::int64_t>(in.number());
        const std::size_t count = in.count(event_bytes_min);
        for (std::size_t i = 0; i < count && in.ok(); ++i) {
            auto event = decode_event(in);
            if (!event) {
                return std::nullopt;
            }
            part.events.push_back(std::move(*event));
        }
    }
    return in.finished() ? std::optional{std::move(parts)} : std::nullopt;
}

Task<void> copy_rows(store::Database& database, GenerationJournal& journal) {
    std::int64_t after = 0;
    for (;;) {
        const store::Rows rows = co_await database.query(
            "SELECT number, batch FROM journal WHERE number > $1 ORDER BY number LIMIT 256",
            {after});
        if (rows.empty()) {
            co_return;
        }
        for (const store::Row row : rows) {
            after = row.integer(0);
            auto parts = decode_batch(row.blob(1));
            if (!parts) {
                log_error({.service = "chat"}, "a row of the journal cannot be read",
                          {{"row", after}});
                continue;
            }
            co_await journal.append(std::make_shared<const JournalParts>(std::move(*parts)));
        }
    }
}

}  // namespace

std::span<const store::Migration> old_journal_schema() { return schema; }

Task<void> take_over_journal(std::filesystem::path file, GenerationJournal& journal) {
    if (!std::filesystem::exists(file)) {
        co_return;
    }
    {
        const auto database = store::open_sqlite(
            {.file = file, .schema = schema, .durability = store::Durability::crash});
        co_await copy_rows(*database, journal);
    }
    for (const char* part : {"-wal", "-shm", ""}) {
        std::filesystem::remove(file.string() + part);
    }
}

}  // namespace loquat::chat
