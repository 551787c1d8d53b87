#include "runtime/stores/servers.hpp"

#include <algorithm>
#include <array>

#include "store/log/kafka/kafka_log.hpp"
#include "store/log/rabbitmq/rabbit_log.hpp"
#include "store/mongo/mongo_server.hpp"
#include "store/redis/redis_url.hpp"

namespace loquat::runtime {
namespace {

// As libpq takes it: a URL, or words such as host=... port=...
bool is_of_postgres(std::string_view url) {
    return url.starts_with("postgresql://") || url.starts_with("postgres://") ||
           (url.contains('=') && !url.contains("://"));
}

bool is_of_redis(std::string_view url) { return store::read_redis_url(url).has_value(); }

constexpr std::array servers{
    ServerKind{"rabbitmq", "amqp://USER:PASSWORD@HOST:PORT/VHOST?OPTION=VALUE",
               &store::is_rabbit_url},
    ServerKind{"kafka", "kafka://HOST:PORT,HOST:PORT?OPTION=VALUE", &store::is_kafka_url},
    ServerKind{"redis", "redis://USER:PASSWORD@HOST:PORT/DATABASE, rediss:// for TLS",
               &is_of_redis},
    ServerKind{"mongo", "mongodb://USER:PASSWORD@HOST:PORT/DATABASE?authSource=DATABASE",
               &store::is_mongo_url},
    ServerKind{"postgres", "postgresql://USER:PASSWORD@HOST:PORT/DATABASE", &is_of_postgres},
};

}  // namespace

const ServerKind* find_server(std::string_view kind) {
    const auto found = std::ranges::find(servers, kind, &ServerKind::kind);
    return found == servers.end() ? nullptr : &*found;
}

bool may_be_apart(const StoreConfig& stores) {
    return find_server(stores.log.kind) != nullptr &&
           find_server(stores.broadcast.kind) != nullptr && find_server(stores.sql.kind) != nullptr;
}

bool keeps_data(std::string_view need) {
    return need != "broadcast" && need != "limits" && need != "presence";
}

}  // namespace loquat::runtime
