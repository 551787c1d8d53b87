#pragma once
#include <mongoc/mongoc.h>

namespace loquat::store {

// libmongoc and libbson, loaded when the first connection is made: nobody else pays for them and
// for the dozen libraries behind them, and a machine without them can do all but this
// (docs/adr/0057).
struct MongoLibrary {
    // Throws Failure `store.driver_missing` (unavailable) where this machine has none.
    static const MongoLibrary& get();

#define LOQUAT_MONGO(name) decltype(&::name) name = nullptr;
#include "store/mongo/mongo_functions.inc"
#undef LOQUAT_MONGO
};

}  // namespace loquat::store
