#include "store/archive/archive.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "store/archive/row_text.hpp"
#include "store/archive/table_shape.hpp"
#include "store/tests/people_schema.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

// The form of archives: lines, parts and the manifest.
namespace loquat::store {
namespace {

namespace fs = std::filesystem;
using test::code_of;

constexpr std::array<Migration, 2> odd_schema{{{1, "first", R"sql(
CREATE TABLE places (topic TEXT NOT NULL PRIMARY KEY);
CREATE TABLE parents (a TEXT NOT NULL, b BLOB NOT NULL, PRIMARY KEY (b, a));
)sql"},
                                               {2, "second", R"sql(
ALTER TABLE parents ADD COLUMN share DOUBLE PRECISION;
CREATE TABLE marks (one INTEGER PRIMARY KEY, user BIGINT);
)sql"}}};

const DatabaseNeed odd{.name = "odd", .schema = odd_schema, .passing = {"places"}};

TableShape shape_named(const std::string& name) {
    for (TableShape& shape : shapes_of(odd)) {
        if (shape.name == name) {
            return std::move(shape);
        }
    }
    return {};
}

std::string read_file(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const fs::path& file, const std::string& text) {
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out << text;
}

TEST(TableShapes, are_what_all_steps_make_without_tables_that_pass) {
    const std::vector<TableShape> shapes = shapes_of(odd);

    ASSERT_EQ(shapes.size(), 2U);
    EXPECT_EQ(shapes[0].name, "parents");
    EXPECT_EQ(shapes[0].column_names(), (std::vector<std::string>{"a", "b", "share"}));
    EXPECT_EQ(shapes[0].key, (std::vector<std::size_t>{1, 0}));
    EXPECT_EQ(shapes[0].columns[2].kind, ColumnKind::number);
    EXPECT_FALSE(shapes[0].counting);
    EXPECT_EQ(shapes[1].name, "marks");
    EXPECT_EQ(shapes[1].counting, 0U);
}

TEST(TableShapes, have_parents_before_those_that_refer_to_them) {
    const std::vector<TableShape> shapes = shapes_of({.name = "people", .schema = people_schema});

    ASSERT_EQ(shapes.size(), 2U);
    EXPECT_EQ(shapes[0].name, "people");
    EXPECT_EQ(shapes[1].name, "pets");
}

TEST(ArchiveLine, gives_back_every_kind_of_value) {
    const TableShape parents = shape_named("parents");
    const TableShape marks = shape_named("marks");
    const std::vector<std::vector<Value>> texts{
        {"grüße \"\\\n\t😀", Blob{std::string("\0\1\xff", 3)}, 0.1},
        {std::string("a\0b", 3), Blob{}, -2.0},
        {"", Blob{"x"}, Value{}}};
    const std::vector<Value> numbers{std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max()};

    for (const std::vector<Value>& values : texts) {
        std::string line;
        append_line(line, parents, values);
        EXPECT_EQ(std::ranges::count(line, '\n'), 1) << line;
        EXPECT_EQ(read_line(parents, std::string_view{line}.substr(0, line.size() - 1)), values);
    }
    std::string line;
    append_line(line, marks, numbers);
    EXPECT_EQ(line, "[-9223372036854775808,9223372036854775807]\n");
    EXPECT_EQ(read_line(marks, line.substr(0, line.size() - 1)), numbers);
}

TEST(ArchiveLine, is_refused_when_it_is_no_row_of_its_table) {
    const TableShape marks = shape_named("marks");
    const TableShape parents = shape_named("parents");

    for (const char* line : {"", "[1", "{}", "[1]", "[1,2,3]", "[1,\"2\"]", "[1,2.5]", "[true,1]",
                             "[18446744073709551615,1]"}) {
        EXPECT_EQ(code_of([&] { read_line(marks, line); }), "archive.damaged") << line;
    }
    for (const char* line : {R"(["a","?",1])", R"(["a",1,1])", R"([1,"",1])", R"(["a","","1"])"}) {
        EXPECT_EQ(code_of([&] { read_line(parents, line); }), "archive.damaged") << line;
    }
}

TEST(ArchiveLine, cannot_hold_a_text_that_is_not_utf8) {
    std::string line;

    const std::string code =
        code_of([&] { append_line(line, shape_named("parents"), {"\xff", Blob{}, Value{}}); });

    EXPECT_EQ(code, "archive.text");
}

struct ArchiveFiles : testing::Test {
    test::TemporaryFolder place;
    fs::path folder = place / "archive";

    void make() const {
        ArchiveWriter writer{folder};
        ArchiveManifest manifest;
        manifest.id = Uuid::make();
        manifest.program = "1.2.3";
        ArchiveTable table{
            .name = "marks", .columns = {"one", "user"}, .rows = 2, .sha256 = "", .parts = {}};
        table.parts.push_back(writer.write_part("odd.marks.000001.jsonl", "[1,2]\n[2,null]\n", 2));
        table.sha256 = table.parts.front().sha256;
        manifest.databases.push_back({.name = "odd", .steps = steps_of(odd), .tables = {table}});
        manifest.files.push_back(writer.write_file("keys.json", "{}"));
        writer.finish(manifest);
    }
    void read() const {
        const ArchiveManifest manifest = read_archive(folder);
        for (const ArchivePart& part : manifest.databases.at(0).tables.at(0).parts) {
            read_archived(folder, part);
        }
        for (const ArchiveFile& file : manifest.files) {
            read_archived(folder, file);
        }
    }
    // What reading says of the archive; empty when nothing.
    std::string complaint() const {
        try {
            read();
        } catch (const Failure& failure) {
            return failure.code + ": " + failure.message;
        }
        return {};
    }
};

TEST_F(ArchiveFiles, are_read_as_they_were_written_and_are_for_their_user_alone) {
    make();

    const ArchiveManifest manifest = read_archive(folder);

    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(manifest.program, "1.2.3");
    EXPECT_EQ(manifest.databases.at(0).steps, steps_of(odd));
    EXPECT_EQ(read_archived(folder, manifest.files.at(0)), "{}");
    EXPECT_FALSE(fs::exists(folder / "unfinished"));
    EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
    for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
        EXPECT_EQ(entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all),
                  fs::perms::none)
            << entry.path();
    }
}

TEST_F(ArchiveFiles, are_refused_by_name_whichever_byte_of_them_is_changed_or_missing) {
    make();
    for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
        const std::string good = read_file(entry.path());
        const std::string name = entry.path().filename();
        // The manifest and its sum are one.
        const std::string named = name == "manifest.sha256" ? "manifest.json" : name;
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 1);
            write_file(entry.path(), bad);
            const std::string said = complaint();
            EXPECT_TRUE(said.starts_with("archive.damaged: ")) << name << " " << i << " " << said;
            EXPECT_NE(said.find(named), std::string::npos) << said;
            write_file(entry.path(), good.substr(0, i));
            EXPECT_TRUE(complaint().starts_with("archive.damaged: ")) << name << " cut at " << i;
        }
        write_file(entry.path(), good + "\n");
        EXPECT_NE(complaint().find(named), std::string::npos) << name;
        write_file(entry.path(), good);
    }

    EXPECT_EQ(complaint(), "");
}

