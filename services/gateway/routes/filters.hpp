#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"
#include "runtime/front/path_trie.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/domain/pattern.hpp"
#include "services/gateway/routes/answer_steps.hpp"
#include "services/gateway/routes/repeats.hpp"

namespace loquat::gateway {

// What is changed of a request on its way to a server, and of its answer: Spring Cloud Gateway's
// filters of these names.  Made of configuration, read by every loop.
class Filters {
  public:
    // Why `filter` cannot be; nothing when it can.
    static std::optional<std::string> find_fault(const StepConfig& filter);
    // `filter` must be one that can be.
    void add(const StepConfig& filter);

    bool changes_target() const { return !path_.empty() || !parameters_.empty(); }
    // Path, then query, as the server gets them; `query` is in and out.
    std::string path_of(std::string_view path, const runtime::PathParameters& parameters) const;
    std::string query_of(std::string_view query) const;

    const std::vector<FieldStep>& request_fields() const { return request_; }
    const std::vector<FieldStep>& answer_fields() const { return answer_; }
    // Instead of `answer_fields`, where they are needed.
    const AnswerSteps& answer_steps() const { return steps_; }
    // Whether a field that came is taken away or written anew.
    static bool replaces(const std::vector<FieldStep>& steps, std::string_view name) {
        return !steps.empty() && is_replaced_by_one(steps, name);
    }

    struct Redirect {
        int status = 302;
        std::string url;
    };
    // A request with a larger field is refused, and told so in an answer's field of that name.
    struct FieldLimit {
        std::int64_t bytes_max = 16'000;
        std::string told_in = "errorMessage";
    };
    // Which fields tell the server of a fallback why it is asked.
    struct FallbackFields {
        std::array<std::string, 4> names;  // code, message, code of the cause, its message
    };
    std::optional<Redirect> redirect;
    std::optional<FieldLimit> field_limit;          // of RequestHeaderSize
    std::optional<FallbackFields> fallback_fields;  // of FallbackHeaders
    std::optional<int> status;                      // of every answer
    std::optional<std::int64_t> request_bytes;      // at most
    std::optional<StepConfig> limit;                // replenishRate, burstCapacity
    std::string fallback_path;                      // of CircuitBreaker
    std::vector<int> failures;                      // of CircuitBreaker: statuses that count as one
    bool resumes = false;             // of CircuitBreaker: an empty answer for a failure
    std::optional<Repeats> repeats;   // of Retry
    std::optional<std::string> host;  // to say to the server
    bool keeps_host = false;
    bool passes_credentials = false;

  private:
    struct PathStep {
        enum class Kind : std::uint8_t { strip, prefix, replace, set } kind;
        std::size_t parts = 0;
        std::string text;
        std::optional<Pattern> pattern;
    };
    struct ParameterStep {
        enum class Kind : std::uint8_t { add, remove } kind;
        std::string name;
        std::string value;
    };

    static bool is_replaced_by_one(const std::vector<FieldStep>& steps, std::string_view name);
    void add_field_step(const StepConfig& filter);
    void add_breaker(const StepConfig& filter);
    bool add_fields(const StepConfig& filter);

    std::vector<PathStep> path_;
    std::vector<ParameterStep> parameters_;
    std::vector<FieldStep> request_;
    std::vector<FieldStep> answer_;
    AnswerSteps steps_;
};

// What the filter LocalResponseCache asks for; `cache` as it is without one.
CacheConfig cache_of(const std::vector<StepConfig>& filters, CacheConfig cache);

// The names of a filter's arguments in the order of its short form; empty for an unknown filter.
std::vector<std::string> arguments_of_filter(std::string_view name);
bool is_filter_name(std::string_view name);

}  // namespace loquat::gateway
