#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "store/archive/archive.hpp"
#include "store/archive/table_shape.hpp"
#include "store/sql/database.hpp"

namespace loquat::store {

// A database that an archive is brought into.  It has a step more than its schema (`import_step`),
// so that nobody else opens it, and a table of that step says of which archive it is and how many
// parts of each table are there: a part and that number are one transaction, so that an import that
// is killed goes on where it was and doubles nothing.
//
// Fails as the database does; with `import.moved` (409) when another import goes on there.
class Filling {
  public:
    // `need` with the step; refers to neither.
    class Need {
      public:
        explicit Need(const DatabaseNeed& need);
        Need(const Need&) = delete;
        Need& operator=(const Need&) = delete;
        const DatabaseNeed& get() const { return need_; }

      private:
        std::vector<Migration> steps_;
        DatabaseNeed need_;
    };

    // `database` was opened with such a need and outlives it, as `shapes` does.
    Filling(Database& database, const std::vector<TableShape>& shapes)
        : database_(database), shapes_(shapes) {}

    // Takes it for that archive.  `import.other_archive` (409) when it is being filled from
    // another.
    Task<void> begin(Uuid archive);
    // How many parts of the table are there.
    std::int64_t parts_of(const std::string& table) const { return parts_.at(table); }
    // The next part of the table: `text` is what the archive has of it.
    Task<void> add_part(const TableShape& shape, std::string text);
    // Takes the step away: from now on it is a database as any.  `counting` where the server counts
    // on from what it has counted itself, and not from the highest that is there.
    enum class Numbers { by_content, by_sequence };
    Task<void> finish(Numbers numbers);

  private:
    Database& database_;
    const std::vector<TableShape>& shapes_;
    std::map<std::string, std::int64_t> parts_;
};

}  // namespace loquat::store
