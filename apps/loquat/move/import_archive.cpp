#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "aio/run.hpp"
#include "apps/loquat/modules.hpp"
#include "apps/loquat/move/dead_import.hpp"
#include "apps/loquat/move/fitting.hpp"
#include "apps/loquat/move/moved_set.hpp"
#include "apps/loquat/progress.hpp"
#include "store/archive/filling.hpp"
#include "store/archive/table_reader.hpp"
#include "store/file/file.hpp"
#include "store/folder/stamped_text.hpp"

namespace loquat::app {
namespace {

namespace fs = std::filesystem;

// One database of the target.
struct Target {
    Target(const MovedDatabase& from, const store::ArchiveDatabase& wanted)
        : moved(from), archived(wanted), need(from.need) {}

    const MovedDatabase& moved;
    const store::ArchiveDatabase& archived;
    store::Filling::Need need;
    std::unique_ptr<store::Database> database;
    bool is_whole = false;  // as the archive says, and taken by nobody for unfinished
};

class Import {
  public:
    Import(fs::path folder, const store::ArchiveManifest& manifest, MovedSet& set,
           store::Filling::Numbers numbers)
        : folder_(std::move(folder)), manifest_(manifest), set_(set), numbers_(numbers) {}

    // Opens it so that it can be filled; one that holds something else is refused.
    Task<void> open(Target& target) {
        bool is_unfinished = false;
        try {
            target.database = set_.open(target.moved.need);
        } catch (const Failure& failure) {
            if (failure.code != "store.import_unfinished") {
                throw;
            }
            is_unfinished = true;
        }
        if (is_unfinished) {
            co_return;
        }
        const bool has_none = co_await is_empty(target);
        if (!has_none) {
            co_await refuse_others(target);
            target.is_whole = true;
        }
    }

    // Everything that is to be there, from where it was left.
    Task<void> fill(Target& target) {
        target.database.reset();
        target.database = set_.open(target.need.get());
        store::Filling filling{*target.database, target.moved.shapes};
        co_await filling.begin(manifest_.id);
        Progress progress{target.archived.name, rows_of(target.archived)};
        for (std::size_t i = 0; i < target.moved.shapes.size(); ++i) {
            co_await fill_table(filling, target.moved.shapes[i], target.archived.tables[i],
                                progress);
        }
        progress.finish();
    }

    // What was written is read again.
    Task<void> compare(const Target& target) {
        for (std::size_t i = 0; i < target.moved.shapes.size(); ++i) {
            const store::ArchiveTable& wanted = target.archived.tables[i];
            const store::TableSum found =
                co_await store::sum_of_table(*target.database, target.moved.shapes[i]);
            print_table(target.archived.name, wanted);
            if (found != store::TableSum{wanted.rows, wanted.sha256}) {
                throw Failure{
                    Kind::conflict, "import.differs",
                    fmt::format("{}.{} is not what the archive has: {} rows with the SHA-256 {}. "
                                "Something else has written there; begin with an empty target.",
                                target.archived.name, wanted.name, found.rows, found.sha256)};
            }
        }
    }

    Task<void> finish(Target& target) {
        store::Filling filling{*target.database, target.moved.shapes};
        co_await filling.finish(numbers_);
    }

    // Messages at MongoDB, from the database beside the data.  What is there is refused unless an
    // import has begun to bring it, or has come to its end.
    Task<void> bring_elsewhere(const Target& target, bool may_be_there) {
        consumer::MongoMove& messages = set_.messages_elsewhere();
        if (!may_be_there && !messages.is_empty()) {
            throw Failure{Kind::conflict, "import.not_empty",
                          "The target is not empty: its MongoDB has messages already. Nothing was "
                          "changed there. Name an empty database."};
        }
        Progress progress{"messages to MongoDB", rows_of(target.archived)};
        const auto told = [&progress](std::size_t count) { progress.add(count); };
        co_await messages.bring_in(*target.database, told);
        progress.finish();
        co_await messages.compare(*target.database, [](std::size_t) {});
    }

