#include "wire/json.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <charconv>
#include <cmath>

#include "base/failure.hpp"

namespace loquat::wire {
namespace {

// Builds a Value tree from parse events.  Keeps one stack of values and one of where containers
// began.
class Builder {
  public:
    static constexpr std::size_t max_object_size = 100'000;
    static constexpr std::size_t max_array_size = 1'000'000;
    static constexpr std::size_t max_key_size = 1 << 20;
    static constexpr std::size_t max_string_size = 64 << 20;

    bool on_document_begin(boost::json::error_code&) { return true; }
    bool on_document_end(boost::json::error_code&) { return true; }
    bool on_object_begin(boost::json::error_code&) {
        starts_.push_back(values_.size());
        return true;
    }
    bool on_object_end(std::size_t count, boost::json::error_code& error) {
        const std::size_t start = starts_.back();
        starts_.pop_back();
        Object object;
        object.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            object.emplace_back(std::move(keys_[keys_.size() - count + i]),
                                std::move(values_[start + i]));
        }
        keys_.resize(keys_.size() - count);
        values_.resize(start);
        if (has_duplicate(object)) {
            duplicate_ = true;
            error = boost::json::error::object_too_large;
            return false;
        }
        values_.emplace_back(std::move(object));
        return true;
    }
    bool on_array_begin(boost::json::error_code&) {
        starts_.push_back(values_.size());
        return true;
    }
    bool on_array_end(std::size_t, boost::json::error_code&) {
        const std::size_t start = starts_.back();
        starts_.pop_back();
        Array array{std::make_move_iterator(values_.begin() + static_cast<std::ptrdiff_t>(start)),
                    std::make_move_iterator(values_.end())};
        values_.resize(start);
        values_.emplace_back(std::move(array));
        return true;
    }
    bool on_key_part(boost::json::string_view part, std::size_t, boost::json::error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_key(boost::json::string_view part, std::size_t, boost::json::error_code&) {
        text_.append(part.data(), part.size());
        keys_.push_back(std::exchange(text_, {}));
        return true;
    }
    bool on_string_part(boost::json::string_view part, std::size_t, boost::json::error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_string(boost::json::string_view part, std::size_t, boost::json::error_code&) {
        text_.append(part.data(), part.size());
        values_.emplace_back(std::exchange(text_, {}));
        return true;
    }
    bool on_number_part(boost::json::string_view part, boost::json::error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_int64(std::int64_t value, boost::json::string_view, boost::json::error_code&) {
        text_.clear();
        values_.emplace_back(value);
        return true;
    }
    bool on_uint64(std::uint64_t value, boost::json::string_view, boost::json::error_code&) {
        text_.clear();
        values_.emplace_back(value);
        return true;
    }
    // The parser's own value may be off in the last digit; the text is not.
    bool on_double(double value, boost::json::string_view part, boost::json::error_code&) {
        text_.append(part.data(), part.size());
        std::from_chars(text_.data(), text_.data() + text_.size(), value);
        text_.clear();
        values_.emplace_back(value);
        return true;
    }
    bool on_bool(bool value, boost::json::error_code&) {
        values_.emplace_back(value);
        return true;
    }
    bool on_null(boost::json::error_code&) {
        values_.emplace_back(nullptr);
        return true;
    }
    bool on_comment_part(boost::json::string_view, boost::json::error_code&) { return false; }
    bool on_comment(boost::json::string_view, boost::json::error_code&) { return false; }

    bool found_duplicate() const { return duplicate_; }
    Value take() { return std::move(values_.front()); }

  private:
    // Small objects are compared pair by pair, large ones by sorting.
    static bool has_duplicate(const Object& object) {
        if (object.size() <= 16) {
            for (std::size_t i = 1; i < object.size(); ++i) {
                for (std::size_t j = 0; j < i; ++j) {
                    if (object[i].first == object[j].first) {
                        return true;
                    }
                }
            }
            return false;
        }
        std::vector<std::string_view> names;
        names.reserve(object.size());
        for (const Member& member : object) {
            names.emplace_back(member.first);
        }
        std::ranges::sort(names);
        return std::ranges::adjacent_find(names) != names.end();
    }

    std::vector<Value> values_;
    std::vector<std::size_t> starts_;
    std::vector<std::string> keys_;
    std::string text_;
    bool duplicate_ = false;
};

void append_pretty(std::string& out, const Value& value, std::size_t depth) {
    const auto new_line = [&](std::size_t by) {
        out.push_back('\n');
        out.append(by * 2, ' ');
    };
    const Array* array = value.if_array();
    const Object* object = value.if_object();
    if ((array == nullptr || array->empty()) && (object == nullptr || object->empty())) {
        append_json(out, value);
        return;
    }
    out.push_back(array != nullptr ? '[' : '{');
    bool first = true;
    const auto next = [&] {
        if (!std::exchange(first, false)) {
            out.push_back(',');
        }
        new_line(depth + 1);
    };
    if (array != nullptr) {
        for (const Value& item : *array) {
            next();
            append_pretty(out, item, depth + 1);
        }
    } else {
        for (const auto& [name, member] : *object) {
            next();
            append_json_string(out, name);
            out.append(": ");
            append_pretty(out, member, depth + 1);
        }
    }
    new_line(depth);
    out.push_back(array != nullptr ? ']' : '}');
}

struct Append {
    std::string& out;

    void operator()(std::nullptr_t) const { out.append("null"); }
    void operator()(bool value) const { out.append(value ? "true" : "false"); }
    void operator()(std::int64_t value) const { whole(value); }
    void operator()(std::uint64_t value) const { whole(value); }
    void operator()(double value) const { append_json_number(out, value); }
    void operator()(const std::string& value) const { append_json_string(out, value); }
    void operator()(const Array& array) const {
        out.push_back('[');
        for (std::size_t i = 0; i < array.size(); ++i) {
            if (i > 0) {
                out.push_back(',');
            }
            append_json(out, array[i]);
        }
        out.push_back(']');
    }
    void operator()(const Object& object) const {
        out.push_back('{');
        for (std::size_t i = 0; i < object.size(); ++i) {
            if (i > 0) {
                out.push_back(',');
            }
            append_json_string(out, object[i].first);
            out.push_back(':');
            append_json(out, object[i].second);
        }
        out.push_back('}');
    }

  private:
    template <class Number>
    void whole(Number value) const {
        std::array<char, 24> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
        out.append(text.data(), end);
    }
};

}  // namespace

const Value* Value::find(std::string_view name) const {
    const Object* object = if_object();
    if (object == nullptr) {
        return nullptr;
    }
    for (const Member& member : *object) {
        if (member.first == name) {
            return &member.second;
        }
    }
    return nullptr;
}

void Value::set(std::string name, Value value) {
    if (if_object() == nullptr) {
        any_ = Object{};
    }
    Object& object = std::get<Object>(any_);
    for (Member& member : object) {
        if (member.first == name) {
            member.second = std::move(value);
            return;
        }
    }
    object.emplace_back(std::move(name), std::move(value));
}

Value parse(std::string_view text, ParseLimits limits) {
    boost::json::parse_options options;
    options.max_depth = limits.depth_max;
    boost::json::basic_parser<Builder> parser{options};
    boost::json::error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (!error && used < text.size()) {
        error = boost::json::error::extra_data;
    }
    if (error) {
        const std::string why = parser.handler().found_duplicate()      ? "a member is there twice"
                                : error == boost::json::error::too_deep ? "nested too deeply"
                                                                        : error.message();
        throw Failure{
            Kind::malformed, "request.malformed_json",
            "The text is not valid JSON at byte " + std::to_string(used) + ": " + why + "."};
    }
    return parser.handler().take();
}

void append_json(std::string& out, const Value& value) { std::visit(Append{out}, value.any()); }

std::string to_json(const Value& value) {
    std::string out;
    append_json(out, value);
    return out;
}

std::string to_pretty_json(const Value& value) {
    std::string out;
    append_pretty(out, value, 0);
    return out;
}

void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    std::size_t clean_from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x20 && byte != '"' && byte != '\\') {
            continue;
        }
        out.append(text, clean_from, i - clean_from);
        clean_from = i + 1;
        switch (byte) {
            case '"':
                out.append("\\\"");
                break;
            case '\\':
                out.append("\\\\");
                break;
            case '\n':
                out.append("\\n");
                break;
            case '\t':
                out.append("\\t");
                break;
            case '\r':
                out.append("\\r");
                break;
            default:
                out.append("\\u00");
                out.push_back("0123456789abcdef"[byte >> 4]);
                out.push_back("0123456789abcdef"[byte & 15]);
        }
    }
    out.append(text, clean_from, text.size() - clean_from);
    out.push_back('"');
}

void append_json_number(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out.append("null");
        return;
    }
    if (value == 0) {
        out.push_back('0');  // not "-0", which reads back as a whole number and is written as "0"
        return;
    }
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
}

}  // namespace loquat::wire
