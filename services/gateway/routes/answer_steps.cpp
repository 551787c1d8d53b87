#include "services/gateway/routes/answer_steps.hpp"

#include <algorithm>
#include <array>
#include <ranges>

#include "base/text.hpp"
#include "net/http/characters.hpp"
#include "net/http/message.hpp"
#include "services/gateway/routes/filter_rules.hpp"

namespace loquat::gateway {
namespace {

constexpr std::array<std::string_view, 3> names{
    "DedupeResponseHeader", "RewriteLocationResponseHeader", "RewriteResponseHeader"};

std::string_view argument(const StepConfig& filter, std::size_t place, std::string_view otherwise) {
    return place < filter.args.size() && !filter.args[place].empty()
               ? std::string_view{filter.args[place]}
               : otherwise;
}

bool is(const std::pair<std::string, std::string>& field, std::string_view name) {
    return net::http::equal_names(field.first, name);
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (const std::string_view word : split(text, ' ')) {
        if (!word.empty()) {
            words.emplace_back(word);
        }
    }
    return words;
}

// How long `/v2` is where a path begins with it and goes on; else 0.
std::size_t version_in(std::string_view path) {
    if (!path.starts_with("/v")) {
        return 0;
    }
    const std::size_t end = path.find_first_not_of("0123456789", 2);
    return end != std::string_view::npos && end > 2 && path[end] == '/' ? end : 0;
}

std::optional<std::string> fault_of_dedupe(const StepConfig& filter, bool is_known) {
    const std::vector<std::string> fields = words_of(filter.args[0]);
    for (const std::string& field : fields) {
        if (auto fault = fault_of_field(filter.name, field)) {
            return fault;
        }
    }
    if (fields.empty()) {
        return filter.name + " needs names of fields, with spaces between them";
    }
    return is_known ? std::nullopt
                    : std::optional{filter.name +
                                    " needs RETAIN_FIRST, RETAIN_LAST or RETAIN_UNIQUE, not " +
                                    filter.args[1]};
}

std::optional<std::string> fault_of_rewrite(const StepConfig& filter) {
    if (auto fault = fault_of_field(filter.name, filter.args[0])) {
        return fault;
    }
    const std::string with = filter.args.size() > 2 ? replacement_of(filter.args[2]) : "";
    if (!is_field_value(with)) {
        return filter.name + " has a value that cannot be sent";
    }
    auto fault = Pattern::find_fault(filter.args[1]);
    if (!fault) {
        fault = Pattern::find_fault(filter.args[1], with);
    }
    return fault ? std::optional{filter.name + " " + *fault} : std::nullopt;
}

std::optional<std::string> fault_of_location(const StepConfig& filter, bool is_known) {
    if (!is_known) {
        return filter.name + " needs NEVER_STRIP, AS_IN_REQUEST or ALWAYS_STRIP, not " +
               filter.args[0];
    }
    const std::string field{argument(filter, 1, "Location")};
    if (auto fault = fault_of_field(filter.name, field)) {
        return fault;
    }
    const std::string_view host = argument(filter, 2, "");
    if (!is_field_value(host) || host.find_first_of("/ \t?#") != std::string_view::npos) {
        return filter.name + " needs a host such as shop.example:8080, not " + std::string{host};
    }
    const auto fault = Pattern::find_fault(argument(filter, 3, "https?"));
    return fault ? std::optional{filter.name + " " + *fault} : std::nullopt;
}

}  // namespace

std::string fill_in(std::string_view text, const runtime::PathParameters& parameters) {
    std::string out{text};
    for (const auto& [name, value] : parameters) {
        const std::string wanted = "{" + std::string{name} + "}";
        for (std::size_t at = 0; (at = out.find(wanted, at)) != std::string::npos;) {
            out.replace(at, wanted.size(), value);
            at += value.size();
        }
    }
    return out;
}

std::optional<AnswerSteps::Keep> AnswerSteps::keep_of(std::string_view name) {
    return name == "RETAIN_FIRST"    ? std::optional{Keep::first}
           : name == "RETAIN_LAST"   ? std::optional{Keep::last}
           : name == "RETAIN_UNIQUE" ? std::optional{Keep::unique}
                                     : std::nullopt;
}

std::optional<AnswerSteps::Strip> AnswerSteps::strip_of(std::string_view name) {
    return name == "NEVER_STRIP"     ? std::optional{Strip::never}
           : name == "AS_IN_REQUEST" ? std::optional{Strip::as_in_request}
           : name == "ALWAYS_STRIP"  ? std::optional{Strip::always}
                                     : std::nullopt;
}

bool AnswerSteps::is_step(std::string_view filter) {
    return std::ranges::find(names, filter) != names.end();
}

std::optional<std::string> AnswerSteps::find_fault(const StepConfig& filter) {
    if (filter.name == "DedupeResponseHeader") {
        return fault_of_dedupe(filter, keep_of(argument(filter, 1, "RETAIN_FIRST")).has_value());
    }
    return filter.name == "RewriteResponseHeader"
               ? fault_of_rewrite(filter)
               : fault_of_location(filter,
                                   strip_of(argument(filter, 0, "AS_IN_REQUEST")).has_value());
}

void AnswerSteps::add(const StepConfig& filter) {
    are_needed_ = true;
    if (filter.name == "DedupeResponseHeader") {
        steps_.push_back({.dedupe = Dedupe{words_of(filter.args[0]),
                                           keep_of(argument(filter, 1, "RETAIN_FIRST")).value()}});
    } else if (filter.name == "RewriteResponseHeader") {
        steps_.push_back(
            {.rewritten = Rewritten{filter.args[0], Pattern{filter.args[1]},
                                    filter.args.size() > 2 ? replacement_of(filter.args[2]) : ""}});
    } else {
        steps_.push_back(
            {.location = Location{.strip = strip_of(argument(filter, 0, "AS_IN_REQUEST")).value(),
                                  .name = std::string{argument(filter, 1, "Location")},
                                  .host = std::string{argument(filter, 2, "")},
                                  .protocols = Pattern{argument(filter, 3, "https?|ftps?")}}});
    }
}

void AnswerSteps::apply(AnswerFieldList& fields, const Asked& asked) const {
    for (const Step& step : std::views::reverse(steps_)) {
        if (step.field) {
            apply(*step.field, fields, asked);
        } else if (step.dedupe) {
            apply(*step.dedupe, fields);
        } else if (step.rewritten) {
            apply(*step.rewritten, fields);
        } else {
            apply(*step.location, fields, asked);
        }
    }
}

void AnswerSteps::apply(const FieldStep& step, AnswerFieldList& fields, const Asked& asked) {
    if (step.kind == FieldStep::Kind::set || step.kind == FieldStep::Kind::remove) {
        std::erase_if(fields, [&step](const auto& field) { return is(field, step.name); });
    }
    if (step.kind != FieldStep::Kind::remove) {
        fields.emplace_back(step.name, fill_in(step.value, asked.parameters));
    }
}

void AnswerSteps::apply(const Dedupe& step, AnswerFieldList& fields) {
    for (const std::string& name : step.names) {
        std::vector<std::string> seen;
        const auto is_again = [&](const auto& field) {
            if (!is(field, name)) {
                return false;
            }
            const bool is_known = step.keep == Keep::unique
                                      ? std::ranges::find(seen, field.second) != seen.end()
                                      : !seen.empty();
            seen.push_back(field.second);
            return is_known;
        };
        if (step.keep == Keep::last) {
            std::ranges::reverse(fields);
        }
        std::erase_if(fields, is_again);
        if (step.keep == Keep::last) {
            std::ranges::reverse(fields);
        }
    }
}

// What takes too many steps to look through may hold what must not be seen: it does not go on.
void AnswerSteps::apply(const Rewritten& step, AnswerFieldList& fields) {
    std::erase_if(fields, [&step](auto& field) {
        if (!is(field, step.name)) {
            return false;
        }
        auto changed = step.pattern.try_replace(field.second, step.with);
        if (!changed) {
            return true;
        }
        field.second = std::move(*changed);
        return false;
    });
}

void AnswerSteps::apply(const Location& step, AnswerFieldList& fields, const Asked& asked) {
    for (auto& field : fields) {
        if (is(field, step.name)) {
            field.second = moved(step, field.second, asked);
        }
    }
}

std::string AnswerSteps::moved(const Location& step, std::string_view location,
                               const Asked& asked) {
    const std::string_view host = step.host.empty() ? asked.host : std::string_view{step.host};
    const std::size_t scheme = location.find("://");
    if (scheme == std::string_view::npos || host.empty() ||
        !step.protocols.fits(location.substr(0, scheme))) {
        return std::string{location};
    }
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(location.find_first_of("/?#", begin), location.size());
    std::string_view path = location.substr(end);
    const bool is_stripped = step.strip == Strip::always ||
                             (step.strip == Strip::as_in_request && version_in(asked.path) == 0);
    if (is_stripped) {
        path.remove_prefix(version_in(path));
    }
    std::string out{location.substr(0, begin)};
    return out.append(host).append(path);
}

}  // namespace loquat::gateway