    // What would be stored on top of the archive.
    Task<void> check_log(const MovedDatabase& moved) {
        for (const std::string_view topic : moved.need.topics) {
            store::Partition partition{.topic = std::string{topic}};
            const std::uint32_t partitions = co_await set_.log().partitions(partition.topic);
            for (; partition.number < partitions; ++partition.number) {
                const store::LogEnds ends = co_await set_.log().ends(partition);
                const bool is_empty =
                    co_await store::is_all_before(set_.log(), partition, ends.first - 1, ends.last);
                if (!is_empty) {
                    throw Failure{
                        Kind::conflict, "import.not_empty",
                        "The log of the target has records of " + partition.topic +
                            " already, which would be stored beside those of the archive. "
                            "Begin with an empty one."};
                }
            }
        }
    }

    // Small files of the folder; what is there and the same stays.
    void write_files() const {
        for (const store::ArchiveFile& file : manifest_.files) {
            const std::string body = store::read_archived(folder_, file);
            const fs::path path = set_.folder().path() / file.name;
            std::ifstream in{path, std::ios::binary};
            const std::string text{std::istreambuf_iterator<char>{in}, {}};
            const auto there = store::read_stamped(text);
            if (in && there && there->is_stamped && there->body == body) {
                continue;
            }
            const store::FileStamp stamp = set_.folder().stamp_text(file.name);
            const std::uint64_t changes = stamp.mark->value() + 1;
            store::replace_file(path, store::with_stamp(body, stamp.folder, changes));
            stamp.mark->raise(changes);
        }
    }

    bool is_elsewhere(const Target& target) const { return set_.is_elsewhere(target.moved.need); }
    bool was_interrupted() const { return set_.was_interrupted(); }

    // What is there now belongs into the folder; a log says by itself which one it is.
    void settle() {
        set_.log();
        set_.folder().settle();
    }

  private:
    static Task<bool> is_empty(const Target& target) {
        for (const store::TableShape& shape : target.moved.shapes) {
            const bool has_none = co_await store::is_empty_table(*target.database, shape);
            if (!has_none) {
                co_return false;
            }
        }
        co_return true;
    }

    // Unless it is what an import before has brought to its end.
    static Task<void> refuse_others(const Target& target) {
        for (std::size_t i = 0; i < target.moved.shapes.size(); ++i) {
            const store::ArchiveTable& wanted = target.archived.tables[i];
            const store::TableSum found =
                co_await store::sum_of_table(*target.database, target.moved.shapes[i]);
            if (found != store::TableSum{wanted.rows, wanted.sha256}) {
                throw Failure{Kind::conflict, "import.not_empty",
                              fmt::format("The target is not empty: its database {} has data that "
                                          "is not of this archive (table {}). Nothing was changed. "
                                          "Name an empty data folder or an empty database.",
                                          target.archived.name, wanted.name)};
            }
        }
    }

    Task<void> fill_table(store::Filling& filling, const store::TableShape& shape,
                          const store::ArchiveTable& table, Progress& progress) {
        const auto done = static_cast<std::size_t>(filling.parts_of(shape.name));
        for (std::size_t i = 0; i < table.parts.size(); ++i) {
            const store::ArchivePart& part = table.parts[i];
            if (i >= done) {
                std::string text = store::read_archived(folder_, part);
                try {
                    co_await filling.add_part(shape, std::move(text));
                } catch (Failure& failure) {
                    failure.message = part.file + ": " + failure.message;
                    if (!failure.detail.empty()) {
                        failure.message += " (" + failure.detail + ")";
                    }
                    throw;
                }
            }
            progress.add(static_cast<std::size_t>(part.rows));
        }
    }

