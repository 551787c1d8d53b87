#include "services/gateway/cache/cache_control.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace loquat::gateway {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t seconds_max = 2'147'483'648;  // RFC 9111 section 1.2.2

seconds seconds_of(std::string_view text, seconds otherwise) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        text = text.substr(1, text.size() - 2);
    }
    const bool is_number =
        !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    if (!is_number) {
        return otherwise;
    }
    const auto number = parse_number(text);
    return seconds{static_cast<std::int64_t>(std::min(number.value_or(seconds_max), seconds_max))};
}

void take_least(CacheControl::Seconds& of, std::string_view text) {
    const seconds read = seconds_of(text, seconds{0});
    of = of ? std::min(*of, read) : read;
}

void take(CacheControl& control, std::string_view name, std::string_view value) {
    const auto is = [name](std::string_view wanted) {
        return net::http::equal_names(name, wanted);
    };
    if (is("no-store")) {
        control.no_store = true;
    } else if (is("no-cache")) {
        control.no_cache = true;
    } else if (is("private")) {
        control.is_private = true;
    } else if (is("public")) {
        control.is_public = true;
    } else if (is("must-revalidate")) {
        control.must_revalidate = true;
    } else if (is("proxy-revalidate")) {
        control.proxy_revalidate = true;
    } else if (is("only-if-cached")) {
        control.only_if_cached = true;
    } else if (is("max-age")) {
        take_least(control.max_age, value);
    } else if (is("s-maxage")) {
        take_least(control.s_maxage, value);
    } else if (is("stale-while-revalidate")) {
        take_least(control.stale_while_revalidate, value);
    } else if (is("stale-if-error")) {
        take_least(control.stale_if_error, value);
    } else if (is("min-fresh")) {
        control.min_fresh = seconds_of(value, seconds{seconds_max});
    } else if (is("max-stale")) {
        control.max_stale = seconds_of(value, seconds{value.empty() ? seconds_max : 0});
    }
}

// Where the member that begins at `from` ends: at a comma that stands in no quoted string.
std::size_t end_of_member(std::string_view list, std::size_t from) {
    bool is_quoted = false;
    for (std::size_t at = from; at < list.size(); ++at) {
        if (is_quoted && list[at] == '\\') {
            ++at;
        } else if (list[at] == '"') {
            is_quoted = !is_quoted;
        } else if (list[at] == ',' && !is_quoted) {
            return at;
        }
    }
    return list.size();
}

}  // namespace

CacheControl CacheControl::of(const net::http::HeaderViews& headers) {
    CacheControl control;
    for (const net::http::HeaderView& field : headers) {
        if (!net::http::equal_names(field.name, "cache-control")) {
            continue;
        }
        for (std::size_t at = 0; at < field.value.size();) {
            const std::size_t end = end_of_member(field.value, at);
            const std::string_view member = trim(field.value.substr(at, end - at));
            const std::size_t equals = std::min(member.find('='), member.size());
            take(control, trim(member.substr(0, equals)),
                 trim(member.substr(std::min(equals + 1, member.size()))));
            at = end + 1;
        }
    }
    return control;
}

}  // namespace loquat::gateway
