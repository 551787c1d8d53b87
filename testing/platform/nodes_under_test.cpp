#include "testing/platform/nodes_under_test.hpp"

#include "contracts/events/topics.hpp"
#include "runtime/stores/outside.hpp"
#include "testing/server_topics.hpp"

namespace loquat::test {
namespace {

constexpr std::uint32_t partitions = 2;

}  // namespace

NodesUnderTest::NodesUnderTest(const std::vector<std::string>& settings) {
    const store::RabbitOptions topics = rabbit_topics_of(folder_, partitions);
    std::vector<std::string> all{"store.sql.kind=postgres", "store.sql.url=" + base_.url(),
                                 "store.log.kind=rabbitmq", "store.log.url=" + topics.url,
                                 "chat.instances=several",  "consumer.instances=several",
                                 "platform.edge_loops=1"};
    for (const std::string need : {"broadcast", "limits", "presence"}) {
        all.push_back("store." + need + ".kind=redis");
        all.push_back("store." + need + ".url=" + redis_.url());
    }
    all.insert(all.end(), settings.begin(), settings.end());
    for (int node = 0; node < 2; ++node) {
        PlatformUnderTest::Options options{.settings = all};
        nodes_.push_back(std::make_unique<PlatformUnderTest>(std::move(options)));
    }
}

NodesUnderTest::~NodesUnderTest() {
    nodes_.clear();
    forget_topics();
}

void NodesUnderTest::forget_topics() const {
    using namespace contracts::records;
    store::RabbitOptions topics = rabbit_topics_of(folder_, partitions);
    topics.outside = runtime::topics_outside();
    store::delete_rabbit_topics(
        topics, {std::string{messages.topic}, std::string{usage.topic}, std::string{audit.topic}});
}

std::vector<std::uint16_t> NodesUnderTest::ports() const {
    std::vector<std::uint16_t> ports;
    for (const auto& node : nodes_) {
        ports.push_back(node->port());
    }
    return ports;
}

}  // namespace loquat::test
