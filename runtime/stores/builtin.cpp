#include "runtime/stores/builtin.hpp"

#include <iterator>

#include "base/log.hpp"
#include "runtime/calls/neighbour_wait.hpp"
#include "runtime/stores/families.hpp"

namespace loquat::runtime {
namespace {

void append(std::vector<StoreAdapter>& all, std::vector<StoreAdapter> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<StoreAdapter> builtin_stores() {
    std::vector<StoreAdapter> all = log_adapters();
    append(all, broadcast_adapters());
    append(all, database_adapters());
    return all;
}

std::vector<StoreAdapter> with_builtin(std::vector<StoreAdapter> adapters) {
    std::vector<StoreAdapter> all = builtin_stores();
    append(all, std::move(adapters));
    return all;
}

std::function<bool(const std::string& why)> say_waiting_for(std::string server,
                                                            std::string setting) {
    return [server = std::move(server), setting = std::move(setting),
            told = Steady{}](const std::string& why) mutable {
        const Steady now = std::chrono::steady_clock::now();
        if (now - told > std::chrono::seconds{5}) {
            told = now;
            log_warn({.service = "platform"}, "waiting for " + server,
                     {{"setting", setting}, {"error", why}});
        }
        return !is_told_to_stop();
    };
}

}  // namespace loquat::runtime
