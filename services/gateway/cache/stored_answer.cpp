#include "services/gateway/cache/stored_answer.hpp"

#include <algorithm>
#include <array>

#include "base/http_date.hpp"
#include "base/text.hpp"
#include "services/gateway/domain/negotiate.hpp"

namespace loquat::gateway {
namespace {

using net::http::equal_names;
using net::http::HeaderViews;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t entry_overhead = 512;  // of a node and its strings

template <std::size_t count>
bool is_one_of(int status, const std::array<int, count>& all) {
    return std::ranges::find(all, status) != all.end();
}

// All values of a field as one list.
std::string joined(const HeaderViews& headers, std::string_view name) {
    std::string all;
    for (const net::http::HeaderView& field : headers) {
        if (equal_names(field.name, name)) {
            all.append(all.empty() ? "" : ", ").append(trim(field.value));
        }
    }
    return all;
}

// What the gateway writes of itself differs with each request, or is nobody's word.
bool is_of_gateway(std::string_view name) {
    return name == "*" || name.starts_with("x-forwarded") || name.starts_with("x-loquat-") ||
           name == "forwarded" || name == "x-request-id" || name == "traceparent" ||
           name == "tracestate" || name == "via" || name == "cookie2";
}

// Which fields of the request chose the answer; none when that cannot be told.
std::optional<std::vector<std::pair<std::string, std::string>>> selection(
    const HeaderViews& request, const HeaderViews& answer) {
    std::vector<std::pair<std::string, std::string>> asked;
    for (const std::string_view part : split(joined(answer, "vary"), ',')) {
        std::string name = to_lower_ascii(trim(part));
        if (name.empty()) {
            continue;
        }
        if (is_of_gateway(name)) {
            return std::nullopt;
        }
        std::string value = joined(request, name);
        asked.emplace_back(std::move(name), std::move(value));
    }
    return asked;
}

// RFC 9111 section 4.2.3.
milliseconds age_of(const AnswerNews& news) {
    milliseconds apparent{0};
    if (const auto date = parse_http_date(news.head.headers.get("Date"))) {
        apparent = std::max(milliseconds{0}, duration_cast<milliseconds>(news.now - *date));
    }
    const std::string_view text = news.head.headers.get("Age");
    const seconds said{static_cast<std::int64_t>(
        std::min<std::uint64_t>(parse_number(trim(text)).value_or(0), 2'147'483'648))};
    const auto delay = duration_cast<milliseconds>(news.came_at - news.asked_at);
    return std::max(apparent, said + delay);
}

// RFC 9111 section 4.2.1; none where the answer says nothing.
std::optional<seconds> fresh_for(const AnswerNews& news, const CacheControl& control) {
    if (control.s_maxage) {
        return control.s_maxage;
    }
    if (control.max_age) {
        return control.max_age;
    }
    if (news.head.headers.contains("Expires")) {
        const auto expires = parse_http_date(news.head.headers.get("Expires"));
        const auto date = parse_http_date(news.head.headers.get("Date")).value_or(news.now);
        return expires ? std::max(seconds{0}, duration_cast<seconds>(*expires - date)) : seconds{0};
    }
    return std::nullopt;
}

bool may_be_stored(const AnswerNews& news, const CacheControl& control) {
    const HeaderViews& fields = news.head.headers;
    return !control.no_store && !CacheControl::of(news.request).no_store &&
           !fields.contains("Set-Cookie") && !fields.contains("Content-Range") &&
           !fields.get("Content-Type").starts_with("text/event-stream");
}

std::string_view without_weakness(std::string_view etag) {
    return etag.starts_with("W/") ? etag.substr(2) : etag;
}

std::shared_ptr<StoredAnswer> make(const AnswerNews& news, const CacheControl& control) {
    auto asked = selection(news.request, news.head.headers);
    if (!asked) {
        return nullptr;
    }
    auto answer = std::make_shared<StoredAnswer>();
    answer->status = news.head.status;
    answer->minor = news.head.minor;
    for (const net::http::HeaderView& field : news.head.headers) {
        if (!equal_names(field.name, "age") && !equal_names(field.name, "content-length") &&
            !net::http::is_hop_by_hop(field.name, news.head.headers.get("Connection"))) {
            answer->fields.emplace_back(field.name, field.value);
        }
    }
    answer->asked = std::move(*asked);
    answer->etag = news.head.headers.get("ETag");
    answer->last_modified = news.head.headers.get("Last-Modified");
    answer->came_at = news.came_at;
    answer->age_then = age_of(news);
    answer->must_be_asked = control.no_cache;
    answer->is_never_stale = control.must_revalidate || control.proxy_revalidate ||
                             control.no_cache || control.s_maxage.has_value();
    const bool is_strict = control.must_revalidate || control.proxy_revalidate || control.no_cache;
    if (!is_strict) {
        answer->stale_while_revalidate = control.stale_while_revalidate.value_or(seconds{0});
        answer->stale_if_error = control.stale_if_error.value_or(seconds{0});
    }
    return answer;
}

}  // namespace

milliseconds StoredAnswer::age(Steady now) const {
    return age_then + std::max(milliseconds{0}, duration_cast<milliseconds>(now - came_at));
}

bool StoredAnswer::is_for(const HeaderViews& request) const {
    return std::ranges::all_of(
        asked, [&](const auto& one) { return joined(request, one.first) == one.second; });
}

std::size_t StoredAnswer::bytes() const {
    std::size_t bytes = entry_overhead + (body ? body->size() : 0);
    for (const auto& [name, value] : fields) {
        bytes += name.size() + value.size();
    }
    for (const auto& [name, value] : asked) {
        bytes += name.size() + value.size();
    }
    return bytes;
}

net::http::ResponseHead StoredAnswer::head() const {
    net::http::ResponseHead head;
    head.status = status;
    head.minor = minor;
    for (const auto& [name, value] : fields) {
        head.headers.add({name, value});
    }
    return head;
}

net::http::ResponseHead StoredAnswer::head_of_304() const {
    net::http::ResponseHead head;
    head.status = 304;
    head.minor = minor;
    for (const auto& [name, value] : fields) {
        const bool is_of_body = to_lower_ascii(name).starts_with("content-") &&
                                !equal_names(name, "content-location") &&
                                !equal_names(name, "content-security-policy");
        if (!is_of_body) {
            head.headers.add({name, value});
        }
    }
    return head;
}

std::shared_ptr<StoredAnswer> to_shared(const AnswerNews& news) {
    static constexpr std::array explicitly{200, 203, 204, 300, 301, 302, 307,
                                           308, 404, 405, 410, 414, 501};
    static constexpr std::array by_themselves{200, 203, 301, 308};
    const CacheControl control = CacheControl::of(news.head.headers);
    const bool is_allowed = control.is_public || control.s_maxage || control.must_revalidate;
    if (!is_one_of(news.head.status, explicitly) || control.is_private ||
        (news.has_authorization && !is_allowed) || !may_be_stored(news, control)) {
        return nullptr;
    }
    auto lasts = fresh_for(news, control);
    if (!lasts && is_one_of(news.head.status, by_themselves) && news.otherwise_fresh.count() > 0) {
        lasts = news.otherwise_fresh;
    }
    auto answer = make(news, control);
    const bool is_confirmable = answer && (!answer->etag.empty() || !answer->last_modified.empty());
    if (!answer || (!lasts && !(control.no_cache && is_confirmable))) {
        return nullptr;
    }
    answer->fresh_for = lasts.value_or(seconds{0});
    const bool is_of_use = (answer->fresh_for > answer->age_then && !control.no_cache) ||
                           is_confirmable || answer->stale_while_revalidate.count() > 0 ||
                           answer->stale_if_error.count() > 0;
    return is_of_use ? answer : nullptr;
}

std::shared_ptr<StoredAnswer> to_last_good(const AnswerNews& news) {
    static constexpr std::array good{200, 203, 204, 301, 308};
    const CacheControl control = CacheControl::of(news.head.headers);
    if (!is_one_of(news.head.status, good) || !may_be_stored(news, control)) {
        return nullptr;
    }
    auto answer = make(news, control);
    if (!answer || answer->is_never_stale) {
        return nullptr;
    }
    answer->is_for_everybody =
        !control.is_private && (!news.has_authorization || control.is_public);
    return answer;
}

std::shared_ptr<StoredAnswer> confirmed(const StoredAnswer& old, const AnswerNews& news) {
    auto answer = std::make_shared<StoredAnswer>(old);
    const auto is_new = [&news](std::string_view name) {
        return news.head.headers.contains(name) && !equal_names(name, "content-encoding") &&
               !equal_names(name, "content-type") && !equal_names(name, "content-range") &&
               !equal_names(name, "vary");
    };
    std::erase_if(answer->fields, [&](const auto& field) { return is_new(field.first); });
    for (const net::http::HeaderView& field : news.head.headers) {
        if (is_new(field.name) && !equal_names(field.name, "age") &&
            !equal_names(field.name, "content-length") &&
            !net::http::is_hop_by_hop(field.name, news.head.headers.get("Connection"))) {
            answer->fields.emplace_back(field.name, field.value);
        }
    }
    const net::http::ResponseHead merged = answer->head();
    const AnswerNews now{.request = news.request,
                         .head = merged,
                         .has_authorization = news.has_authorization,
                         .now = news.now,
                         .asked_at = news.asked_at,
                         .came_at = news.came_at,
                         .otherwise_fresh = news.otherwise_fresh};
    auto fresh = to_shared(now);
    if (fresh) {
        fresh->body = old.body;
    }
    return fresh;
}

bool is_known_to_client(const HeaderViews& request, const StoredAnswer& answer) {
    if (request.contains("If-None-Match")) {
        return !answer.etag.empty() &&
               matches_etag(joined(request, "If-None-Match"), without_weakness(answer.etag));
    }
    const auto since = parse_http_date(request.get("If-Modified-Since"));
    const auto changed = parse_http_date(answer.last_modified);
    return since && changed && *changed <= *since;
}

}  // namespace loquat::gateway
