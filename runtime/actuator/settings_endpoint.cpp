#include <algorithm>
#include <array>

#include "base/failure.hpp"
#include "runtime/actuator/actuator.hpp"

// Every setting with where its value came from, strongest source first.  Values are never shown:
// who may know them reads the file.
namespace loquat::runtime {
namespace {

constexpr std::string_view hidden = "******";
constexpr std::string_view served = "config server ";

struct Source {
    std::string name;
    std::vector<ConfigLine> lines;
};

// `loquat.yaml:12` is the file loquat.yaml; `--set` and flags are what the command said;
// `config server chat.yml:3 (main 1a2b3c4)` is what Spring calls configserver.
std::string source_of(const std::string& origin) {
    if (origin == "default") {
        return "defaults";
    }
    if (origin.starts_with("--")) {
        return "commandLineArgs";
    }
    if (origin.starts_with("LOQUAT_")) {
        return "systemEnvironment";
    }
    if (origin.starts_with(served)) {
        const std::string file = origin.substr(served.size());
        return "configserver:" + file.substr(0, file.find(':'));
    }
    return "file [" + origin.substr(0, origin.rfind(':')) + "]";
}

int strength_of(const std::string& source) {
    constexpr std::array<std::string_view, 2> strongest{"commandLineArgs", "systemEnvironment"};
    const auto found = std::ranges::find(strongest, source);
    const int place = static_cast<int>(found - strongest.begin());
    const bool is_file = source.starts_with("file [");
    return source == "defaults" ? 100 : place + (is_file ? 1 : 0);
}

std::vector<Source> sources_of(std::vector<ConfigLine> lines) {
    std::vector<Source> sources;
    for (ConfigLine& line : lines) {
        const std::string name = source_of(line.origin);
        auto found = std::ranges::find(sources, name, &Source::name);
        if (found == sources.end()) {
            sources.push_back({name, {}});
            found = sources.end() - 1;
        }
        found->lines.push_back(std::move(line));
    }
    std::ranges::stable_sort(sources, {},
                             [](const Source& source) { return strength_of(source.name); });
    return sources;
}

wire::Value property_of(const ConfigLine& line) {
    wire::Object value{{"value", hidden}};
    if (line.origin != "default") {
        value.emplace_back("origin", line.origin);
    }
    return value;
}

net::http::Response whole(const std::vector<Source>& sources) {
    wire::Array list;
    for (const Source& source : sources) {
        wire::Object properties;
        for (const ConfigLine& line : source.lines) {
            properties.emplace_back(line.path, property_of(line));
        }
        list.emplace_back(
            wire::Object{{"name", source.name}, {"properties", std::move(properties)}});
    }
    return actuator_response(200, wire::Object{{"activeProfiles", wire::Array{}},
                                               {"defaultProfiles", wire::Array{"default"}},
                                               {"propertySources", std::move(list)}});
}

net::http::Response one(const std::vector<Source>& sources, const std::string& path) {
    wire::Array list;
    wire::Value property;
    for (const Source& source : sources) {
        wire::Object shown{{"name", source.name}};
        const auto line = std::ranges::find(source.lines, path, &ConfigLine::path);
        if (line != source.lines.end()) {
            shown.emplace_back("property", property_of(*line));
            property = wire::Object{{"source", source.name}, {"value", hidden}};
        }
        list.emplace_back(std::move(shown));
    }
    if (property.is_null()) {
        throw Failure{Kind::not_found, "request.no_route", "There is no such setting."};
    }
    return actuator_response(200, wire::Object{{"property", std::move(property)},
                                               {"activeProfiles", wire::Array{}},
                                               {"defaultProfiles", wire::Array{"default"}},
                                               {"propertySources", std::move(list)}});
}

}  // namespace

void Actuator::add_settings() {
    add({.id = "env",
         .selectors = {"toMatch"},
         .methods = {"GET"},
         .run = [this](ActuatorCall call) -> Task<net::http::Response> {
             if (call.rest.size() > 1) {
                 throw Failure{Kind::not_found, "request.no_route", "There is nothing here."};
             }
             const auto sources = sources_of(parts_.config());
             co_return call.rest.empty() ? whole(sources) : one(sources, call.rest.front());
         }});
}

}  // namespace loquat::runtime
