#include "base/markdown/reader.hpp"

#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <string>

#include <md4c.h>
#include "base/markdown/entity.hpp"

namespace loquat::markdown {
namespace {

constexpr unsigned dialect =
    MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS;

// What the C library hands back to its callbacks.
struct Reading {
    std::string_view source;
    Listener& listener;
    std::exception_ptr error;
    const char* told_end = nullptr;  // of the latest text
};

template <class F>
int guarded(void* user, F&& tell) {
    Reading& reading = *static_cast<Reading*>(user);
    try {
        tell(reading);
        return 0;
    } catch (...) {
        reading.error = std::current_exception();
        return 1;
    }
}

// None for what only holds others.
std::optional<Element> find_element(MD_BLOCKTYPE type) {
    switch (type) {
        case MD_BLOCK_QUOTE:
            return Element::quote;
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
            return Element::list;
        case MD_BLOCK_LI:
            return Element::list_item;
        case MD_BLOCK_HR:
            return Element::rule;
        case MD_BLOCK_H:
            return Element::heading;
        case MD_BLOCK_CODE:
            return Element::code_block;
        case MD_BLOCK_P:
            return Element::paragraph;
        case MD_BLOCK_TABLE:
            return Element::table;
        case MD_BLOCK_TR:
            return Element::table_row;
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            return Element::table_cell;
        default:
            return std::nullopt;
    }
}

Element to_element(MD_SPANTYPE type, const void* detail) {
    switch (type) {
        case MD_SPAN_A:
            return static_cast<const MD_SPAN_A_DETAIL*>(detail)->is_autolink != 0
                       ? Element::autolink
                       : Element::link;
        case MD_SPAN_IMG:
            return Element::image;
        case MD_SPAN_CODE:
            return Element::code_span;
        default:
            return Element::emphasis;
    }
}

// The library's own constants are no part of the source.
bool is_escaped(const Reading& reading, const char* text) {
    const std::less<const char*> is_before;
    const char* begin = reading.source.data();
    const bool is_inside = is_before(begin, text) && is_before(text, begin + reading.source.size());
    // A backslash that was told is one that stood behind another.
    return is_inside && text[-1] == '\\' && text != reading.told_end;
}

void tell_text(Reading& reading, MD_TEXTTYPE type, std::string_view text) {
    Listener& listener = reading.listener;
    switch (type) {
        case MD_TEXT_BR:
        case MD_TEXT_SOFTBR:
            return listener.on_line_break();
        case MD_TEXT_CODE:
            return listener.on_code(text);
        case MD_TEXT_ENTITY:
            if (const std::string decoded = decode_entity(text); !decoded.empty()) {
                return listener.on_text(decoded, Origin::entity);
            }
            return listener.on_text(text, Origin::plain);
        case MD_TEXT_NULLCHAR:
            return listener.on_text("\xEF\xBF\xBD", Origin::entity);
        default:
            break;
    }
    const Origin origin = is_escaped(reading, text.data()) ? Origin::escaped : Origin::plain;
    reading.told_end = text.data() + text.size();
    listener.on_text(text, origin);
}

MD_PARSER make_parser() {
    MD_PARSER parser{};
    parser.flags = dialect;
    parser.enter_block = [](MD_BLOCKTYPE type, void*, void* user) {
        return guarded(user, [&](Reading& reading) {
            if (const auto element = find_element(type)) {
                reading.listener.on_enter(*element);
            }
        });
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* user) {
        return guarded(user, [&](Reading& reading) {
            if (const auto element = find_element(type)) {
                reading.listener.on_leave(*element);
            }
        });
    };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* user) {
        return guarded(
            user, [&](Reading& reading) { reading.listener.on_enter(to_element(type, detail)); });
    };
    parser.leave_span = [](MD_SPANTYPE type, void* detail, void* user) {
        return guarded(
            user, [&](Reading& reading) { reading.listener.on_leave(to_element(type, detail)); });
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* user) {
        return guarded(user, [&](Reading& reading) { tell_text(reading, type, {text, size}); });
    };
    return parser;
}

}  // namespace

void read(std::string_view source, Listener& listener) {
    static const MD_PARSER parser = make_parser();
    Reading reading{source, listener, {}};
    const int failed =
        md_parse(source.data(), static_cast<MD_SIZE>(source.size()), &parser, &reading);
    if (reading.error) {
        std::rethrow_exception(reading.error);
    }
    if (failed != 0) {
        throw std::bad_alloc{};
    }
}

}  // namespace loquat::markdown