    fs::path folder_;
    const store::ArchiveManifest& manifest_;
    MovedSet& set_;
    store::Filling::Numbers numbers_;
};

Task<void> import_all(Import& import, DeadImport& dead,
                      const std::vector<std::unique_ptr<Target>>& targets) {
    for (const auto& target : targets) {
        co_await import.open(*target);
    }
    import.settle();
    // The one beside the data is taken away in the end.
    const auto is_whole = [&import](const auto& target) {
        return target->is_whole || import.is_elsewhere(*target);
    };
    const bool are_all = std::ranges::all_of(targets, is_whole);
    for (const auto& target : targets) {
        if (!are_all) {
            co_await import.check_log(target->moved);
        }
    }
    co_await dead.check();
    for (const auto& target : targets) {
        if (!target->is_whole) {
            co_await import.fill(*target);
        }
    }
    fmt::print(stderr, "reading again what is there\n");
    for (const auto& target : targets) {
        co_await import.compare(*target);
    }
    for (const auto& target : targets) {
        if (import.is_elsewhere(*target)) {
            const bool may_be_there = are_all || import.was_interrupted();
            co_await import.bring_elsewhere(*target, may_be_there);
        }
    }
    co_await dead.bring_in();
    import.write_files();
    import.settle();
    fmt::print(stderr, "giving it free\n");
    for (const auto& target : targets) {
        if (!target->is_whole) {
            co_await import.finish(*target);
        }
    }
}

void check_only(const ImportArchiveOptions& options, const store::ArchiveManifest& manifest,
                const std::vector<MovedDatabase>& databases) {
    Progress progress{"rows", rows_of(manifest)};
    check_content(options.folder, manifest, databases, Depth::rows,
                  [&progress](std::size_t rows) { progress.add(rows); });
    progress.finish();
    print_tables(manifest);
    fmt::print("{}: the archive is whole and fits this program\n", text_of_all(manifest));
}

// The URL of who may make tables.
runtime::StoreConfig stores_of(const ImportArchiveOptions& options) {
    auto stores = options.common.load().get<runtime::StoreConfig>("store");
    check_kinds(stores);
    if (!options.url.empty() && stores.sql.kind == "postgres") {
        stores.sql.url = options.url;
    } else if (stores.sql.url.contains("{service}")) {
        throw Failure{Kind::invalid, "config.invalid",
                      std::string{"store.sql.url has a role for each service, and none of them may "
                                  "change schemas: name their owner with --url or "} +
                          schema_owner_variable + "."};
    }
    return stores;
}

}  // namespace

int import_archive(const ImportArchiveOptions& options) {
    const std::vector<MovedDatabase> databases = moved_databases();
    const store::ArchiveManifest manifest = store::read_archive(options.folder);
    check_fitting(manifest, databases);
    if (options.is_check) {
        check_only(options, manifest, databases);
        return 0;
    }
    const runtime::StoreConfig stores = stores_of(options);
    fmt::print(stderr, "reading the archive\n");
    check_content(options.folder, manifest, databases, Depth::bytes, [](std::size_t) {});
    refuse_users(stores);
    MovedSet set{options.common.data, stores};
    std::vector<std::unique_ptr<Target>> targets;
    for (std::size_t i = 0; i < databases.size(); ++i) {
        targets.push_back(std::make_unique<Target>(databases[i], manifest.databases[i]));
    }
    const bool has_sequences = stores.sql.kind == "postgres";
    Import import{
        options.folder, manifest, set,
        has_sequences ? store::Filling::Numbers::by_sequence : store::Filling::Numbers::by_content};
    aio::Loop loop{"command"};
    DeadImport dead{options.folder, manifest, set.log()};
    aio::run_to_end(loop, import_all(import, dead, targets));
    targets.clear();
    set.drop_beside();
    fmt::print("{}: counts and hashes are those of the archive\n", text_of_all(manifest));
    return 0;
}

}  // namespace loquat::app
