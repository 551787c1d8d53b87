#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct redisReader;

namespace loquat::store {

// What Redis answers (RESP 2).
struct RedisReply {
    enum class Type : std::uint8_t { nil, integer, text, status, error, array };

    Type type = Type::nil;
    std::int64_t integer = 0;
    std::string text;  // also of a status and of an error
    std::vector<RedisReply> items;

    bool is_error() const { return type == Type::error; }
    // Of a text, a status or an integer; empty otherwise.
    std::string to_text() const;
};

// Takes replies out of a stream of bytes, with hiredis's reader.  A text is copied once out of
// what was read.
class RedisReplies {
  public:
    // A reply may have so many bytes, and so many items in all its arrays.
    static constexpr std::size_t reply_bytes_max = 64 * 1024 * 1024;
    static constexpr std::size_t items_max = 1 << 20;

    RedisReplies();

    // Throws Failure `store.unavailable` when a reply is too large.
    void feed(std::string_view bytes);
    // The next whole one.  Throws Failure `store.unavailable` when the bytes are no replies.
    std::optional<RedisReply> next();

  private:
    struct Free {
        void operator()(redisReader* reader) const;
    };
    std::unique_ptr<std::size_t> items_left_ = std::make_unique<std::size_t>(items_max);
    std::unique_ptr<redisReader, Free> reader_;
};

// Appends a command as Redis reads it.  `tail` belongs to the last argument and spares the caller a
// copy of both in one.
void append_command(std::string& to, std::span<const std::string_view> args,
                    std::string_view tail = {});
void append_command(std::string& to, std::span<const std::string> args);

}  // namespace loquat::store
