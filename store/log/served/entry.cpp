#include "store/log/served/entry.hpp"

#include <array>

#include "base/failure.hpp"

namespace loquat::store {
namespace {

void add_number(std::string& out, std::size_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(number >> shift & 0xff));
    }
}

Failure damaged_group() {
    return Failure{Kind::internal, "store.damaged", "The store is damaged.",
                   "a group of records in the log is not as it was written"};
}

class GroupReader {
  public:
    explicit GroupReader(std::string_view bytes) : bytes_(bytes) {}

    std::size_t number() {
        std::size_t value = 0;
        for (const char byte : take(4)) {
            value = value << 8 | static_cast<std::uint8_t>(byte);
        }
        return value;
    }
    std::string_view take(std::size_t count) {
        if (count > bytes_.size()) {
            throw damaged_group();
        }
        const std::string_view taken = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return taken;
    }
    bool is_empty() const { return bytes_.empty(); }

  private:
    std::string_view bytes_;
};

constexpr std::array<std::string_view, 3> names{"record", "group", "mark"};

}  // namespace

std::string encode_group(const std::vector<KeyedPayload>& records) {
    std::string out;
    add_number(out, records.size());
    for (const KeyedPayload& record : records) {
        add_number(out, record.key.size());
        out += record.key;
        add_number(out, record.payload.size());
        out += record.payload;
    }
    return out;
}

std::vector<KeyedPayload> decode_group(std::string_view bytes) {
    GroupReader reader{bytes};
    const std::size_t count = reader.number();
    if (count > EventLog::group_records_max) {
        throw damaged_group();
    }
    std::vector<KeyedPayload> records;
    for (std::size_t i = 0; i < count; ++i) {
        KeyedPayload& record = records.emplace_back();
        record.key = reader.take(reader.number());
        record.payload = reader.take(reader.number());
    }
    if (!reader.is_empty()) {
        throw damaged_group();
    }
    return records;
}

std::vector<LogRecordPtr> records_of(ServedEntry entry, Uuid log) {
    std::vector<LogRecordPtr> records;
    const auto add = [&records, log](Offset offset, std::string key, std::string payload) {
        auto made = std::make_shared<LogRecord>();
        *made = {offset, std::move(key), std::move(payload)};
        made->log = log;
        records.push_back(std::move(made));
    };
    if (entry.form == EntryForm::record) {
        add(last_of(entry.offset), std::move(entry.key), std::move(entry.payload));
    } else if (entry.form == EntryForm::group) {
        std::vector<KeyedPayload> group = decode_group(entry.payload);
        for (std::size_t i = 0; i < group.size(); ++i) {
            add(offset_in_group(entry.offset, i, group.size()), std::move(group[i].key),
                std::move(group[i].payload));
        }
    }
    return records;
}

std::string_view name_of(EntryForm form) { return names.at(static_cast<std::size_t>(form)); }

EntryForm form_of(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names.at(i) == name) {
            return static_cast<EntryForm>(i);
        }
    }
    return EntryForm::record;
}

}  // namespace loquat::store
