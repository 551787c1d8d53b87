#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/failure.hpp"
#include "contracts/core/operation.hpp"
#include "runtime/actuator/actuator.hpp"

// Metrics one by one, under Micrometer's names: `loquat_client_seconds` is `loquat.client` with the
// unit `seconds`.  The name for Prometheus is understood too.
namespace loquat::runtime {
namespace {

struct Meter {
    std::string name;    // loquat.client
    std::string family;  // loquat_client_seconds
    std::string unit;    // seconds; empty: a count
};

Meter meter_of(const std::string& family) {
    Meter meter{.family = family};
    std::string_view name = family;
    const auto strip = [&](std::string_view suffix) {
        const bool has = name.ends_with(suffix) && name.size() > suffix.size();
        name.remove_suffix(has ? suffix.size() : 0);
        return has;
    };
    strip("_total");
    for (const std::string_view unit : {"seconds", "bytes", "files"}) {
        if (strip("_" + std::string{unit})) {
            meter.unit = unit;
            break;
        }
    }
    meter.name = name;
    std::ranges::replace(meter.name, '_', '.');
    return meter;
}

// In the order of their names.  Two families that would have one name keep all of theirs.
std::vector<Meter> list_meters(const Metrics& metrics) {
    std::map<std::string, Meter> by_name;
    for (const auto& [family, type] : metrics.names()) {
        Meter meter = meter_of(family);
        if (by_name.contains(meter.name)) {
            meter.name = family;
            std::ranges::replace(meter.name, '_', '.');
        }
        by_name.emplace(meter.name, std::move(meter));
    }
    std::vector<Meter> all;
    for (auto& [name, meter] : by_name) {
        all.push_back(std::move(meter));
    }
    return all;
}

Failure no_metric() { return {Kind::not_found, "request.no_route", "There is no such metric."}; }

Meter get_meter(const Metrics& metrics, const std::string& wanted) {
    for (Meter& meter : list_meters(metrics)) {
        if (meter.name == wanted || meter.family == wanted) {
            return std::move(meter);
        }
    }
    throw no_metric();
}

// `?tag=service:chat&tag=operation:send`
Labels wanted_tags(const std::string& query) {
    Labels tags;
    for (const auto& [name, value] : contracts::parse_query(query)) {
        if (name != "tag") {
            continue;
        }
        const std::size_t colon = value.find(':');
        if (colon == std::string::npos || colon == 0) {
            throw Failure{Kind::malformed, "actuator.bad_request",
                          "A tag is written as name:value."};
        }
        tags.emplace_back(value.substr(0, colon), value.substr(colon + 1));
    }
    return tags;
}

bool has_all(const Labels& labels, const Labels& wanted) {
    return std::ranges::all_of(
        wanted, [&](const auto& tag) { return std::ranges::find(labels, tag) != labels.end(); });
}

wire::Array tags_left(const std::vector<const MetricReading*>& readings, const Labels& wanted) {
    std::map<std::string, std::set<std::string>> values;
    for (const MetricReading* reading : readings) {
        for (const auto& [name, value] : reading->labels) {
            const bool is_chosen =
                std::ranges::any_of(wanted, [&](const auto& tag) { return tag.first == name; });
            if (!is_chosen) {
                values[name].insert(value);
            }
        }
    }
    wire::Array tags;
    for (const auto& [name, all] : values) {
        tags.emplace_back(
            wire::Object{{"tag", name}, {"values", wire::Array(all.begin(), all.end())}});
    }
    return tags;
}

wire::Value statistic(std::string_view name, double value) {
    return wire::Object{{"statistic", name}, {"value", value}};
}

wire::Array measurements_of(const MetricFamily& family,
                            const std::vector<const MetricReading*>& readings) {
    double value = 0;
    std::uint64_t count = 0;
    double longest = 0;
    for (const MetricReading* reading : readings) {
        value += reading->value;
        count += reading->count;
        longest = std::max(longest, reading->longest);
    }
    if (family.type == "histogram") {
        return {statistic("COUNT", static_cast<double>(count)), statistic("TOTAL_TIME", value),
                statistic("MAX", longest)};
    }
    return {statistic(family.type == "counter" ? "COUNT" : "VALUE", value)};
}

net::http::Response one_metric(const Metrics& metrics, const ActuatorCall& call) {
    const Meter meter = get_meter(metrics, call.rest.front());
    const auto family = metrics.find(meter.family);
    const Labels wanted = wanted_tags(call.request.query);
    std::vector<const MetricReading*> readings;
    for (const MetricReading& reading : family->readings) {
        if (has_all(reading.labels, wanted)) {
            readings.push_back(&reading);
        }
    }
    if (readings.empty()) {
        throw no_metric();
    }
    wire::Object value{{"name", call.rest.front()}, {"description", family->help}};
    if (!meter.unit.empty()) {
        value.emplace_back("baseUnit", meter.unit);
    }
    value.emplace_back("measurements", measurements_of(*family, readings));
    value.emplace_back("availableTags", tags_left(readings, wanted));
    return actuator_response(200, std::move(value));
}

net::http::Response metrics_of(const Metrics& metrics, const ActuatorCall& call) {
    if (call.rest.size() > 1) {
        throw no_metric();
    }
    if (call.rest.size() == 1) {
        return one_metric(metrics, call);
    }
    wire::Array names;
    for (const Meter& meter : list_meters(metrics)) {
        names.emplace_back(meter.name);
    }
    return actuator_response(200, wire::Object{{"names", std::move(names)}});
}

}  // namespace

void Actuator::add_metrics() {
    add({.id = "metrics",
         .selectors = {"requiredMetricName"},
         .methods = {"GET"},
         .run = [this](ActuatorCall call) -> Task<net::http::Response> {
             co_return metrics_of(parts_.metrics, call);
         }});
    add({.id = "prometheus",
         .methods = {"GET"},
         .least = ActuatorAccess::anyone,
         .run = [this](ActuatorCall) -> Task<net::http::Response> {
             net::http::Response response{.status = 200, .body = parts_.metrics.to_text()};
             response.headers.append("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
             co_return response;
         }});
}

}  // namespace loquat::runtime
