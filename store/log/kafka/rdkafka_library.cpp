#include "store/log/kafka/rdkafka_library.hpp"

#include "store/driver.hpp"

namespace loquat::store {
namespace {

KafkaLibrary load() {
    const Driver driver{"librdkafka.so.1",
                        "Kafka needs the library librdkafka (apt-get install librdkafka1)"};
    KafkaLibrary kafka;
#define LOQUAT_KAFKA(name) driver.find(kafka.name, "rd_kafka_" #name);
#include "store/log/kafka/rdkafka_functions.inc"
#undef LOQUAT_KAFKA
    driver.find(kafka.make, "rd_kafka_new");
    return kafka;
}

}  // namespace

const KafkaLibrary& KafkaLibrary::get() {
    static const KafkaLibrary kafka = load();
    return kafka;
}

}  // namespace loquat::store
