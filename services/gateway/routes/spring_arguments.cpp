#include "services/gateway/routes/spring_arguments.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "services/gateway/routes/filters.hpp"

namespace loquat::gateway {
namespace {

// fallbackUri, fallback-uri and fallback_uri are one name.
std::string plain_name(std::string_view name) {
    std::string plain = to_lower_ascii(name);
    std::erase_if(plain, [](char c) { return c == '-' || c == '_'; });
    return plain;
}

// What these say the gateway does in its own way.
bool is_read_over(std::string_view filter, const std::string& name) {
    const auto among = [&name](std::initializer_list<std::string_view> names) {
        return std::ranges::find(names, name) != names.end();
    };
    return filter == "Retry" ? among({"exceptions", "timeout", "routeid"})
           : filter == "RequestRateLimiter"
               ? among({"keyresolver", "ratelimiter", "denyemptykey", "emptykeystatus",
                        "statuscode", "routeid", "redisratelimiter.requestedtokens"})
           : filter == "CircuitBreaker" ? among({"routeid"})
                                        : filter == "SecureHeaders" || filter == "TokenRelay";
}

const wire::Value* find_named(const wire::Object& members, const std::string& wanted) {
    // Of a name that has another one too.
    if (const std::size_t bar = wanted.find('|'); bar != std::string::npos) {
        const wire::Value* found = find_named(members, wanted.substr(0, bar));
        return found != nullptr ? found : find_named(members, wanted.substr(bar + 1));
    }
    for (const auto& [name, value] : members) {
        if (plain_name(name) == plain_name(wanted)) {
            return &value;
        }
        if (const std::size_t dot = wanted.find('.');
            dot != std::string::npos && plain_name(name) == plain_name(wanted.substr(0, dot))) {
            const wire::Object* inner = value.if_object();
            const wire::Value* found =
                inner != nullptr ? find_named(*inner, wanted.substr(dot + 1)) : nullptr;
            if (found != nullptr) {
                return found;
            }
        }
    }
    return nullptr;
}

void add_all(std::vector<std::string>& out, const wire::Value& value) {
    const wire::Array* list = value.if_array();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        out.push_back(text_of((*list)[i]));
    }
    if (list == nullptr) {
        out.push_back(text_of(value));
    }
}

// One text for each name, empty for what is not given; a list is one with commas.
std::vector<std::string> by_place(const wire::Object& members,
                                  const std::vector<std::string>& order) {
    std::vector<std::string> out;
    std::size_t given = 0;
    for (const std::string& wanted : order) {
        std::string text;
        std::vector<std::string> parts;
        if (const wire::Value* found = find_named(members, wanted)) {
            add_all(parts, *found);
            given = out.size() + 1;
        }
        for (const std::string& part : parts) {
            text += (text.empty() ? "" : ",") + part;
        }
        out.push_back(std::move(text));
    }
    out.resize(given);
    return out;
}

bool has_places(std::string_view step) {
    constexpr auto names = std::to_array<std::string_view>(
        {"CircuitBreaker", "DedupeResponseHeader", "FallbackHeaders", "LocalResponseCache",
         "RequestHeaderSize", "Retry", "RewriteLocationResponseHeader", "RewriteResponseHeader"});
    return std::ranges::find(names, step) != names.end();
}

// The first name that is none of the filter's, in a sentence; empty when all are.
std::string unknown_name(const std::string& step, const wire::Object& members,
                         const std::vector<std::string>& order, const std::string& before = {}) {
    for (const auto& [name, value] : members) {
        const std::string whole = before + plain_name(name);
        const bool is_known = std::ranges::any_of(order, [&](const std::string& one) {
            return std::ranges::any_of(split(one, '|'), [&](std::string_view known) {
                return plain_name(known) == whole;
            });
        });
        if (is_known || name.starts_with("_genkey_") || is_read_over(step, whole)) {
            continue;
        }
        const bool is_family = std::ranges::any_of(order, [&](const std::string& one) {
            return plain_name(one).starts_with(whole + ".");
        });
        const wire::Object* inner = value.if_object();
        if (is_family && inner != nullptr) {
            std::string found = unknown_name(step, *inner, order, whole + ".");
            if (!found.empty()) {
                return found;
            }
            continue;
        }
        std::string known;
        for (const std::string& one : order) {
            known += (known.empty() ? "" : ", ") + one.substr(0, one.find('|'));
        }
        return step + " has no argument " + before + name + "; known are " +
               (known.empty() ? "none" : known);
    }
    return {};
}

}  // namespace

std::string text_of(const wire::Value& value) {
    const std::string* text = value.if_string();
    return text != nullptr ? *text : value.is_null() ? std::string{} : wire::to_json(value);
}

std::vector<std::string> read_arguments(const std::string& step, const wire::Value& args,
                                        StepKind kind, std::string& unknown) {
    std::vector<std::string> out;
    const wire::Object* members = args.if_object();
    if (members == nullptr) {
        add_all(out, args);
        return out;
    }
    const bool is_filter = kind == StepKind::filter;
    std::vector<std::string> order =
        is_filter ? arguments_of_filter(step)
                  : std::vector<std::string>{"header",   "param",     "name",      "group",
                                             "datetime", "datetime1", "patterns",  "methods",
                                             "sources",  "regexp",    "datetime2", "weight"};
    if (is_filter && is_filter_name(step)) {
        unknown = unknown_name(step, *members, order);
    }
    if (is_filter && has_places(step) && std::ranges::none_of(*members, [](const auto& one) {
            return one.first.starts_with("_genkey_");
        })) {
        return by_place(*members, order);
    }
    for (const std::string& wanted : order) {
        if (const wire::Value* found = find_named(*members, wanted)) {
            add_all(out, *found);
        }
    }
    if (out.empty()) {
        for (const auto& [name, value] : *members) {
            if (name.starts_with("_genkey_") || plain_name(name).starts_with("pattern")) {
                add_all(out, value);
            }
        }
    }
    return out;
}

void drop_empty_arguments(StepConfig& step) {
    if (step.name == "RewriteResponseHeader") {
        std::erase(step.args, std::string{});
    }
    while (has_places(step.name) && !step.args.empty() && step.args.back().empty()) {
        step.args.pop_back();
    }
}

void join_extra_arguments(StepConfig& step, StepKind kind) {
    const std::vector<std::string> names =
        kind == StepKind::filter ? arguments_of_filter(step.name)
        : step.name == "Query" || step.name == "Cookie" || step.name == "Header"
            ? std::vector<std::string>{"name", "value"}
            : std::vector<std::string>{};
    while (!names.empty() && step.args.size() > names.size()) {
        const std::string last = std::move(step.args.back());
        step.args.pop_back();
        step.args.back() += "," + last;
    }
}

}  // namespace loquat::gateway
