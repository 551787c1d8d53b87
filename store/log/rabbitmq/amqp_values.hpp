#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/log/rabbitmq/amqp_library.hpp"
#include "store/log/served/entry.hpp"

namespace loquat::store {

// Refers to the text.
amqp_bytes_t amqp_bytes(std::string_view text);
std::string amqp_text(amqp_bytes_t bytes);

// Refers to what it was given.
class AmqpTable {
  public:
    AmqpTable& add(std::string_view key, std::string_view value);
    AmqpTable& add(std::string_view key, std::int64_t value);
    AmqpTable& add(std::string_view key, AmqpTable& table);
    AmqpTable& add_yes(std::string_view key);
    amqp_table_t table() { return {count_, entries_.data()}; }

  private:
    amqp_field_value_t& next(std::string_view key, char kind);

    std::array<amqp_table_entry_t, 8> entries_{};
    int count_ = 0;
};

// What stands at a place of a stream.
ServedEntry amqp_entry(const amqp_message_t& message);

}  // namespace loquat::store
