#include "testing/server_topics.hpp"

#include <fstream>
#include <stdexcept>

namespace loquat::test {

std::string server_url(const std::string& name) {
    std::string url;
    if (!std::getline(std::ifstream{LOQUAT_SOURCE_DIR "/.cache/infra/run/" + name + "/url"}, url)) {
        throw std::runtime_error{"there is no " + name + " to test with: ./dev infra up " + name};
    }
    return url;
}

template <class Options>
Options topics_of(const std::string& server, const TemporaryFolder& folder,
                  std::uint32_t partitions) {
    Options options;
    options.url = server_url(server) + "?partitions=" + std::to_string(partitions) +
                  "&prefix=" + folder.path().filename().string() + ".";
    options.limits.topics_max = 4;
    return options;
}

store::RabbitOptions rabbit_topics_of(const TemporaryFolder& folder, std::uint32_t partitions) {
    return topics_of<store::RabbitOptions>("rabbitmq", folder, partitions);
}

store::KafkaOptions kafka_topics_of(const TemporaryFolder& folder, std::uint32_t partitions) {
    return topics_of<store::KafkaOptions>("kafka", folder, partitions);
}

}  // namespace loquat::test