TEST_F(ArchiveFiles, are_missed_by_name) {
    make();
    fs::remove(folder / "odd.marks.000001.jsonl");

    const std::string said = complaint();

    EXPECT_TRUE(said.starts_with("archive.damaged: ")) << said;
    EXPECT_NE(said.find("odd.marks.000001.jsonl is missing"), std::string::npos) << said;
}

TEST_F(ArchiveFiles, that_name_others_outside_are_refused) {
    int count = 0;
    for (const char* name : {"../keys", "/etc/keys", "keys/../../keys", "keys/one", ".keys", ""}) {
        const fs::path one = place / std::to_string(++count);
        ArchiveWriter writer{one};
        ArchiveManifest manifest;
        manifest.files.push_back({.name = name, .bytes = 0, .sha256 = ""});
        writer.finish(manifest);

        EXPECT_EQ(code_of([&] { read_archive(one); }), "archive.damaged") << name;
    }
}

TEST_F(ArchiveFiles, are_no_archive_before_the_export_has_come_to_its_end) {
    {
        ArchiveWriter writer{folder};
        writer.write_part("odd.marks.000001.jsonl", "[1,2]\n", 1);
    }

    EXPECT_EQ(code_of([&] { read_archive(folder); }), "archive.unfinished");
    EXPECT_EQ(code_of([&] { read_archive(place / "nothing"); }), "archive.none");
}

TEST_F(ArchiveFiles, that_an_interrupted_export_left_are_written_anew) {
    {
        ArchiveWriter writer{folder};
        writer.write_part("odd.marks.000001.jsonl", "[9,9]\n", 1);
        writer.write_part("odd.marks.000002.jsonl", "[10,9]\n", 1);
    }

    make();

    EXPECT_EQ(complaint(), "");
    EXPECT_FALSE(fs::exists(folder / "odd.marks.000002.jsonl"));
}

TEST_F(ArchiveFiles, take_no_place_that_something_else_has) {
    make();
    fs::create_directories(place / "photos");
    write_file(place / "photos" / "one.jpg", "...");

    EXPECT_EQ(code_of([&] { ArchiveWriter{folder}; }), "export.target_exists");
    EXPECT_EQ(code_of([&] { ArchiveWriter{place / "photos"}; }), "export.target_exists");
    EXPECT_TRUE(fs::exists(place / "photos" / "one.jpg"));
    EXPECT_EQ(complaint(), "");
}

}  // namespace
}  // namespace loquat::store
