#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "store/redis/pulses.hpp"
#include "store/redis/redis_url.hpp"
#include "store/redis/reply.hpp"

namespace {

using loquat::store::RedisReplies;
using loquat::store::RedisReply;

// All that is in it, so that what is read wrongly is touched.
std::size_t weigh(const RedisReply& reply) {
    std::size_t weight = 1 + reply.to_text().size();
    for (const RedisReply& item : reply.items) {
        weight += weigh(item);
    }
    return weight;
}

// What comes of the bytes, given in parts of `part`.
std::string read_all(std::string_view bytes, std::size_t part) {
    std::string what;
    try {
        RedisReplies replies;
        for (; !bytes.empty(); bytes.remove_prefix(std::min(part, bytes.size()))) {
            replies.feed(bytes.substr(0, part));
            while (const auto reply = replies.next()) {
                what += std::to_string(weigh(*reply)) + " ";
            }
        }
    } catch (const loquat::Failure& failure) {
        what += failure.code;
    }
    return what;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const std::string whole = read_all(bytes, size + 1);
    const std::string cut = read_all(bytes, 1);
    LOQUAT_CHECK(whole == cut, "the same comes of the same bytes");
    (void)loquat::store::Pulse::read(bytes);
    (void)loquat::store::read_redis_url(bytes);
    return 0;
}
