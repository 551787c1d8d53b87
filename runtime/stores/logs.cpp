#include <map>

#include "runtime/stores/families.hpp"
#include "runtime/stores/outside.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "store/log/kafka/kafka_log.hpp"
#include "store/log/rabbitmq/rabbit_log.hpp"
#include "store/log/segment_log.hpp"

namespace loquat::runtime {
namespace {

std::optional<std::string> log_trouble(store::LogState state) {
    switch (state) {
        case store::LogState::full:
            return "the disk is full";
        case store::LogState::broken:
            return "the log cannot be written";
        case store::LogState::ready:
            break;
    }
    return std::nullopt;
}

// The files, and what services append to.
struct LogOfFolder {
    std::unique_ptr<store::FolderLog> files;
    std::unique_ptr<store::EventLog> gated;
};

std::shared_ptr<store::EventLog> open_log(const StoreGround& ground) {
    constexpr std::string_view name = "log";
    store::Folder& folder = ground.folder;
    folder.expect(name);
    std::map<std::string, store::Mark*> marks;
    auto on_durable = [&folder, marks](std::string_view topic, store::Offset last) mutable {
        store::Mark*& mark = marks[std::string{topic}];
        if (mark == nullptr) {
            mark = &folder.topic_mark(topic);
        }
        mark->raise(last);
    };
    auto log = std::make_shared<LogOfFolder>();
    log->files =
        store::open_segment_log({.folder = folder.path() / name,
                                 .acknowledged = folder.acknowledged(),
                                 .is_all_acknowledged = folder.last_end() == store::LastEnd::clean,
                                 .on_durable = std::move(on_durable),
                                 .on_broken = [&folder] { folder.end_in_doubt(); }});
    const store::EventLog& files = *log->files;
    folder.confirm(name, log->files->folder_identity());
    log->gated = store::make_gated_log(*log->files, ground.troubles);
    ground.health.add("platform", "log", [&files] { return log_trouble(files.state()); });
    ground.metrics.gauge_of("loquat_log_held_bytes", "Newest records of the log, kept in memory.",
                            {}, [&files] { return static_cast<double>(files.held_bytes()); });
    return {log, log->gated.get()};
}

// At a server, and what services append to.
struct LogOfServer {
    std::unique_ptr<store::EventLog> served;
    std::unique_ptr<store::EventLog> gated;
};

std::optional<std::string> server_trouble(store::LogState state) {
    switch (state) {
        case store::LogState::full:
            return "the log's server takes nothing: its disk or memory is full";
        case store::LogState::broken:
            return "the log's server does not answer";
        case store::LogState::ready:
            break;
    }
    return std::nullopt;
}

std::shared_ptr<store::EventLog> offer(const StoreGround& ground,
                                       std::unique_ptr<store::EventLog> opened) {
    auto log = std::make_shared<LogOfServer>();
    log->served = std::move(opened);
    const store::EventLog& served = *log->served;
    log->gated = store::make_gated_log(*log->served, ground.troubles);
    ground.health.add("platform", "log", [&served] { return server_trouble(served.state()); });
    ground.metrics.gauge_of("loquat_log_held_bytes", "Newest records of the log, kept in memory.",
                            {}, [&served] { return static_cast<double>(served.held_bytes()); });
    return {log, log->gated.get()};
}

template <class Options>
Options at_server(Stores& stores, std::string server) {
    Options options;
    options.url = stores.configured("log").url;
    options.outside = topics_outside();
    options.keep_waiting = say_waiting_for(std::move(server), "store.log.url");
    return options;
}

}  // namespace

std::vector<StoreAdapter> log_adapters() {
    std::vector<StoreAdapter> adapters;
    adapters.push_back(make_adapter<store::EventLog>(
        "log", "files", [](Stores&, const StoreGround& ground) { return open_log(ground); }));
    adapters.push_back(make_adapter<store::EventLog>(
        "log", "rabbitmq", [](Stores& stores, const StoreGround& ground) {
            return offer(ground, store::open_rabbit_log(
                                     at_server<store::RabbitOptions>(stores, "RabbitMQ")));
        }));
    adapters.push_back(make_adapter<store::EventLog>(
        "log", "kafka", [](Stores& stores, const StoreGround& ground) {
            return offer(ground,
                         store::open_kafka_log(at_server<store::KafkaOptions>(stores, "Kafka")));
        }));
    return adapters;
}

}  // namespace loquat::runtime
