#include <filesystem>

#include "apps/loquat/commands.hpp"
#include "apps/loquat/import.hpp"
#include "apps/loquat/move/moved_set.hpp"

namespace loquat::app {
namespace {

void add_options_of_lines(const Command& command, ImportOptions& options) {
    command.option("--room-field", options.fields.room, "member that names the room")
        .takes("NAME")
        .with_default();
    command.option("--user-field", options.fields.user, "member that names the sender")
        .takes("NAME")
        .with_default();
    command.option("--text-field", options.fields.text, "member that holds the text")
        .takes("NAME")
        .with_default();
    command.option("--limit", options.lines_max, "lines to read at most; 0: all")
        .takes("COUNT")
        .with_default();
    command.option("--owner", options.owner, "user name of who shall own the rooms")
        .takes("NAME")
        .with_default();
    command.option("--title-prefix", options.title_prefix, "put before each room's name")
        .takes("TEXT");
    command.flag("--private", options.is_private, "make private rooms instead of public ones");
    command.flag("--demo", options.is_demo,
                 "members day, nick, text; 5,000 lines; an account `demo` that owns them");
}

// A folder is an archive; anything else has lines.
int import_any(const ImportOptions& lines, ImportArchiveOptions archive) {
    if (lines.file != "-" && std::filesystem::is_directory(lines.file)) {
        archive.common = lines.common;
        archive.folder = lines.file;
        return import_archive(archive);
    }
    if (archive.is_check) {
        refuse_option("--check", "wants the folder of an archive, not " + lines.file);
    }
    return import_lines(lines);
}

}  // namespace

void add_import(Command program, int& code) {
    const Command command =
        program.add("import", "bring in an archive of `loquat export`, or lines of JSON");
    auto options = std::make_shared<ImportOptions>();
    auto archive = std::make_shared<ImportArchiveOptions>();
    archive->url = runtime::environment_value(schema_owner_variable);
    options->common.add_to(command);
    command
        .option("file", options->file,
                "the folder of an archive; or a file of lines, - for standard input")
        .takes("FILE")
        .with_default();
    command.flag("--check", archive->is_check, "of an archive: read all of it and write nothing");
    command
        .option("--url", archive->url,
                "of an archive: the role that owns the schemas at the database server (default: "
                "$LOQUAT_MIGRATE_URL, else store.sql.url)")
        .takes("URL");
    add_options_of_lines(command, *options);
    command.footer(
        "An archive goes into an empty data folder, or into empty databases and logs at servers as "
        "store.* names them,\n"
        "while no process of Loquat runs. Interrupted, nothing can be started on what is there; "
        "run "
        "again it goes on. In\n"
        "the end all is read again, and counts and hashes of each table are those of the "
        "archive.\n\n"
        "Of lines: people who have no account get one with a random password. Rooms are found by "
        "their title. A line that\n"
        "was imported before, in this file or another one, is not repeated; equal lines of one "
        "file "
        "count each. What an early\n"
        "build of 0.1.0 imported was known by the number of its line only and comes twice when it "
        "is given again: remove\n"
        "those rooms first. Works beside a running platform and without one. The file is UTF-8, "
        "with or without a byte\n"
        "order mark.\n"
        "Exit codes: 0 all imported, 1 failed or lines were left out (each is listed with "
        "its number), 2 called wrongly.\n"
        "examples:\n"
        "  loquat import /srv/moving --config servers.yaml\n"
        "  loquat import /srv/moving --check\n"
        "  loquat import team.jsonl --owner ana\n"
        "  zcat log.jsonl.gz | loquat import - --room-field day --user-field nick --limit 5000");
    command.on_run([options, archive, &code] { code = import_any(*options, *archive); });
}

}  // namespace loquat::app
