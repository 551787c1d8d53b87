#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/front/path_trie.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/domain/pattern.hpp"

namespace loquat::gateway {

// How a filter changes one field of a message.
struct FieldStep {
    enum class Kind : std::uint8_t { add, add_if_absent, set, remove, copy };
    Kind kind;
    std::string name;   // of copy: the field that is read
    std::string value;  // {name} is a segment of the path; of copy: the field that is written
};

// `text` with what {name} stands for in the path.
std::string fill_in(std::string_view text, const runtime::PathParameters& parameters);

using AnswerFieldList = std::vector<std::pair<std::string, std::string>>;

// What filters do with the fields of an answer because of what these are: DedupeResponseHeader,
// RewriteResponseHeader, RewriteLocationResponseHeader, and whatever stands beside them.  As with
// Spring the filter that is written last is the first that an answer meets.
class AnswerSteps {
  public:
    // The request that is answered, as the client sent it.
    struct Asked {
        std::string_view path;
        std::string_view host;
        const runtime::PathParameters& parameters;
    };

    static bool is_step(std::string_view filter);
    // Why `filter`, one of the three with as many arguments as it takes, cannot be.
    static std::optional<std::string> find_fault(const StepConfig& filter);
    // One of the three; it must be one that can be.
    void add(const StepConfig& filter);
    void add(FieldStep step) { steps_.push_back({.field = std::move(step)}); }

    // Without one of the three the order of the others does not matter.
    bool are_needed() const { return are_needed_; }
    void apply(AnswerFieldList& fields, const Asked& asked) const;

  private:
    enum class Keep : std::uint8_t { first, last, unique };
    struct Dedupe {
        std::vector<std::string> names;
        Keep keep;
    };
    struct Rewritten {
        std::string name;
        Pattern pattern;
        std::string with;
    };
    enum class Strip : std::uint8_t { never, as_in_request, always };
    struct Location {
        Strip strip;
        std::string name;
        std::string host;  // empty: the one that was asked
        Pattern protocols;
    };
    struct Step {
        std::optional<FieldStep> field;
        std::optional<Dedupe> dedupe = {};
        std::optional<Rewritten> rewritten = {};
        std::optional<Location> location = {};
    };

    static std::optional<Keep> keep_of(std::string_view name);
    static std::optional<Strip> strip_of(std::string_view name);
    static void apply(const FieldStep& step, AnswerFieldList& fields, const Asked& asked);
    static void apply(const Dedupe& step, AnswerFieldList& fields);
    static void apply(const Rewritten& step, AnswerFieldList& fields);
    static void apply(const Location& step, AnswerFieldList& fields, const Asked& asked);
    static std::string moved(const Location& step, std::string_view location, const Asked& asked);

    std::vector<Step> steps_;
    bool are_needed_ = false;
};

}  // namespace loquat::gateway
