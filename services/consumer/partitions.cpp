#include "services/consumer/partitions.hpp"

#include <string>

#include "base/failure.hpp"

namespace loquat::consumer {

Task<std::vector<store::Partition>> list_partitions(store::EventLog& log,
                                                    store::PositionStore& store,
                                                    std::string_view topic) {
    const std::string name{topic};
    const std::uint32_t is = co_await log.partitions(name);
    const std::uint32_t was = co_await store.claim_partitions(name, is);
    if (is != was) {
        const auto count = [](std::uint32_t partitions) {
            return std::to_string(partitions) + (partitions == 1 ? " partition" : " partitions");
        };
        throw Failure{Kind::unavailable, "consumer.partitions_changed",
                      "The topic " + name + " has " + count(is) + ", and had " + count(was) +
                          " when it was stored from first. Records of one conversation would lose "
                          "their order. Give it " +
                          count(was) +
                          " again, or begin with a new log and a new store, as from a backup."};
    }
    std::vector<store::Partition> partitions;
    for (std::uint32_t number = 0; number < is; ++number) {
        partitions.push_back({name, number});
    }
    co_return partitions;
}

}  // namespace loquat::consumer
