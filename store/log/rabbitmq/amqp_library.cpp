#include "store/log/rabbitmq/amqp_library.hpp"

#include "store/driver.hpp"

namespace loquat::store {
namespace {

AmqpLibrary load() {
    const Driver driver{"librabbitmq.so.4",
                        "RabbitMQ needs the library rabbitmq-c (apt-get install librabbitmq4)"};
    AmqpLibrary amqp;
#define LOQUAT_AMQP(name) driver.find(amqp.name, "amqp_" #name);
#include "store/log/rabbitmq/amqp_functions.inc"
#undef LOQUAT_AMQP
    return amqp;
}

}  // namespace

const AmqpLibrary& AmqpLibrary::get() {
    static const AmqpLibrary amqp = load();
    return amqp;
}

}  // namespace loquat::store
