#pragma once
#include <string_view>

// CommonMark with tables, strikethrough and task lists, as the web app draws it; HTML is text.  The
// one place that says what of a message is code, what is an address and what is text.
namespace loquat::markdown {

enum class Element {
    paragraph,
    heading,
    quote,
    list,
    list_item,
    code_block,
    table,
    table_row,
    table_cell,
    rule,
    code_span,
    link,
    autolink,  // <https://example.org>: its text is the address
    image,     // its text is the alternative text
    emphasis,  // also strong, strikethrough
};

enum class Origin {
    plain,
    escaped,  // the first character stood behind a backslash
    entity,   // decoded: not a part of the source
};

// What was read, in order.  Views live as long as the call.
class Listener {
  public:
    virtual ~Listener() = default;
    // Calls without another one between them are one run of text on one line.
    virtual void on_text(std::string_view text, Origin origin) = 0;
    // Of a span, or of a block with its line ends.
    virtual void on_code(std::string_view text) = 0;
    virtual void on_line_break() = 0;
    virtual void on_enter(Element element) = 0;
    virtual void on_leave(Element element) = 0;
};

// Reads valid UTF-8 in time proportional to its length, whatever it is; what is `plain` or
// `escaped` points into `source`.  Throws std::bad_alloc.
void read(std::string_view source, Listener& listener);

}  // namespace loquat::markdown
