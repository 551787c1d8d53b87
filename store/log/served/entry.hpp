#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "store/log/event_log.hpp"

// What stands at one place of a server's log, and how our offsets follow from the server's
// (docs/adr/0075).
namespace loquat::store {

enum class EntryForm : std::uint8_t {
    record,  // one record, its payload as it is; also what other programs have written
    group,   // several that were appended together
    mark,    // none: shows how far the log goes, and whose it is
};

struct ServedEntry {
    std::uint64_t offset = 0;  // the server's, from 0 on
    Uuid log;                  // stamp of who made the topic; nil for what others have written
    EntryForm form = EntryForm::record;
    std::string key;
    std::string payload;
};

// So many offsets of ours belong to one of the server's: a group has one for each of its records.
inline constexpr Offset slots = EventLog::group_records_max;

// The last record of an entry has the last slot, so that nothing is between two entries.
constexpr Offset last_of(std::uint64_t entry) { return (entry + 1) * slots; }
constexpr Offset before(std::uint64_t entry) { return entry * slots; }
// Which entry has what comes after that record.
constexpr std::uint64_t entry_after(Offset record) { return record / slots; }
constexpr Offset offset_in_group(std::uint64_t entry, std::size_t index, std::size_t count) {
    return last_of(entry) - (count - 1 - index);
}

std::string encode_group(const std::vector<KeyedPayload>& records);
// `store.damaged` for what encode_group did not write.
std::vector<KeyedPayload> decode_group(std::string_view bytes);

// The records of an entry of the log `log`, each with its offset.
std::vector<LogRecordPtr> records_of(ServedEntry entry, Uuid log);

std::string_view name_of(EntryForm form);
// What nobody of us has written is a record.
EntryForm form_of(std::string_view name);

}  // namespace loquat::store
