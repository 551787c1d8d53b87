#include "store/redis/reply.hpp"

#include <hiredis/read.h>

#include <charconv>
#include <new>

#include "base/failure.hpp"
#include "store/redis/failure.hpp"

namespace loquat::store {
namespace {

using Type = RedisReply::Type;

Type type_of(int type) {
    switch (type) {
        case REDIS_REPLY_STRING:
            return Type::text;
        case REDIS_REPLY_ARRAY:
            return Type::array;
        case REDIS_REPLY_INTEGER:
            return Type::integer;
        case REDIS_REPLY_STATUS:
            return Type::status;
        case REDIS_REPLY_ERROR:
            return Type::error;
        default:
            return Type::nil;
    }
}

// A new one, or its place in the array that it belongs to.
RedisReply& place_of(const redisReadTask* task) {
    RedisReply& reply = task->parent == nullptr ? *new RedisReply
                                                : static_cast<RedisReply*>(task->parent->obj)
                                                      ->items[static_cast<std::size_t>(task->idx)];
    reply.type = type_of(task->type);
    return reply;
}

void give_up(const redisReadTask* task, RedisReply& reply) {
    if (task->parent == nullptr) {
        delete &reply;
    }
}

// hiredis takes null for a lack of memory.  No exception may pass through it.
template <class Fill>
void* make(const redisReadTask* task, Fill fill) noexcept {
    RedisReply* reply = nullptr;
    try {
        reply = &place_of(task);
        fill(*reply);
        return reply;
    } catch (const std::bad_alloc&) {
        if (reply != nullptr) {
            give_up(task, *reply);
        }
        return nullptr;
    }
}

void* make_text(const redisReadTask* task, char* text, std::size_t size) {
    return make(task, [&](RedisReply& reply) { reply.text.assign(text, size); });
}

// The type of the count differs between versions of hiredis.
template <class Count>
void* make_array(const redisReadTask* task, Count count) {
    return make(task, [&](RedisReply& reply) {
        if (count > 0) {
            std::size_t& left = *static_cast<std::size_t*>(task->privdata);
            if (static_cast<std::size_t>(count) > left) {
                throw std::bad_alloc{};
            }
            left -= static_cast<std::size_t>(count);
            reply.items.resize(static_cast<std::size_t>(count));
        }
    });
}

void* make_integer(const redisReadTask* task, long long number) {
    return make(task, [&](RedisReply& reply) { reply.integer = number; });
}

void* make_nil(const redisReadTask* task) {
    return make(task, [](RedisReply& reply) { reply.type = Type::nil; });
}

void release(void* reply) { delete static_cast<RedisReply*>(reply); }

redisReplyObjectFunctions* functions() {
    static redisReplyObjectFunctions made = [] {
        redisReplyObjectFunctions all{};
        all.createString = &make_text;
        all.createArray = &make_array;
        all.createInteger = &make_integer;
        all.createNil = &make_nil;
        all.freeObject = &release;
        return all;
    }();
    return &made;
}

void append_size(std::string& to, char mark, std::size_t size) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, size).ptr;
    to += mark;
    to.append(digits, end);
    to += "\r\n";
}

}  // namespace

std::string RedisReply::to_text() const {
    return type == Type::integer ? std::to_string(integer) : text;
}

void RedisReplies::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

RedisReplies::RedisReplies() : reader_(redisReaderCreateWithFunctions(functions())) {
    if (!reader_) {
        throw std::bad_alloc{};
    }
    reader_->privdata = items_left_.get();
}

void RedisReplies::feed(std::string_view bytes) {
    if (reader_->len - reader_->pos + bytes.size() > reply_bytes_max) {
        throw redis_unavailable("a reply is larger than is taken");
    }
    if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
        throw redis_unavailable(reader_->errstr);
    }
}

std::optional<RedisReply> RedisReplies::next() {
    void* raw = nullptr;
    if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) {
        throw redis_unavailable(std::string{"this is not how Redis speaks: "} + reader_->errstr);
    }
    if (raw == nullptr) {
        return std::nullopt;
    }
    *items_left_ = items_max;
    const std::unique_ptr<RedisReply> reply{static_cast<RedisReply*>(raw)};
    return std::move(*reply);
}

void append_command(std::string& to, std::span<const std::string_view> args,
                    std::string_view tail) {
    append_size(to, '*', args.size());
    for (std::size_t i = 0; i < args.size(); ++i) {
        const std::string_view more = i + 1 == args.size() ? tail : std::string_view{};
        append_size(to, '$', args[i].size() + more.size());
        to.append(args[i]).append(more).append("\r\n");
    }
}

void append_command(std::string& to, std::span<const std::string> args) {
    append_size(to, '*', args.size());
    for (const std::string& arg : args) {
        append_size(to, '$', arg.size());
        to.append(arg).append("\r\n");
    }
}

}  // namespace loquat::store
