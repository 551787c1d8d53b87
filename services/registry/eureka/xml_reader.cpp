#include "services/registry/eureka/xml_reader.hpp"

#include <expat.h>

#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/registry/eureka/json.hpp"
#include "wire/json.hpp"

namespace loquat::registry {
namespace {

constexpr std::size_t depth_max = 8;
constexpr std::size_t elements_max = 10'000;

// The document as a value in the form of Eureka's JSON: an element with elements in it is an
// object, another one a text; one with attributes has them as `@name` and its text as `$`.
class Tree {
  public:
    struct Element {
        std::string name;
        wire::Object members;
        std::string text;
        bool has_attributes = false;
    };

    explicit Tree(XML_Parser parser) : parser_(parser) {
        XML_SetUserData(parser, this);
        XML_SetElementHandler(parser, &Tree::on_start, &Tree::on_end);
        XML_SetCharacterDataHandler(parser, &Tree::on_text);
        XML_SetStartDoctypeDeclHandler(parser, &Tree::on_doctype);
    }

    const std::string& refusal() const { return refusal_; }
    const std::string& root() const { return root_; }
    const wire::Value& value() const { return value_; }

  private:
    static Tree& self(void* data) { return *static_cast<Tree*>(data); }

    void refuse(const char* why) {
        refusal_ = why;
        XML_StopParser(parser_, XML_FALSE);
    }

    static void on_start(void* data, const char* name, const char** attributes) {
        Tree& tree = self(data);
        if (tree.open_.size() >= depth_max || ++tree.elements_ > elements_max) {
            tree.refuse("it has too many elements");
            return;
        }
        Element element{.name = name};
        for (; attributes[0] != nullptr; attributes += 2) {
            element.members.emplace_back(std::string{"@"} + attributes[0],
                                         std::string{attributes[1]});
            element.has_attributes = true;
        }
        tree.open_.push_back(std::move(element));
    }

    static void on_text(void* data, const char* text, int size) {
        Tree& tree = self(data);
        if (!tree.open_.empty()) {
            tree.open_.back().text.append(text, static_cast<std::size_t>(size));
        }
    }

    static void on_end(void* data, const char*) {
        Tree& tree = self(data);
        Element ended = std::move(tree.open_.back());
        tree.open_.pop_back();
        if (tree.open_.empty()) {
            tree.root_ = ended.name;
            tree.value_ = value_of(std::move(ended));
        } else {
            Element& parent = tree.open_.back();
            const bool is_key = parent.name == "metadata";
            std::string name = is_key ? key_of_element(ended.name) : ended.name;
            parent.members.emplace_back(std::move(name), value_of(std::move(ended)));
        }
    }

    static void on_doctype(void* data, const char*, const char*, const char*, int) {
        self(data).refuse("it has a document type");
    }

    static wire::Value value_of(Element element) {
        const bool has_elements =
            element.members.size() > 0 && !element.members.back().first.starts_with('@');
        if (has_elements || (element.has_attributes && element.text.empty())) {
            return wire::Value{std::move(element.members)};
        }
        if (element.has_attributes) {
            element.members.emplace_back("$", std::string{trim(element.text)});
            return wire::Value{std::move(element.members)};
        }
        return wire::Value{std::move(element.text)};
    }

    XML_Parser parser_;
    std::vector<Element> open_;
    std::size_t elements_ = 0;
    std::string root_;
    wire::Value value_;
    std::string refusal_;
};

constexpr std::size_t escape_size = 6;  // of `_.hhhh`

// The unit of UTF-16 that an escape at the begin stands for.
std::optional<char32_t> unit_at(std::string_view name) {
    unsigned code = 0;
    if (name.size() < escape_size || !name.starts_with("_.") ||
        std::from_chars(name.data() + 2, name.data() + escape_size, code, 16).ptr !=
            name.data() + escape_size) {
        return std::nullopt;
    }
    return code;
}

void append_utf8(std::string& out, char32_t code) {
    const auto add = [&out](char32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xc0 | (code >> 6));
        add(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        add(0xe0 | (code >> 12));
        add(0x80 | ((code >> 6) & 0x3f));
        add(0x80 | (code & 0x3f));
    } else {
        add(0xf0 | (code >> 18));
        add(0x80 | ((code >> 12) & 0x3f));
        add(0x80 | ((code >> 6) & 0x3f));
        add(0x80 | (code & 0x3f));
    }
}

[[noreturn]] void refuse(std::string why) {
    throw Failure{Kind::malformed, "registry.malformed", "The XML cannot be read: " + why};
}

}  // namespace

std::string key_of_element(std::string_view name) {
    std::string key;
    while (!name.empty()) {
        if (name.starts_with("__")) {
            key += '_';
            name.remove_prefix(2);
        } else if (name.starts_with("_-")) {
            key += '$';
            name.remove_prefix(2);
        } else if (const auto unit = unit_at(name)) {
            name.remove_prefix(escape_size);
            const auto low = unit_at(name);
            const bool is_pair =
                *unit >= 0xd800 && *unit < 0xdc00 && low && *low >= 0xdc00 && *low < 0xe000;
            if (is_pair) {
                name.remove_prefix(escape_size);
                append_utf8(key, 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00));
            } else if (*unit < 0xd800 || *unit >= 0xe000) {
                append_utf8(key, *unit);
            }
        } else {
            key += name.front();
            name.remove_prefix(1);
        }
    }
    return key;
}

Instance read_instance_xml(std::string_view xml, Time now) {
    const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser{
        XML_ParserCreate("UTF-8"), &XML_ParserFree};
    if (!parser) {
        throw Failure{Kind::unavailable, "server.overloaded", "The server is busy. Try again."};
    }
    Tree tree{parser.get()};
    const auto parsed = XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE);
    if (!tree.refusal().empty()) {
        refuse(tree.refusal());
    }
    if (parsed != XML_STATUS_OK) {
        refuse(std::string{XML_ErrorString(XML_GetErrorCode(parser.get()))} + ", line " +
               std::to_string(XML_GetCurrentLineNumber(parser.get())));
    }
    if (tree.root() != "instance") {
        refuse("there is no instance in it");
    }
    return read_instance(&tree.value(), now);
}

}  // namespace loquat::registry
