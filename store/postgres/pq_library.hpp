#pragma once
#include <postgresql/libpq-fe.h>

namespace loquat::store {

// libpq, loaded when the first database is opened: nobody else pays for it and for the two dozen
// libraries behind it, and a machine without it can do all but this (docs/adr/0057).
struct PqLibrary {
    // Throws Failure `store.driver_missing` (unavailable) where this machine has none.
    static const PqLibrary& get();

#define LOQUAT_PQ(name) decltype(&::PQ##name) name = nullptr;
#include "store/postgres/pq_functions.inc"
#undef LOQUAT_PQ
};

}  // namespace loquat::store
