#include "apps/loquat/move/fitting.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "net/jose/digest.hpp"
#include "runtime/version.hpp"
#include "services/consumer/dead_move.hpp"
#include "store/archive/row_text.hpp"

namespace loquat::app {
namespace {

namespace fs = std::filesystem;

Failure other_schema(const store::ArchiveManifest& manifest, const std::string& what) {
    return Failure{Kind::conflict, "archive.other_schema",
                   fmt::format("The archive was made by Loquat {} and does not fit this program "
                               "({}): {}. Import it with the program that made it; or start that "
                               "installation once with this program and export again.",
                               manifest.program, runtime::version, what)};
}

void check_database(const store::ArchiveManifest& manifest, const store::ArchiveDatabase& archived,
                    const MovedDatabase& moved) {
    if (archived.name != moved.need.name) {
        throw other_schema(
            manifest, "it has a database " + archived.name + " where this has " + moved.need.name);
    }
    if (const auto steps = store::steps_of(moved.need); archived.steps != steps) {
        throw other_schema(manifest,
                           archived.steps.size() == steps.size()
                               ? "the steps of the schema of " + archived.name + " are others"
                               : fmt::format("its database {} has {} steps of its schema, and this "
                                             "program has {}",
                                             archived.name, archived.steps.size(), steps.size()));
    }
    const auto is_same = [](const store::ArchiveTable& table, const store::TableShape& shape) {
        return table.name == shape.name && table.columns == shape.column_names();
    };
    if (!std::ranges::equal(archived.tables, moved.shapes, is_same)) {
        throw other_schema(manifest, "its database " + archived.name + " has other tables");
    }
}

void read_rows(const fs::path& file, const std::string& text, const store::TableShape& shape) {
    std::string_view rest = text;
    for (std::size_t line = 1; !rest.empty(); ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        try {
            store::read_line(shape, rest.substr(0, end));
        } catch (const Failure& failure) {
            throw store::damaged_archive(
                file, fmt::format("has a line {} that is no row of {}", line, shape.name));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

class ContentCheck {
  public:
    ContentCheck(const fs::path& folder, Depth depth,
                 const std::function<void(std::size_t rows)>& told)
        : folder_(folder), depth_(depth), told_(told) {}

    void check(const store::ArchiveTable& table, const store::TableShape& shape) const {
        net::jose::Sha256 sum;
        std::int64_t rows = 0;
        for (const store::ArchivePart& part : table.parts) {
            const std::string text = store::read_archived(folder_, part);
            if (std::ranges::count(text, '\n') != part.rows) {
                throw store::damaged_archive(folder_ / part.file, "has another number of rows");
            }
            if (depth_ == Depth::rows) {
                read_rows(folder_ / part.file, text, shape);
            }
            sum.add(text);
            rows += part.rows;
            told_(static_cast<std::size_t>(part.rows));
        }
        if (rows != table.rows || to_hex(sum.finish()) != table.sha256) {
            throw store::damaged_archive(
                folder_, "has other rows of " + table.name + " than its manifest says");
        }
    }

  private:
    const fs::path& folder_;
    Depth depth_;
    const std::function<void(std::size_t rows)>& told_;
};

}  // namespace

void check_fitting(const store::ArchiveManifest& manifest,
                   const std::vector<MovedDatabase>& databases) {
    if (manifest.databases.size() != databases.size()) {
        throw other_schema(manifest, "it has another number of databases");
    }
    for (std::size_t i = 0; i < databases.size(); ++i) {
        check_database(manifest, manifest.databases[i], databases[i]);
    }
    if (manifest.dead && manifest.dead->columns != consumer::dead_shape().column_names()) {
        throw other_schema(manifest, "what it has of records that were given up has other columns");
    }
}

void check_content(const fs::path& folder, const store::ArchiveManifest& manifest,
                   const std::vector<MovedDatabase>& databases, Depth depth,
                   const std::function<void(std::size_t rows)>& told) {
    const ContentCheck content{folder, depth, told};
    for (std::size_t i = 0; i < databases.size(); ++i) {
        for (std::size_t j = 0; j < databases[i].shapes.size(); ++j) {
            content.check(manifest.databases[i].tables[j], databases[i].shapes[j]);
        }
    }
    if (manifest.dead) {
        content.check(*manifest.dead, consumer::dead_shape());
    }
    for (const store::ArchiveFile& file : manifest.files) {
        store::read_archived(folder, file);
    }
}

}  // namespace loquat::app
