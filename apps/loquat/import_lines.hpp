#pragma once
#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace loquat::app {

// Names of the members of each JSON line.
struct LineFields {
    std::string room = "room";
    std::string user = "user";
    std::string text = "text";
};

struct ImportLine {
    std::size_t number = 0;  // from 1
    std::string client_id;   // of what the line says and how many like it came before in the file
    std::string user;        // as in the file
    std::string text;        // line ends normalised, control characters removed
};

struct SkippedLine {
    std::size_t number = 0;
    std::string why;
};

// Some lines of a file, by room, each room in the order of the file.
struct ImportPortion {
    std::map<std::string, std::vector<ImportLine>> rooms;
    std::vector<std::pair<std::string, std::string>> newcomers;  // name in the file, user name here
    std::vector<SkippedLine> skipped;
};

// Reads a file portion by portion.  Lines that are no JSON object, lack a member, have an empty
// room or text or are too long are skipped and listed; nothing is lost silently.  Keeps the names
// of the people and 8 bytes of each line, not the lines.
class LineReader {
  public:
    // At most `lines_max` lines (0: all).  `in` must outlive it.
    LineReader(std::istream& in, LineFields fields, std::size_t lines_max)
        : in_(in), fields_(std::move(fields)), lines_max_(lines_max) {}

    // The next `lines` lines; none at the end.  Throws import.not_utf8 for another encoding.
    std::optional<ImportPortion> next(std::size_t lines);

    std::size_t lines() const { return lines_; }
    std::size_t people() const { return usernames_.size(); }

  private:
    void read_line(const std::string& raw, ImportPortion& portion);
    std::string name_line(std::string_view raw, const ImportLine& line);
    void give_username(ImportPortion& portion, const std::string& name);

    std::istream& in_;
    LineFields fields_;
    std::size_t lines_max_;
    std::size_t lines_ = 0;
    std::map<std::string, std::string> usernames_;  // all different
    std::set<std::string> taken_;
    std::unordered_map<std::uint64_t, std::uint32_t> seen_;  // lines by a part of their digest
};

// `[Jdub]` becomes `jdub`, `a` becomes `a__`: 3 to 32 of a-z 0-9 _ . -
std::string to_username(const std::string& name);

}  // namespace loquat::app
