#pragma once
#include <memory>
#include <optional>
#include <string>

#include "store/sql/database.hpp"
#include "store/sql/database_need.hpp"
#include "testing/postgres_schema.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {

// What a suite over all adapters keeps its data in.
enum class Keeping { memory, sqlite, postgres, mongo };
std::string name_of(Keeping keeping);

// Where the databases of a test are: a file of a folder, or a schema at a server.  Gone after the
// test, which closes them first.
class DatabasePlace {
  public:
    explicit DatabasePlace(Keeping keeping);

    // The same at each call; null for `memory` and `mongo`, which have no SQL.
    std::unique_ptr<store::Database> open(const store::DatabaseNeed& need) const;

  private:
    TemporaryFolder folder_;
    std::optional<PostgresSchema> schema_;
    Keeping keeping_;
};

}  // namespace loquat::test
