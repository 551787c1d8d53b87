#pragma once
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>

namespace loquat::store {

// rabbitmq-c, loaded when the first connection is made, as libpq is (docs/adr/0057).
struct AmqpLibrary {
    // Throws Failure `store.driver_missing` (unavailable) where this machine has none.
    static const AmqpLibrary& get();

#define LOQUAT_AMQP(name) decltype(&::amqp_##name) name = nullptr;
#include "store/log/rabbitmq/amqp_functions.inc"
#undef LOQUAT_AMQP
};

}  // namespace loquat::store
