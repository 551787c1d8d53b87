#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "apps/loquat/processes/plan.hpp"
#include "runtime/config/config.hpp"

namespace loquat::app {

// How many processes of a service; an empty name: of each that may be several.
struct InstanceWish {
    std::string service;
    int count = 1;
};

inline constexpr int instances_max = 16;

// `2`, or `chat=2,consumer=3`.  Throws Failure `processes.bad_instances` (invalid).
std::vector<InstanceWish> read_instances(std::string_view text);

// Why there is one of that process, in words; empty where there may be several.
std::string why_one(const ProcessPlan& process, const runtime::Config& config);

// Puts further processes behind the first of each service: `chat`, `chat-2` ...  Who is one of
// several is told so by its settings.  Gives a line for each that runs once although several of
// each were wanted.  Throws `processes.bad_instances` for a service that is not in the plan, and
// `processes.one_instance` (invalid) for one that was named and may not be several.
std::vector<std::string> multiply(std::vector<ProcessPlan>& plan,
                                  const std::vector<InstanceWish>& wishes,
                                  const runtime::Config& config);

}  // namespace loquat::app
