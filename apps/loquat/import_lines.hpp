#pragma once
#include <functional>
#include <istream>
#include <map>
#include <optional>
#include <string>
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
    std::string user;        // as in the file
    std::string text;        // line ends normalised, control characters removed
};

struct SkippedLine {
    std::size_t number = 0;
    std::string why;
};

// A whole file, by room, each room in the order of the file.
struct ImportPlan {
    std::map<std::string, std::vector<ImportLine>> rooms;
    std::map<std::string, std::string>
        usernames;  // name in the file -> user name here, all different
    std::vector<SkippedLine> skipped;
    std::size_t lines = 0;
};

// Reads at most `lines_max` lines (0: all).  Lines that are no JSON object, lack a member or have
// an empty text are skipped and listed; nothing is lost silently.
ImportPlan read_lines(std::istream& in, const LineFields& fields, std::size_t lines_max);

// `[Jdub]` becomes `jdub`, `a` becomes `a__`: 3 to 32 of a-z 0-9 _ . -
std::string to_username(const std::string& name);

}  // namespace loquat::app
