#pragma once
#include <librdkafka/rdkafka.h>

namespace loquat::store {

// librdkafka, loaded when the first log at Kafka is opened, as libpq is (docs/adr/0057).
struct KafkaLibrary {
    // Throws Failure `store.driver_missing` (unavailable) where this machine has none.
    static const KafkaLibrary& get();

#define LOQUAT_KAFKA(name) decltype(&::rd_kafka_##name) name = nullptr;
#include "store/log/kafka/rdkafka_functions.inc"
#undef LOQUAT_KAFKA
    decltype(&::rd_kafka_new) make = nullptr;  // `new` cannot be a name
};

}  // namespace loquat::store
