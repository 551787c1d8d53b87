#include "contracts/core/client.hpp"

#include "base/text.hpp"
#include "contracts/core/request_parts.hpp"

namespace loquat::contracts {
namespace {

std::string text_of(const wire::Value& value) {
    if (const std::string* text = value.if_string()) {
        return *text;
    }
    if (const wire::Array* items = value.if_array()) {
        std::string joined;
        for (const wire::Value& item : *items) {
            joined += (joined.empty() ? "" : ",") + text_of(item);
        }
        return joined;
    }
    return wire::to_json(value);
}

}  // namespace

RemoteTarget make_remote_target(const RouteSpec& spec, std::string_view request_json) {
    const wire::Value request = wire::parse(request_json);
    RemoteTarget out;
    wire::Object rest;
    std::string_view path = spec.path;
    const bool in_query = reads_query(spec);
    std::string query;
    for (const auto& [name, value] : *request.if_object()) {
        if (path.find("{" + name + "}") != std::string_view::npos) {
            continue;
        }
        if (in_query && !value.is_null()) {
            query += (query.empty() ? "?" : "&") + percent_encode(name) + "=" +
                     percent_encode(text_of(value));
        } else {
            rest.emplace_back(name, value);
        }
    }
    while (!path.empty()) {
        const std::size_t open = path.find('{');
        out.target.append(path.substr(0, open));
        if (open == std::string_view::npos) {
            break;
        }
        const std::size_t close = path.find('}', open);
        const wire::Value* value = request.find(path.substr(open + 1, close - open - 1));
        out.target += value != nullptr ? percent_encode(text_of(*value)) : std::string{};
        path.remove_prefix(close + 1);
    }
    out.target += query;
    if (!in_query) {
        out.body = wire::to_json(wire::Value{std::move(rest)});
    }
    return out;
}

}  // namespace loquat::contracts
