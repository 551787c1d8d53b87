#include "store/redis/host.hpp"

#include <utility>

#include "base/check.hpp"

namespace loquat::store {
namespace {

Task<void> end_with(aio::Loop& loop, std::function<Task<void>()> last) {
    co_await last();
    loop.stop();
}

}  // namespace

RedisHost::RedisHost(std::string name) : loop_(std::move(name)) {
    thread_ = std::jthread{[this] { loop_.run(); }};
}

RedisHost::~RedisHost() { LOQUAT_CHECK(!thread_.joinable(), "it was stopped before"); }

void RedisHost::stop(std::function<Task<void>()> last) {
    loop_.spawn(end_with(loop_, std::move(last)));
    thread_.join();
}

}  // namespace loquat::store
