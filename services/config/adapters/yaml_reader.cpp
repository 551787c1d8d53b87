#include "services/config/adapters/yaml_reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t entries_max = 10'000;
constexpr int depth_max = 64;
constexpr std::size_t documents_max = 100;
constexpr std::size_t visits_max = 100'000;

[[noreturn]] void refuse(const YAML::Mark& mark, const std::string& why) {
    throw Failure{Kind::invalid, "config.malformed",
                  "line " + std::to_string(mark.line + 1) + ", column " +
                      std::to_string(mark.column + 1) + ": " + why};
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        const bool is_upper =
            text.size() == word.size() && equal_ignoring_case(text, word) &&
            (text == word || text == to_lower_ascii(text) ||
             text.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos ||
             text.substr(1) == to_lower_ascii(text.substr(1)));
        if (is_upper) {
            return true;
        }
    }
    return false;
}

// Decimal, 0x, 0b and octal with a leading 0; underscores between digits.
std::optional<std::int64_t> whole_number(std::string_view text) {
    std::string digits;
    for (const char letter : text) {
        if (letter != '_') {
            digits += letter;
        }
    }
    const bool is_negative = digits.starts_with('-');
    std::string_view rest = digits;
    if (is_negative || rest.starts_with('+')) {
        rest.remove_prefix(1);
    }
    int base = 10;
    if (rest.starts_with("0x")) {
        base = 16;
        rest.remove_prefix(2);
    } else if (rest.starts_with("0b")) {
        base = 2;
        rest.remove_prefix(2);
    } else if (rest.size() > 1 && rest.starts_with('0')) {
        base = 8;
        rest.remove_prefix(1);
    }
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number, base);
    const bool is_whole = !rest.empty() && error == std::errc{} && end == rest.data() + rest.size();
    if (!is_whole || text.starts_with('_') || number > 0x7fffffffffffffffU) {
        return std::nullopt;
    }
    return is_negative ? -static_cast<std::int64_t>(number) : static_cast<std::int64_t>(number);
}

std::optional<double> broken_number(std::string_view text) {
    const bool looks_so = text.find_first_of("0123456789") != std::string_view::npos &&
                          text.find_first_not_of("+-.0123456789eE") == std::string_view::npos &&
                          text.find('.') != std::string_view::npos;
    if (!looks_so) {
        return std::nullopt;
    }
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional{number}
                                                                    : std::nullopt;
}

wire::Value scalar_of(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() != "?" && !node.Tag().empty()) {
        return text;  // quoted, or of a type that was said
    }
    if (is_one_of(text, {"true", "yes", "on"})) {
        return true;
    }
    if (is_one_of(text, {"false", "no", "off"})) {
        return false;
    }
    if (const auto number = whole_number(text)) {
        return *number;
    }
    if (const auto number = broken_number(text)) {
        return *number;
    }
    return text;
}

class Flattener {
  public:
    Document flatten(const YAML::Node& root) {
        if (root.IsMap()) {
            add_map(root, {}, 0);
        } else if (!root.IsNull()) {
            add(root, "document", 0);
        }
        return std::move(document_);
    }

  private:
    void put(const YAML::Node& node, std::string key, wire::Value value) {
        const YAML::Mark mark = node.Mark();
        Entry entry{.key = std::move(key),
                    .value = std::move(value),
                    .line = static_cast<std::uint32_t>(mark.line + 1),
                    .column = static_cast<std::uint32_t>(mark.column + 1)};
        const auto [known, is_new] = places_.try_emplace(entry.key, document_.entries.size());
        if (!is_new) {
            refuse(mark, "\"" + entry.key + "\" stands there twice");
        }
        if (document_.entries.size() == entries_max) {
            refuse(mark, "there are more than 10,000 settings");
        }
        document_.entries.push_back(std::move(entry));
    }

    void add(const YAML::Node& node, const std::string& key, int depth) {
        if (depth > depth_max) {
            refuse(node.Mark(), "it is deeper than 64 levels");
        }
        if (++visited_ > visits_max) {
            refuse(node.Mark(), "its aliases make too much of it");
        }
        switch (node.Type()) {
            case YAML::NodeType::Undefined:
            case YAML::NodeType::Null:
                put(node, key, "");
                return;
            case YAML::NodeType::Scalar:
                put(node, key, scalar_of(node));
                return;
            case YAML::NodeType::Sequence:
                if (node.size() == 0) {
                    put(node, key, "");
                }
                for (std::size_t i = 0; i < node.size(); ++i) {
                    add(node[i], key + "[" + std::to_string(i) + "]", depth + 1);
                }
                return;
            case YAML::NodeType::Map:
                add_map(node, key, depth);
                return;
        }
    }

    void add_map(const YAML::Node& node, const std::string& key, int depth) {
        for (const auto& pair : node) {
            if (!pair.first.IsScalar()) {
                refuse(pair.first.Mark(), "a name must be a word");
            }
            const std::string& name = pair.first.Scalar();
            const bool is_word = scalar_of(pair.first).if_string() != nullptr;
            const std::string part = is_word ? name : "[" + name + "]";
            const bool joins = key.empty() || part.starts_with('[');
            add(pair.second, joins ? key + part : key + "." + part, depth + 1);
        }
    }

    Document document_;
    std::size_t visited_ = 0;
    std::unordered_map<std::string, std::size_t> places_;
};

// Only counts: whether there is more than what one document takes.
class NoEvents final : public YAML::EventHandler {
  public:
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

bool is_mark(std::string_view line) {
    return (line.starts_with("---") || line.starts_with("...")) &&
           (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

// The library never ends with several documents of which one cannot go on, so each is given alone,
// behind as many empty lines as stand before it.
std::vector<std::string> documents_of(std::string_view text) {
    std::vector<std::string> documents;
    std::string here;
    bool is_empty = true;
    std::size_t number = 0;
    const auto close = [&](std::size_t next) {
        if (!is_empty) {
            documents.push_back(std::move(here));
        }
        here = std::string(next, '\n');
        is_empty = true;
    };
    for (const std::string_view line : split(text, '\n')) {
        if (is_mark(line)) {
            close(number);
        }
        const std::string_view rest = trim(line.starts_with("...") && is_mark(line) ? "" : line);
        const bool is_directive = is_empty && line.starts_with('%');
        here +=
            is_directive || (line.starts_with("...") && is_mark(line)) ? std::string_view{} : line;
        here += '\n';
        is_empty =
            is_empty && (rest.empty() || rest.starts_with('#') || rest == "---" || is_directive);
        ++number;
        if (documents.size() > documents_max) {
            throw Failure{Kind::invalid, "config.malformed", "there are more than 100 documents"};
        }
    }
    here.pop_back();  // the text's own end
    close(0);
    return documents;
}

void require_one_document(const std::string& text) {
    std::istringstream in{text};
    YAML::Parser parser{in};
    NoEvents nothing;
    if (parser.HandleNextDocument(nothing) && parser.HandleNextDocument(nothing)) {
        throw Failure{Kind::invalid, "config.malformed",
                      "there is something that belongs to nothing, such as a bracket"};
    }
}

}  // namespace

std::vector<Document> read_yaml(std::string_view text) {
    try {
        std::vector<Document> documents;
        for (const std::string& one : documents_of(text)) {
            require_one_document(one);
            documents.push_back(Flattener{}.flatten(YAML::Load(one)));
        }
        return documents;
    } catch (const YAML::Exception& error) {
        refuse(error.mark, error.msg);
    }
}

}  // namespace loquat::config
