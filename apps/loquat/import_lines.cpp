#include "apps/loquat/import_lines.hpp"

#include <set>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "wire/json.hpp"

namespace loquat::app {
namespace {

std::string member_text(const wire::Value& line, const std::string& name) {
    const wire::Value* member = line.find(name);
    if (member == nullptr || member->if_string() == nullptr) {
        throw Failure{Kind::invalid, "import.bad_line", "has no text member \"" + name + "\""};
    }
    return *member->if_string();
}

std::string clean(const std::string& text) {
    std::string out = normalise_line_ends(text);
    while (const auto at = find_control_character(out)) {
        const bool is_c1 = static_cast<unsigned char>(out[*at]) == 0xC2;
        out.erase(*at, is_c1 ? 2 : 1);
    }
    return out;
}

// Different names of the file never become one user.
void give_username(ImportPlan& plan, std::set<std::string>& taken, const std::string& name) {
    if (plan.usernames.contains(name)) {
        return;
    }
    const std::string base = to_username(name);
    std::string chosen = base;
    for (int number = 2; taken.contains(chosen); ++number) {
        const std::string suffix = "-" + std::to_string(number);
        chosen = base.substr(0, 32 - suffix.size()) + suffix;
    }
    taken.insert(chosen);
    plan.usernames.emplace(name, chosen);
}

}  // namespace

std::string to_username(const std::string& name) {
    std::string out;
    for (const char c : to_lower_ascii(name)) {
        const bool is_fit =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
        if (is_fit && out.size() < 32) {
            out.push_back(c);
        }
    }
    while (out.size() < 3) {
        out.push_back('_');
    }
    return out;
}

ImportPlan read_lines(std::istream& in, const LineFields& fields, std::size_t lines_max) {
    ImportPlan plan;
    std::set<std::string> taken;
    std::string raw;
    while ((lines_max == 0 || plan.lines < lines_max) && std::getline(in, raw)) {
        ++plan.lines;
        if (trim(raw).empty()) {
            continue;
        }
        try {
            const wire::Value line = wire::parse(raw);
            const std::string room = member_text(line, fields.room);
            ImportLine one{plan.lines, member_text(line, fields.user),
                           clean(member_text(line, fields.text))};
            if (trim(one.text).empty()) {
                throw Failure{Kind::invalid, "import.bad_line", "has an empty text"};
            }
            give_username(plan, taken, one.user);
            plan.rooms[room].push_back(std::move(one));
        } catch (const Failure& failure) {
            plan.skipped.push_back({plan.lines, failure.message});
        }
    }
    return plan;
}

}  // namespace loquat::app
