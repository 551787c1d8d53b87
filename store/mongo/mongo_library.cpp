#include "store/mongo/mongo_library.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "store/driver.hpp"

namespace loquat::store {
namespace {

MongoLibrary load() {
    const Driver driver{"libmongoc-1.0.so.0",
                        "MongoDB needs the library libmongoc (apt-get install libmongoc-1.0-0)"};
    MongoLibrary mongo;
#define LOQUAT_MONGO(name) driver.find(mongo.name, #name);
#include "store/mongo/mongo_functions.inc"
#undef LOQUAT_MONGO
    mongo.mongoc_init();
    // Its counters, for a program that nobody runs: the file would stay behind.
    ::shm_unlink(("/mongoc-" + std::to_string(::getpid())).c_str());
    // It would write to the standard error; what matters comes back from the calls.
    mongo.mongoc_log_set_handler(nullptr, nullptr);
    return mongo;
}

}  // namespace

const MongoLibrary& MongoLibrary::get() {
    static const MongoLibrary mongo = load();
    return mongo;
}

}  // namespace loquat::store
