#include "testing/database_place.hpp"

#include "store/postgres/postgres_database.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace loquat::test {

std::string name_of(Keeping keeping) {
    switch (keeping) {
        case Keeping::memory:
            return "memory";
        case Keeping::sqlite:
            return "sqlite";
        case Keeping::postgres:
            return "postgres";
        case Keeping::mongo:
            return "mongo";
    }
    return {};
}

DatabasePlace::DatabasePlace(Keeping keeping) : keeping_(keeping) {
    if (keeping == Keeping::postgres) {
        schema_.emplace();
    }
}

std::unique_ptr<store::Database> DatabasePlace::open(const store::DatabaseNeed& need) const {
    switch (keeping_) {
        case Keeping::memory:
        case Keeping::mongo:
            break;
        case Keeping::sqlite:
            return store::open_sqlite(store::in_file(folder_ / (need.name + ".db"), need));
        case Keeping::postgres: {
            store::PostgresOptions options = store::at_server(schema_->url(), need);
            options.schema = schema_->name();
            return store::open_postgres(options);
        }
    }
    return nullptr;
}

}  // namespace loquat::test
