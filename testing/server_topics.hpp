#pragma once
#include <string>

#include "store/log/kafka/kafka_log.hpp"
#include "store/log/rabbitmq/rabbit_log.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {

// Where a server that `./dev infra up NAME` has started is; throws std::runtime_error when none
// was.
std::string server_url(const std::string& name);

// Logs at servers whose topics belong to the test that owns the folder.
store::RabbitOptions rabbit_topics_of(const TemporaryFolder& folder, std::uint32_t partitions = 1);
store::KafkaOptions kafka_topics_of(const TemporaryFolder& folder, std::uint32_t partitions = 1);

}  // namespace loquat::test
