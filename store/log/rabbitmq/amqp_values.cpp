#include "store/log/rabbitmq/amqp_values.hpp"

namespace loquat::store {
namespace {

const amqp_field_value_t* find(const amqp_table_t& table, std::string_view key) {
    for (int i = 0; i < table.num_entries; ++i) {
        if (amqp_text(table.entries[i].key) == key) {
            return &table.entries[i].value;
        }
    }
    return nullptr;
}

std::string text_in(const amqp_table_t& table, std::string_view key) {
    const amqp_field_value_t* const value = find(table, key);
    const bool is_text = value != nullptr && (value->kind == AMQP_FIELD_KIND_UTF8 ||
                                              value->kind == AMQP_FIELD_KIND_BYTES);
    return is_text ? amqp_text(value->value.bytes) : std::string{};
}

std::uint64_t offset_in(const amqp_table_t& table) {
    const amqp_field_value_t* const value = find(table, "x-stream-offset");
    return value != nullptr && value->kind == AMQP_FIELD_KIND_I64
               ? static_cast<std::uint64_t>(value->value.i64)
               : 0;
}

}  // namespace

amqp_bytes_t amqp_bytes(std::string_view text) {
    return {text.size(), const_cast<char*>(text.data())};
}

std::string amqp_text(amqp_bytes_t bytes) {
    return bytes.len == 0 ? std::string{}
                          : std::string{static_cast<const char*>(bytes.bytes), bytes.len};
}

amqp_field_value_t& AmqpTable::next(std::string_view key, char kind) {
    amqp_table_entry_t& entry = entries_.at(static_cast<std::size_t>(count_++));
    entry.key = amqp_bytes(key);
    entry.value.kind = static_cast<std::uint8_t>(kind);
    return entry.value;
}

AmqpTable& AmqpTable::add(std::string_view key, std::string_view value) {
    next(key, AMQP_FIELD_KIND_UTF8).value.bytes = amqp_bytes(value);
    return *this;
}

AmqpTable& AmqpTable::add(std::string_view key, std::int64_t value) {
    next(key, AMQP_FIELD_KIND_I64).value.i64 = value;
    return *this;
}

AmqpTable& AmqpTable::add(std::string_view key, AmqpTable& table) {
    next(key, AMQP_FIELD_KIND_TABLE).value.table = table.table();
    return *this;
}

AmqpTable& AmqpTable::add_yes(std::string_view key) {
    next(key, AMQP_FIELD_KIND_BOOLEAN).value.boolean = 1;
    return *this;
}

ServedEntry amqp_entry(const amqp_message_t& message) {
    const amqp_basic_properties_t& properties = message.properties;
    ServedEntry entry;
    entry.payload = amqp_text(message.body);
    if ((properties._flags & AMQP_BASIC_TYPE_FLAG) != 0) {
        entry.form = form_of(amqp_text(properties.type));
    }
    if ((properties._flags & AMQP_BASIC_HEADERS_FLAG) != 0) {
        entry.offset = offset_in(properties.headers);
        entry.key = text_in(properties.headers, "key");
        entry.log = Uuid::parse(text_in(properties.headers, "log")).value_or(Uuid{});
    }
    return entry;
}

}  // namespace loquat::store
