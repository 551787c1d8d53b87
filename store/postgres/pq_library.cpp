#include "store/postgres/pq_library.hpp"

#include "store/driver.hpp"

namespace loquat::store {
namespace {

PqLibrary load() {
    const Driver driver{"libpq.so.5",
                        "PostgreSQL needs the library libpq (apt-get install libpq5)"};
    PqLibrary pq;
#define LOQUAT_PQ(name) driver.find(pq.name, "PQ" #name);
#include "store/postgres/pq_functions.inc"
#undef LOQUAT_PQ
    return pq;
}

}  // namespace

const PqLibrary& PqLibrary::get() {
    static const PqLibrary pq = load();
    return pq;
}

}  // namespace loquat::store
